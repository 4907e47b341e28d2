"""What is measured of a run: one number for each measure, projects of the warm-up left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation.compiled import compiled
from simulation.draws import Purpose, word_of
from simulation.tables import NONE, Case, Head, Log, StageRun

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.kernel import Run
    from simulation.model import Model

    Floats = NDArray[np.float64]

_STAGES = 4


class Figure(StrEnum):
    """What is told; all but the share in working days of eight hours."""

    DAYS = "days"  # mean from a project's filing to its completion
    P90 = "p90"  # 90th percentile of that
    MILESTONE = "milestone"  # mean from the filing to the last stage's milestone
    STAGES = "stages"  # mean of the stages' own days, from joint application to milestone
    INSIDE = "inside"  # share of projects whose own clock keeps to the flow's limit, 0 to 1
    FLOW = "flow"  # as DAYS, of one flow type
    TOWNSHIP = "township"  # as DAYS, of one township
    DEPARTMENT = "department"  # mean time in a department's queue


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """A figure, and of whom; *of* is empty where it is of all."""

    figure: Figure
    of: str = ""


def measures(model: Model) -> tuple[Measure, ...]:
    """Return what is measured of a model's runs, always in this order."""
    flows = sorted({kind.flow for kind in model.scenario.arrivals.kinds})
    whole = (Figure.DAYS, Figure.P90, Figure.MILESTONE, Figure.STAGES, Figure.INSIDE)
    return (
        *(Measure(figure) for figure in whole),
        *(Measure(Figure.FLOW, str(flow)) for flow in flows),
        *(Measure(Figure.TOWNSHIP, code) for code in model.townships if code),
        *(Measure(Figure.DEPARTMENT, code) for code in model.departments),
    )


