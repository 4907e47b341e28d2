"""The best pairs in rounds: a matching without conflicts that an order allows, proved or bounded.

`docs/adr/0017-pairs-not-rounds.md` tells why not one variable for each round.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from simulation.optimise.bounds import EFFORT, Bounded
from workflows.graph import planned_pairs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from simulation.optimise.problem import Problem
    from workflows.graph import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Bounded):
    """A plan for all items of a problem.

    Attributes:
        rounds: Items in the order in which they start, one or two a round.
    """

    rounds: tuple[tuple[str, ...], ...]

    @property
    def pairs(self) -> tuple[Edge, ...]:
        """Return the rounds of two."""
        return tuple((each[0], each[1]) for each in self.rounds if len(each) > 1)


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
    rounds = in_order(problem, matching)
    if rounds is not None:
        return Plan(rounds=rounds, total=bound, bound=bound)
    # OR-Tools takes a second to load, and most stages need none of it.
    from simulation.optimise.pair_search import searched  # noqa: PLC0415 - see above

    return searched(problem, apart, bound, effort)


def saved(problem: Problem, pairs: Collection[Edge]) -> int:
    """Return the days that pairs save against one by one: the shorter of each."""
    return sum(min(problem.days[a], problem.days[b]) for a, b in pairs)


def greedy(problem: Problem, bound: int = 0) -> Plan:
    """Return the plan of whoever takes the pair that saves most, again and again."""
    pairs = greedy_pairs(problem, problem.apart())
    rounds = in_order(problem, pairs) or ()
    return Plan(rounds=rounds, total=problem.total - saved(problem, pairs), bound=bound)


def greedy_pairs(problem: Problem, apart: frozenset[frozenset[str]]) -> tuple[Edge, ...]:
    """Return pairs, the one that saves most first, that the order allows together."""
    legal = [pair for pair in combinations(sorted(problem.days), 2) if frozenset(pair) not in apart]
    legal.sort(key=lambda pair: (-saved(problem, [pair]), pair))
    taken: list[Edge] = []
    used: set[str] = set()
    for pair in legal:
        fits = saved(problem, [pair]) and used.isdisjoint(pair)
        if fits and in_order(problem, [*taken, pair]) is not None:
            taken.append(pair)
            used.update(pair)
    return tuple(taken)


def in_order(problem: Problem, pairs: Sequence[Edge]) -> tuple[tuple[str, ...], ...] | None:
    """Return pairs and singles in an order that could be; None where they wait in a circle."""
    own = {code: (code,) for code in problem.days} | {code: pair for pair in pairs for code in pair}
    waits: dict[tuple[str, ...], set[tuple[str, ...]]] = {own[code]: set() for code in sorted(own)}
    for earlier, later in sorted(problem.before):
        waits[own[later]].add(own[earlier])
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError:
        return None
