"""What is measured of a run: one number for each measure, projects of the warm-up left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation.compiled import compiled
from simulation.draws import Purpose, word_of
from simulation.tables import NONE, Case, Log, StageRun

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
    model = run.model
    first = model.scenario.arrivals.warm_up
    cases, stages = run.cases[first:], run.stages[first:, :_STAGES]
    days = (cases[:, Case.DONE] - cases[:, Case.ARRIVED]) / DAY
    reached = stages[:, :, StageRun.REACHED]
    own = (reached - stages[:, :, StageRun.FILED]).sum(axis=1) / DAY
    flow_of = np.array([kind.flow for kind in model.scenario.arrivals.kinds])
    flows = flow_of[cases[:, Case.KIND]]
    limits = np.array([model.catalogue.flows[int(flow)].limit_days for flow in flow_of])
    used = days_used(run)[first:]
    townships = townships_of(run)[first:]
    return np.array(
        [
            days.mean(),
            np.quantile(days, 0.9),
            (reached[:, -1] - cases[:, Case.ARRIVED]).mean() / DAY,
            own.mean(),
            (used <= limits[cases[:, Case.KIND]]).mean(),
            *(_mean(days[flows == flow]) for flow in sorted(set(flow_of.tolist()))),
            *(_mean(days[townships == at]) for at, code in enumerate(model.townships) if code),
            *_waits(run, first),
        ]
    )


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _waits(run: Run, first: int) -> Floats:
    """Return the mean days in the queue of each department."""
    log = run.log[first:]
    which = np.broadcast_to(departments_of(run)[first:, :, None], log.shape[:3])
    began = log[..., Log.BEGUN]
    filed = began != NONE
    since = np.maximum(log[..., Log.ACCEPTED], log[..., Log.RESUMED])[filed]
    size = len(run.model.departments)
    waited = np.bincount(which[filed], began[filed] - since, minlength=size)
    count = np.bincount(which[filed], minlength=size)
    with np.errstate(invalid="ignore"):
        found: Floats = waited / count / DAY
    return found


def days_used(run: Run) -> NDArray[np.int64]:
    """Return the days that each project's clock counts: int64, shape (cases,).

    Working days of stages 1 to 4 on which some accepted attempt runs unpaused, each once: what
    owners take (supplements, filing again) and special procedures are left out, as by
    `workflows.stage_clock.project_clock`; a procedure beyond its legal bound, which would count
    from then on, is left out whole.
    """
    stages = np.full((len(run.model.kinds), run.log.shape[1]), _STAGES + 1)
    for number, rows in enumerate(run.model.kinds):
        stages[number, : len(rows)] = [row.stage for row in rows]
    return _days_used(run.log, stages <= _STAGES, run.cases[:, Case.KIND])


@compiled
def _days_used(
    log: NDArray[np.int32], counts: NDArray[np.bool_], kinds: NDArray[np.int32]
) -> NDArray[np.int64]:
    used = np.zeros(len(log), dtype=np.int64)
    counted = np.full(log[..., Log.ENDED].max() // DAY + 1, NONE)  # by day: the last case
    for case in range(len(log)):
        for row in range(log.shape[1]):
            if not counts[kinds[case], row]:
                continue
            for number in range(log.shape[2]):
                words = log[case, row, number]
                if words[Log.FILED] == NONE:
                    break
                since = max(words[Log.ACCEPTED], words[Log.RESUMED])
                for day in range(since // DAY + 1, words[Log.ENDED] // DAY + 1):
                    used[case] += counted[day] != case
                    counted[day] = case
    return used


def departments_of(run: Run) -> NDArray[np.int64]:
    """Return who handles each row of each project: int64, shape (cases, width).

    Places in `Model.departments`; NONE where a project has no such row.
    """
    model = run.model
    offices = np.full((len(model.kinds), run.log.shape[1]), NONE)
    at = {code: place for place, code in enumerate(model.departments)}
    for number, rows in enumerate(model.kinds):
        offices[number, : len(rows)] = [at[row.department] for row in rows]
    found: NDArray[np.int64] = offices[run.cases[:, Case.KIND]]
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