def measured(run: Run) -> Floats:
    """Return a run's figures in the order of `measures`; NaN where nothing was counted."""
    model, known = run.model, _known(run.model)
    first = model.scenario.arrivals.warm_up
    cases, stages = run.cases[first:], run.stages[first:, :_STAGES]
    kinds, arrived = cases[:, Case.KIND], cases[:, Case.ARRIVED]
    taken = cases[:, Case.DONE] - arrived
    reached = stages[:, :, StageRun.REACHED]
    own = reached - stages[:, :, StageRun.FILED]
    used, waited = _counted(run, known)
    townships = _means(townships_of(run)[first:], taken, len(model.townships))
    return np.array(
        [
            taken.mean() / DAY,
            _quantile(taken, 0.9) / DAY,
            (reached[:, -1] - arrived).mean() / DAY,
            own.sum() / len(cases) / DAY,
            (used[first:] <= known.limits[kinds]).mean(),
            *_means(known.flows[kinds], taken, int(known.flows.max()) + 1),
            *(mean for mean, code in zip(townships, model.townships, strict=True) if code),
            *waited,
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is asked of each kind of project of a model, by its place.

    Attributes:
        rows: int64, shape (kinds, width, 2): who handles each row, NONE where there is no such row;
            whether it is of stages 1 to 4.
        flows: int64: place of the flow type among all, in order.   limits: int64: of it, days.
    """

    rows: NDArray[np.int64]
    flows: NDArray[np.int64]
    limits: NDArray[np.int64]


@lru_cache(maxsize=8)
def _known(model: Model) -> _Known:
    known = np.full((len(model.kinds), max(map(len, model.kinds)), 2), NONE)
    at = {code: place for place, code in enumerate(model.departments)}
    for number, rows in enumerate(model.kinds):
        told = [(at[row.department], row.stage <= _STAGES) for row in rows]
        known[number, : len(rows)] = told
    flows = [kind.flow for kind in model.scenario.arrivals.kinds]
    limits = [model.catalogue.flows[flow].limit_days for flow in flows]
    order = sorted(set(flows))
    places = np.array([order.index(flow) for flow in flows])
    return _Known(rows=known, flows=places, limits=np.array(limits))


def _means(of: NDArray[np.int64], taken: NDArray[np.int32], size: int) -> Floats:
    """Return the mean days of each group; NaN of those in which nobody is."""
    with np.errstate(invalid="ignore"):
        sums = np.bincount(of, taken, minlength=size)
        return np.asarray(sums / np.bincount(of, minlength=size) / DAY, dtype=np.float64)


def _quantile(values: NDArray[np.int32], part: float) -> float:
    """Return what `numpy.quantile` does, without what that asks of any array first.

    >>> _quantile(np.array([4, 1, 2, 3], dtype=np.int32), 0.5)
    2.5
    """
    ordered, place = np.sort(values), part * (len(values) - 1)
    below = int(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(values) - 1)])
    return low + (high - low) * (place - below)


def days_used(run: Run) -> NDArray[np.int64]:
    """Return the days that each project's clock counts: int64, shape (cases,).

    Working days of stages 1 to 4 on which some accepted attempt runs unpaused, each once: what
    owners take (supplements, filing again) and special procedures are left out, as by
    `workflows.stage_clock.project_clock`; a procedure beyond its legal bound, which would count
    from then on, is left out whole.
    """
    return _counted(run, _known(run.model))[0]


def _counted(run: Run, known: _Known) -> tuple[NDArray[np.int64], Floats]:
    """Return the days used by each case, and the mean days in the queue of each department."""
    model, kinds = run.model, run.cases[:, Case.KIND]
    waits = np.zeros((2, len(model.departments)), dtype=np.int64)
    days = np.full(int(model.tables[Head.HORIZON]) // DAY + 1, NONE)
    used = _count(run.log, known.rows[kinds], model.scenario.arrivals.warm_up, waits, days)
    with np.errstate(invalid="ignore"):
        return used, np.asarray(waits[0] / waits[1] / DAY, dtype=np.float64)


@compiled
def _count(
    log: NDArray[np.int32],
    rows: NDArray[np.int64],
    first: int,
    waits: NDArray[np.int64],
    days: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the days used by each case; add minutes and attempts to the *waits* of departments.

    Args:
        rows: By case: see `_Known.rows`.
        first: The case from which on waits count.
        days: By day: the last case that used it; NONE at the beginning.
    """
    used = np.zeros(len(log), dtype=np.int64)
    for case in range(len(log)):
        for row in range(log.shape[1]):
            office = rows[case, row, 0]
            if office == NONE:
                break
            for number in range(log.shape[2]):
                if log[case, row, number, Log.FILED] == NONE:
                    break
                accepted = log[case, row, number, Log.ACCEPTED]
                since = max(accepted, log[case, row, number, Log.RESUMED])
                if case >= first:
                    waits[0, office] += log[case, row, number, Log.BEGUN] - since
                    waits[1, office] += 1
                if rows[case, row, 1]:
                    for day in range(
                        since // DAY + 1, log[case, row, number, Log.ENDED] // DAY + 1
                    ):
                        used[case] += days[day] != case
                        days[day] = case
    return used


def departments_of(run: Run) -> NDArray[np.int64]:
    """Return who handles each row of each project: int64, shape (cases, width).

    Places in `Model.departments`; NONE where a project has no such row.
    """
    found: NDArray[np.int64] = _known(run.model).rows[run.cases[:, Case.KIND], :, 0]
    return found


def townships_of(run: Run) -> NDArray[np.int64]:
    """Return each project's township: int64, shape (cases,), places in `Model.townships`."""
    return _townships(np.uint64(run.draws.stream), len(run.cases), run.model.township_until)


@compiled
def _townships(stream: np.uint64, cases: int, until: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.zeros(cases, dtype=np.int64)
    for case in range(cases):
        chance = np.int64(word_of(stream, case, 0, 0, Purpose.TOWNSHIP) >> np.uint64(11))
        at = 0
        while at + 1 < len(until) and chance >= until[at]:
            at += 1
        found[case] = at
    return found
