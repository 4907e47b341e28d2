"""Figures by month as tables and sentences: series, trends, breaks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from analysis.plain import plain
from analysis.trend import FEWEST, break_of, trend
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.trend import Break, Trend
    from engine.report_tables import Wording
    from engine.store.facts import MonthFigure
    from exchange.sheets import Sheet

LEAST = 5  # attempts that ended, below which a month's median is chance


def by_key(found: Sequence[MonthFigure]) -> dict[str, list[MonthFigure]]:
    """Return the series of each key, months in order."""
    series: dict[str, list[MonthFigure]] = {}
    for each in found:
        series.setdefault(each.key, []).append(each)
    return series


def data(found: Sequence[MonthFigure]) -> dict[str, object]:
    """Return the series as plain data, each with its trend and its break, by median days."""
    moved = _moved(found)
    return {
        "series": [
            {
                "key": key,
                "months": [
                    {**asdict(each), "made_at": each.made_at.isoformat()} for each in months
                ],
                "trend": plain(moved[key].trend),
                "break": plain(moved[key].broke),
                "break_month": moved[key].month,
            }
            for key, months in by_key(found).items()
        ]
    }


def series(found: Sequence[MonthFigure], words: Wording) -> Sheet:
    """Return a line for each key and month."""
    rows = [
        (
            each.month,
            each.key,
            words.name(each.dimension, each.key),
            each.ended,
            round(each.inside / each.limited, 3) if each.limited else None,
            None if each.median_days is None else round(each.median_days, 1),
            None if each.p90_days is None else round(each.p90_days, 1),
        )
        for each in found
    ]
    columns = ("month", "key", "name", "ended", "share", "median", "p90")
    return words.sheet("series", columns, rows)


def trends(found: Sequence[MonthFigure], words: Wording) -> tuple[str, ...]:
    """Return a sentence on each key that has months enough to speak of a trend.

    One that changed its level once neither rises nor falls: of it only the break is told.
    """
    told = []
    for key, moved in _moved(found).items():
        name = words.name(found[0].dimension, key)
        if moved.broke is not None:
            before, after = (f"{days:.1f}" for days in (moved.broke.before, moved.broke.after))
            told.append(
                words.say("report.break", key=name, month=moved.month, before=before, after=after)
            )
        elif moved.trend is not None:
            code = {True: "rises", False: "falls", None: "steady"}[moved.trend.rises]
            slope = f"{abs(moved.trend.slope):.2f}"
            told.append(words.say(f"report.{code}", key=name, slope=slope))
    return tuple(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """How one key moved; *month* is that of its break."""

    trend: Trend | None
    broke: Break | None
    month: str | None


def _moved(found: Sequence[MonthFigure]) -> dict[str, _Moved]:
    """Return how each key moved, all of them looked at together."""
    usable = {key: _usable(months) for key, months in by_key(found).items()}
    among = max(sum(len(months) >= FEWEST for months in usable.values()), 1)
    moved = {}
    for key, months in usable.items():
        medians = [each.median_days for each in months if each.median_days is not None]
        broke = break_of(medians, among)
        moved[key] = _Moved(
            trend=trend(medians, [_number(each.month) for each in months], among),
            broke=broke,
            month=None if broke is None else months[broke.at].month,
        )
    return moved


def _usable(months: Sequence[MonthFigure]) -> list[MonthFigure]:
    """Return the months that were over when they were counted, and have a median worth it."""
    return [
        each
        for each in months
        if each.median_days is not None
        and each.ended >= LEAST
        and each.month < f"{local_date(each.made_at):%Y-%m}"
    ]


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return 12 * int(year) + int(of_year)
