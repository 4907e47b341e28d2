"""The bottleneck report: every table of it from the columns, in one pass over each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis import causes, groups, queues
from analysis.choice import EVER, Period, chosen
from analysis.columns import NONE
from analysis.gating import Gates, Path, gates, path, path_parts
from analysis.worktime import DAY, NEVER, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.causes import Ranking
    from analysis.columns import Columns, Ints
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

    Of a period it tells the attempts that ended in it; the gates and the paths of the stage runs
    that closed in it; and everything that stood before the departments meanwhile.

    Attributes:
        departments ... agents: By key, in the order of the names; `key` of flows and stages is
            their number.
        path: Causes by the days that they took of the projects' realised paths.
        work: Causes by the days that they took of all attempts together.
        months: Of each department, the last ROLLING ones up to the end of the period; "" = all.
        rolled: Of each department, what ended in those months, taken together.
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
    rolled: tuple[Figures, ...]


def report(
    columns: Columns,
    reviewers: Mapping[str, int] | None = None,
    period: Period = EVER,
    *,
    measured: Measures | None = None,
) -> Report:
    """Return the report on a period.

    Args:
        columns: All attempts, also those that did not end in the period.
        measured: What `groups.measures` says of them, where that is known already.

    Raises:
        OutsideCalendarError: If the calendar does not hold a bound of the period.
    """
    every = measured or groups.measures(columns)
    own = chosen(columns, period)
    known = every if own is columns else groups.measures(own)
    names = own.names
    closed, way, shares = _closed(columns, every, period)
    window = period.minutes(columns.worktime, columns.now)
    return Report(
        today=own.today,
        projects=int(np.count_nonzero(np.bincount(own.project, minlength=1))),
        whole=groups.whole(known),
        departments=groups.figures(known, own.department, names.departments),
        stages=numbered(known, own.stage),
        flows=numbered(known, own.flow),
        items=groups.figures(known, own.item, names.items),
        townships=groups.figures(known, own.township, names.townships),
        agents=groups.figures(known, own.agent, names.agents),
        queues=queues.queues(columns, window, reviewers, edges=every.edges),
        gates=(
            *_gate_figures(columns, closed, milestone=True),
            *_gate_figures(
                columns, within(columns, gates(columns, ends=True), period), milestone=False
            ),
        ),
        path=causes.ranking(causes.path_charges(columns, way, shares)),
        work=causes.ranking(causes.charges(own, known.minutes)),
        months=rolling(columns, every, period),
        rolled=rolled(columns, every, period),
    )


def within(columns: Columns, found: Gates, period: Period) -> Gates:
    """Return the gates of the runs that closed in *period*: those whose gate ended in it."""
    if period == EVER or not len(columns):
        return found
    shut = (found.gate != NONE) & period.holds(columns.ended_day[found.gate])
    return Gates(
        gate=np.where(shut, found.gate, NONE).astype(np.int32),
        runner_up=np.where(shut, found.runner_up, NONE).astype(np.int32),
        credit=np.where(shut, found.credit, 0).astype(np.int32),
    )


def _closed(columns: Columns, every: Measures, period: Period) -> tuple[Gates, Path, Ints]:
    """Return the gates of the milestones reached in *period*, and the paths through their runs."""
    whole = gates(columns)
    closed = within(columns, whole, period)
    way = path(columns, whole)
    shares = path_parts(columns, every.minutes, way)
    if closed is whole:
        return closed, way, shares
    kept = closed.gate[way.run] != NONE
    cut = {name: getattr(way, name)[kept] for name in ("project", "row", "run", "since", "until")}
    return closed, Path(**cut), shares[kept]


def month_of(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the months of day numbers, counted from January 1970."""
    if not len(days):
        return np.zeros(0, dtype=np.int64)
    first = int(days.min())
    calendar = np.arange(first, int(days.max()) + 1).astype("datetime64[D]")
    return calendar.astype("datetime64[M]").astype(np.int64)[days - first]


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


def rolling(
    columns: Columns, measured: Measures, period: Period = EVER
) -> dict[str, tuple[MonthFigures, ...]]:
    """Return the last ROLLING months of each department, and of all under "".

    The last one is that in which *period* ends.
    """
    months = _last_months(columns, period)
    nobody = np.zeros(len(columns), dtype=np.int32)
    return {
        **monthly(columns, measured, nobody, ("",), months),
        **monthly(columns, measured, columns.department, columns.names.departments, months),
    }


def rolled(columns: Columns, measured: Measures, period: Period = EVER) -> tuple[Figures, ...]:
    """Return what ended in the last ROLLING months taken together, by department."""
    months = _last_months(columns, period)
    ended = columns.ended_day != NEVER
    month = month_of(np.where(ended, columns.ended_day, 0))
    fits = ended & (month >= months.start) & (month < months.stop)
    codes = np.where(fits, columns.department, NONE).astype(np.int32)
    return groups.figures(measured, codes, columns.names.departments)


def _last_months(columns: Columns, period: Period) -> range:
    """Return the numbers of the last ROLLING months, up to that in which *period* ends."""
    until = columns.today if period.until is None else min(number_of(period.until), columns.today)
    last = int(month_of(np.array([until], dtype=np.int32))[0])
    return range(last - ROLLING + 1, last + 1)


def _month(name: str, found: Figures | None) -> MonthFigures:
    if found is None:
        return MonthFigures(month=name, ended=0, share=None, median_days=None)
    return MonthFigures(
        month=name, ended=found.ended, share=found.share, median_days=found.median_days
    )


def numbered(measured: Measures, numbers: Ints) -> tuple[Figures, ...]:
    """Return the figures of each number, the stages' or the flow types', one for each attempt."""
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
