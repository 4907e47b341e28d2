"""The search for a shorter schedule than the one that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from simulation.optimise.serial import ended
from simulation.optimise.solver import found, solver_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.optimise.workload import Workload


def searched(
    workload: Workload, known: Mapping[str, int], bound: int, effort: float
) -> tuple[dict[str, int], int]:
    """Return starts at least as good as those *known*, and days that no plan goes below.

    Args:
        bound: Days that are known to be needed.
        effort: Deterministic seconds of search.
    """
    model = cp_model.CpModel()
    total = ended(workload, known)
    starts = _placed(model, workload, total)
    end = model.new_int_var(bound, total, "end")
    for code, start in starts.items():
        model.add(start + workload.activities[code].days <= end)
        model.add_hint(start, known[code])
    model.add_hint(end, total)
    model.minimize(end)
    solver = solver_of(effort)
    if not found(solver.solve(model)):
        return dict(known), bound
    better = {code: solver.value(start) for code, start in starts.items()}
    return better, max(bound, round(solver.best_objective_bound))


def _placed(model: cp_model.CpModel, workload: Workload, total: int) -> dict[str, cp_model.IntVar]:
    """Return the start of each activity, within what its chain leaves it, by all rules."""
    heads = workload.backwards().tails()
    tails = workload.tails()
    activities = workload.activities
    starts = {
        code: model.new_int_var(heads[code] - activities[code].days, total - tails[code], code)
        for code in activities
    }
    for code, activity in activities.items():
        for each in activity.after:
            model.add(starts[each] + activities[each].days <= starts[code])
    spans = {
        code: model.new_fixed_size_interval_var(start, activities[code].days, f"{code}-span")
        for code, start in starts.items()
    }
    for department, capacity in workload.capacities.items():
        taken = {
            code: amount
            for code, activity in activities.items()
            if activity.days and (amount := activity.demand.get(department, 0))
        }
        if taken and 2 * min(taken.values()) > capacity:
            model.add_no_overlap([spans[code] for code in taken])
        elif sum(taken.values()) > capacity:
            model.add_cumulative([spans[code] for code in taken], list(taken.values()), capacity)
    return starts
