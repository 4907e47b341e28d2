"""Rolling pairs: whoever ends makes room for the next, two at a time at most (P2|prec|Cmax)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from simulation.optimise.pairs import EFFORT, found, solver_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.problem import Problem

_SLOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling:
    """A plan that rolls.

    Attributes:
        starts: Working day on which each item starts, from 0.
        total: Working days to the last end.
        bound: No plan takes fewer.
    """

    starts: Mapping[str, int]
    total: int
    bound: int

    @property
    def proved(self) -> bool:
        """Tell whether no plan is better."""
        return self.bound >= self.total


def best_rolling(problem: Problem, effort: float = EFFORT) -> Rolling:
    """Return when each item starts so that the last one ends first.

    A list plan comes first; max(longest chain, half of the sum) bounds every plan, and proves most.

    Args:
        effort: Deterministic seconds of search, after which the best so far comes with its bound.

    Raises:
        graphlib.CycleError: If items wait for one another in a circle.
    """
    bound = max(problem.critical(), -(-problem.total // _SLOTS))
    listed = listed_plan(problem)
    total = _end(problem, listed)
    if total <= bound:
        return Rolling(starts=listed, total=total, bound=bound)
    return _searched(problem, listed, bound, effort)


def listed_plan(problem: Problem) -> dict[str, int]:
    """Return the starts of a list plan: whoever has the longest chain behind goes first."""
    waits, apart = problem.waits(), problem.apart()
    behind: dict[str, int] = {}
    for code in reversed(list(waits)):
        later = [behind[each] for each in behind if code in waits[each]]
        behind[code] = problem.days[code] + max(later, default=0)
    starts: dict[str, int] = {}
    for code in sorted(waits, key=lambda code: (-behind[code], -len(_after(waits, code)), code)):
        earliest = max((starts[each] + problem.days[each] for each in waits[code]), default=0)
        ends = {starts[each] + problem.days[each] for each in starts}
        moments = sorted({earliest, *(end for end in ends if end > earliest)})
        starts[code] = next(
            moment for moment in moments if _fits(problem, starts, apart, code, moment)
        )
    return starts


def _after(waits: Mapping[str, frozenset[str]], code: str) -> list[str]:
    return [each for each, earlier in waits.items() if code in earlier]


def _fits(
    problem: Problem,
    starts: Mapping[str, int],
    apart: frozenset[frozenset[str]],
    code: str,
    start: int,
) -> bool:
    end = start + problem.days[code]
    beside = [
        each for each, other in starts.items() if other < end and start < other + problem.days[each]
    ]
    if any(frozenset({code, each}) in apart for each in beside):
        return False
    most = (start, *(starts[each] for each in beside if starts[each] > start))
    return all(
        sum(starts[each] <= day < starts[each] + problem.days[each] for each in beside) < _SLOTS
        for day in most
    )


def _end(problem: Problem, starts: Mapping[str, int]) -> int:
    return max((start + problem.days[code] for code, start in starts.items()), default=0)


def _searched(problem: Problem, listed: Mapping[str, int], bound: int, effort: float) -> Rolling:
    model = cp_model.CpModel()
    most = _end(problem, listed)
    starts = {code: model.new_int_var(0, most - problem.days[code], code) for code in listed}
    spans = {
        code: model.new_fixed_size_interval_var(start, problem.days[code], f"{code}-span")
        for code, start in starts.items()
    }
    end = model.new_int_var(bound, most, "end")
    model.add_cumulative(spans.values(), [1] * len(spans), _SLOTS)
    for code, start in starts.items():
        model.add(start + problem.days[code] <= end)
        model.add_hint(start, listed[code])
    for earlier, later in sorted(problem.before):
        model.add(starts[earlier] + problem.days[earlier] <= starts[later])
    for pair in sorted(sorted(each) for each in problem.barred):
        model.add_no_overlap([spans[code] for code in pair])
    model.minimize(end)
    solver = solver_of(effort)
    if not found(solver.solve(model)):
        return Rolling(starts=dict(listed), total=most, bound=bound)
    planned = {code: solver.value(start) for code, start in starts.items()}
    lower = max(bound, round(solver.best_objective_bound))
    return Rolling(starts=planned, total=_end(problem, planned), bound=lower)
