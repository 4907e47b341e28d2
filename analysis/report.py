"""The bottleneck report: every table of it from the columns, in one pass over each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis import causes, groups, queues
from analysis.columns import NONE
from analysis.gating import gates, path, path_parts
from analysis.worktime import DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.causes import Ranking
    from analysis.columns import Columns, Ints
    from analysis.gating import Gates
    from analysis.groups import Figures, Measures
    from analysis.queues import Queue

ROLLING = 6  # months of the rolling share
_FIRST_YEAR = 1970
_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFigures:
    """How often an item closed a stage, and by how much.

    Attributes:
        milestone: It made the stage's milestone; else it was the last of the whole stage to end.
        closed: How often; *of*: stage runs that were closed in this way.
        credit_days: Mean days by which it was later than the runner-up.
    """

    stage: int
    item: str
    milestone: bool
    closed: int
    of: int
    credit_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures:
    """What ended in one month.

    Attributes:
        month: "2026-03".   share: Inside the limit, 0 to 1; None without a limit.
    """

    month: str
    ended: int
    share: float | None
    median_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The bottleneck report, as of *today* (a day number).

    Attributes:
        departments ... agents: By key, in the order of the names; `key` of flows and stages is
            their number.
        path: Causes by the days that they took of the projects' realised paths.
        work: Causes by the days that they took of all attempts together.
        months: Of each department, the last ROLLING ones; "" = all.
    """

    today: int
    projects: int
    whole: Figures
    departments: tuple[Figures, ...]
    stages: tuple[Figures, ...]
    flows: tuple[Figures, ...]
    items: tuple[Figures, ...]
    townships: tuple[Figures, ...]
    agents: tuple[Figures, ...]
    queues: tuple[Queue, ...]
    gates: tuple[GateFigures, ...]
    path: Ranking
    work: Ranking
    months: Mapping[str, tuple[MonthFigures, ...]]


def report(
    columns: Columns,
    reviewers: Mapping[str, int] | None = None,
    *,
    measured: Measures | None = None,
) -> Report:
    """Return the report on *columns*."""
    known = measured or groups.measures(columns)
    names = columns.names
    closed = gates(columns)
    way = path(columns, closed)
    shares = path_parts(columns, known.minutes, way)
    return Report(
        today=columns.today,
        projects=int(np.count_nonzero(np.bincount(columns.project, minlength=1))),
        whole=groups.whole(known),
        departments=groups.figures(known, columns.department, names.departments),
        stages=_numbered(known, columns.stage),
        flows=_numbered(known, columns.flow),
        items=groups.figures(known, columns.item, names.items),
        townships=groups.figures(known, columns.township, names.townships),
        agents=groups.figures(known, columns.agent, names.agents),
        queues=queues.queues(columns, reviewers=reviewers, edges=known.edges),
        gates=(
            *_gate_figures(columns, closed, milestone=True),
            *_gate_figures(columns, gates(columns, ends=True), milestone=False),
        ),
        path=causes.ranking(causes.path_charges(columns, way, shares)),
        work=causes.ranking(causes.charges(columns, known.minutes)),
        months=rolling(columns, known),
    )


def month_of(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the months of day numbers, counted from January 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_name(month: int) -> str:
    """Return a month's name.

    >>> month_name(674)
    '2026-03'
    """
    return f"{_FIRST_YEAR + month // _MONTHS}-{month % _MONTHS + 1:02d}"


def monthly(
    columns: Columns, measured: Measures, codes: Ints, keys: Sequence[str], months: range
) -> dict[str, tuple[MonthFigures, ...]]:
    """Return the figures of each key in each of *months* (numbers); months without an end too."""
    count = len(months)
    ended = columns.ended_day != NEVER
    month = month_of(np.where(ended, columns.ended_day, 0)) - months.start
    fits = ended & (month >= 0) & (month < count) & (codes != NONE)
    cells = np.where(fits, codes * count + month, NONE).astype(np.int32)
    labels = [f"{at}" for at in range(len(keys) * count)]
    found = {int(each.key): each for each in groups.figures(measured, cells, labels)}
    return {
        key: tuple(
            _month(month_name(months[at]), found.get(place * count + at)) for at in range(count)
        )
        for place, key in enumerate(keys)
        if any(place * count + at in found for at in range(count))
    }


def rolling(columns: Columns, measured: Measures) -> dict[str, tuple[MonthFigures, ...]]:
    """Return the last ROLLING months of each department, and of all under ""."""
    last = int(month_of(np.array([columns.today], dtype=np.int32))[0])
    months = range(last - ROLLING + 1, last + 1)
    nobody = np.zeros(len(columns), dtype=np.int32)
    return {
        **monthly(columns, measured, nobody, ("",), months),
        **monthly(columns, measured, columns.department, columns.names.departments, months),
    }


def _month(name: str, found: Figures | None) -> MonthFigures:
    if found is None:
        return MonthFigures(month=name, ended=0, share=None, median_days=None)
    return MonthFigures(
        month=name, ended=found.ended, share=found.share, median_days=found.median_days
    )


def _numbered(measured: Measures, numbers: Ints) -> tuple[Figures, ...]:
    top = int(numbers.max()) + 1 if len(numbers) else 0
    return groups.figures(measured, numbers, [str(number) for number in range(top)])


def _gate_figures(columns: Columns, closed: Gates, *, milestone: bool) -> tuple[GateFigures, ...]:
    runs = columns.runs
    which = np.flatnonzero(closed.gate != NONE)
    if milestone:
        which = which[runs.join[which] != 0]
    stages, items = runs.stage[which], columns.item[closed.gate[which]]
    size = len(columns.names.items)
    cells = stages.astype(np.int64) * max(size, 1) + items
    found, where, counts = np.unique(cells, return_inverse=True, return_counts=True)
    credit = np.bincount(where, weights=closed.credit[which], minlength=len(found))
    of = np.bincount(stages, minlength=1)
    listed = [
        GateFigures(
            stage=int(cell) // size,
            item=columns.names.items[int(cell) % size],
            milestone=milestone,
            closed=int(counts[at]),
            of=int(of[int(cell) // size]),
            credit_days=float(credit[at]) / int(counts[at]) / DAY,
        )
        for at, cell in enumerate(found)
    ]
    return tuple(sorted(listed, key=lambda each: (each.stage, -each.closed, each.item)))
