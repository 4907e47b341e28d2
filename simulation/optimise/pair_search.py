"""The search for pairs whose best matching no order allows.

One boolean for each legal pair and one place in the order for each item: two that are paired share
a place, whoever waits has a later one. Pairs that share a place do not touch, so any order of them
will do.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from simulation.optimise.pairs import Plan, greedy, greedy_pairs, in_order, saved
from simulation.optimise.solver import found, solver_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from simulation.optimise.problem import Problem
    from workflows.graph import Edge


def searched(problem: Problem, apart: frozenset[frozenset[str]], bound: int, effort: float) -> Plan:
    """Return the best pairs that the search finds, never worse than the greedy ones.

    Args:
        apart: Pairs that may not run at the same time.
        bound: No plan takes fewer days.
        effort: Deterministic seconds of search.
    """
    model = cp_model.CpModel()
    codes = sorted(problem.days)
    places = {code: model.new_int_var(0, len(codes) - 1, code) for code in codes}
    chosen = {
        pair: model.new_bool_var("|".join(pair))
        for pair in combinations(codes, 2)
        if frozenset(pair) not in apart and saved(problem, [pair])
    }
    for code in codes:
        model.add_at_most_one(made for pair, made in chosen.items() if code in pair)
    for (first, second), made in chosen.items():
        model.add(places[first] == places[second]).only_enforce_if(made)
    for earlier, later in sorted(problem.before):
        model.add(places[earlier] + 1 <= places[later])
    saving = sum(saved(problem, [pair]) * made for pair, made in chosen.items())
    model.add(saving <= problem.total - bound)
    _hint(model, chosen, greedy_pairs(problem, apart))
    model.maximize(saving)
    solver = solver_of(effort)
    if not found(solver.solve(model)):  # the greedy plan always is one
        return greedy(problem, bound)
    pairs = [pair for pair, made in chosen.items() if solver.boolean_value(made)]
    return Plan(
        rounds=in_order(problem, pairs) or (),
        total=problem.total - saved(problem, pairs),
        bound=max(bound, problem.total - round(solver.best_objective_bound)),
    )


def _hint(
    model: cp_model.CpModel, chosen: Mapping[Edge, cp_model.IntVar], pairs: Collection[Edge]
) -> None:
    for pair, made in chosen.items():
        model.add_hint(made, pair in pairs)
