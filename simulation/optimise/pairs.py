"""The best pairs in rounds: a matching without conflicts that an order allows, proved or bounded.

One boolean for each legal pair and one place in the order for each item: two that are paired share
a place, whoever waits has a later one. Pairs that share a place do not touch, so any order of them
will do. `docs/adr/0017-pairs-not-rounds.md` tells why not one variable for each round.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from workflows.graph import planned_pairs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from simulation.optimise.problem import Problem
    from workflows.graph import Edge

EFFORT = 10.0  # of the solver's deterministic seconds: the answer never hangs on the machine
_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan for all items of a problem.

    Attributes:
        rounds: Items in the order in which they start, one or two a round.
        total: Working days from the first start to the last end.
        bound: No plan takes fewer.
    """

    rounds: tuple[tuple[str, ...], ...]
    total: int
    bound: int

    @property
    def pairs(self) -> tuple[Edge, ...]:
        """Return the rounds of two."""
        return tuple((each[0], each[1]) for each in self.rounds if len(each) > 1)

    @property
    def proved(self) -> bool:
        """Tell whether no plan is better."""
        return self.bound >= self.total

    @property
    def gap(self) -> float:
        """Return by how much of the total a better plan could be shorter; 0 when proved."""
        return 0.0 if self.proved else (self.total - self.bound) / self.total


def best_pairs(problem: Problem, effort: float = EFFORT) -> Plan:
    """Return the pairs that take fewest days, one pair or single after the other.

    A maximum-weight matching bounds every plan; where the order allows it, it is the best one.

    Args:
        effort: Deterministic seconds of search, after which the best so far comes with its gap.

    Raises:
        graphlib.CycleError: If items wait for one another in a circle.
    """
    apart = problem.apart()
    matching = planned_pairs(problem.days, apart)
    bound = problem.total - saved(problem, matching)
    rounds = _in_order(problem, matching)
    if rounds is not None:
        return Plan(rounds=rounds, total=bound, bound=bound)
    return _searched(problem, apart, bound, effort)


def saved(problem: Problem, pairs: Collection[Edge]) -> int:
    """Return the days that pairs save against one by one: the shorter of each."""
    return sum(min(problem.days[a], problem.days[b]) for a, b in pairs)


def _searched(
    problem: Problem, apart: frozenset[frozenset[str]], bound: int, effort: float
) -> Plan:
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
        rounds=_in_order(problem, pairs) or (),
        total=problem.total - saved(problem, pairs),
        bound=max(bound, problem.total - round(solver.best_objective_bound)),
    )


def solver_of(effort: float) -> cp_model.CpSolver:
    """Return a solver that gives the same answer on every machine."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = effort
    return solver


def found(status: cp_model.CpSolverStatus) -> bool:
    """Tell whether there is a solution to read.

    Raises:
        RuntimeError: If the model is none: a fault of this program.
    """
    match status:
        case cp_model.OPTIMAL | cp_model.FEASIBLE:
            return True
        case cp_model.UNKNOWN:
            return False
        case _:
            message = f"the solver says {status}"
            raise RuntimeError(message)


def _hint(
    model: cp_model.CpModel, chosen: Mapping[Edge, cp_model.IntVar], pairs: Collection[Edge]
) -> None:
    for pair, made in chosen.items():
        model.add_hint(made, pair in pairs)


def greedy(problem: Problem, bound: int = 0) -> Plan:
    """Return the plan of whoever takes the pair that saves most, again and again."""
    pairs = greedy_pairs(problem, problem.apart())
    rounds = _in_order(problem, pairs) or ()
    return Plan(rounds=rounds, total=problem.total - saved(problem, pairs), bound=bound)


def greedy_pairs(problem: Problem, apart: frozenset[frozenset[str]]) -> tuple[Edge, ...]:
    """Return pairs, the one that saves most first, that the order allows together."""
    legal = [pair for pair in combinations(sorted(problem.days), 2) if frozenset(pair) not in apart]
    legal.sort(key=lambda pair: (-saved(problem, [pair]), pair))
    taken: list[Edge] = []
    used: set[str] = set()
    for pair in legal:
        fits = saved(problem, [pair]) and used.isdisjoint(pair)
        if fits and _in_order(problem, [*taken, pair]) is not None:
            taken.append(pair)
            used.update(pair)
    return tuple(taken)


def _in_order(problem: Problem, pairs: Sequence[Edge]) -> tuple[tuple[str, ...], ...] | None:
    """Return pairs and singles in an order that could be; None where they wait in a circle."""
    own = {code: (code,) for code in problem.days} | {code: pair for pair in pairs for code in pair}
    waits: dict[tuple[str, ...], set[tuple[str, ...]]] = {own[code]: set() for code in sorted(own)}
    for earlier, later in sorted(problem.before):
        waits[own[later]].add(own[earlier])
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError:
        return None
