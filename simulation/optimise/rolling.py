"""Rolling pairs: whoever ends makes room for the next, two at a time at most (P2|prec|Cmax)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.optimise.bounds import EFFORT, Bounded
from simulation.optimise.schedule import best_schedule
from simulation.optimise.workload import Activity, Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.problem import Problem

_SLOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling(Bounded):
    """A plan that rolls.

    Attributes:
        starts: Working day on which each item starts, from 0.
    """

    starts: Mapping[str, int]


def best_rolling(problem: Problem, effort: float = EFFORT) -> Rolling:
    """Return when each item starts so that the last one ends first.

    Args:
        effort: Deterministic seconds of search, after which the best so far comes with its bound.

    Raises:
        graphlib.CycleError: If items wait for one another in a circle.
    """
    plan = best_schedule(_workload(problem), effort)
    return Rolling(starts=plan.starts, total=plan.total, bound=plan.bound)


def _workload(problem: Problem) -> Workload:
    """Return the items as work of one office with two slots; two that are barred share a key."""
    capacities = {"slots": _SLOTS}
    demand: dict[str, dict[str, int]] = defaultdict(lambda: {"slots": 1})
    for pair in sorted(sorted(each) for each in problem.barred):
        key = "|".join(pair)
        capacities[key] = 1
        for code in pair:
            demand[code][key] = 1
    after: dict[str, list[str]] = defaultdict(list)
    for earlier, later in sorted(problem.before):
        after[later].append(earlier)
    return Workload(
        capacities=capacities,
        activities={
            code: Activity(days=days, after=tuple(after[code]), demand=demand[code])
            for code, days in sorted(problem.days.items())
        },
    )
