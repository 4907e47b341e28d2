"""Figures by month as tables and sentences: series, trends, breaks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from analysis.plain import plain
from analysis.trend import break_of, trend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.report_tables import Wording
    from engine.store.facts import MonthFigure
    from exchange.sheets import Sheet


def by_key(found: Sequence[MonthFigure]) -> dict[str, list[MonthFigure]]:
    """Return the series of each key, months in order."""
    series: dict[str, list[MonthFigure]] = {}
    for each in found:
        series.setdefault(each.key, []).append(each)
    return series


def data(found: Sequence[MonthFigure]) -> dict[str, object]:
    """Return the series as plain data, each with its trend and its break, by median days."""
    return {
        "series": [
            {
                "key": key,
                "months": [
                    {**asdict(each), "made_at": each.made_at.isoformat()} for each in months
                ],
                "trend": plain(trend(_medians(months))),
                "break": plain(break_of(_medians(months))),
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
    """Return a sentence on each key that has months enough to speak of a trend."""
    told = []
    for key, months in by_key(found).items():
        moved = trend(_medians(months))
        if moved is None:
            continue
        name = words.name(months[0].dimension, key)
        code = {True: "rises", False: "falls", None: "steady"}[moved.rises]
        told.append(words.say(f"report.{code}", key=name, slope=f"{abs(moved.slope):.2f}"))
        broke = break_of(_medians(months))
        if broke is not None:
            told.append(
                words.say(
                    "report.break",
                    key=name,
                    month=[m for m in months if m.median_days is not None][broke.at].month,
                    before=f"{broke.before:.1f}",
                    after=f"{broke.after:.1f}",
                )
            )
    return tuple(told)


def _medians(months: Sequence[MonthFigure]) -> list[float]:
    return [each.median_days for each in months if each.median_days is not None]
