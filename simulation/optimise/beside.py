"""Side by side: one by one, pairs by lot, greedy and best pairs, rolling, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from simulation.draws import WHOLE, Draws, Purpose
from simulation.optimise.bounds import EFFORT
from simulation.optimise.pairs import Plan, best_pairs, greedy
from simulation.optimise.rolling import Rolling, best_rolling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.optimise.problem import Problem

MOST_EXACT = 12  # items: above, the lot is drawn LOTS times in place of adding all of them up
LOTS = 400
_SEED = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What each way takes, in working days.

    Attributes:
        by_lot: Expected days when each next pair is drawn among the legal ready ones.
        lots: How many plans were drawn for that; 0 = all were added up, the figure is exact.
        free: Every item starts as soon as the order allows.
    """

    one_by_one: int
    by_lot: float
    lots: int
    greedy: Plan
    best: Plan
    rolling: Rolling
    free: int


def side_by_side(problem: Problem, effort: float = EFFORT) -> Beside:
    """Return what each way of doing the same items takes.

    Raises:
        graphlib.CycleError: If items wait for one another in a circle.
    """
    lot = _Lot(problem)
    exact = len(problem.days) <= MOST_EXACT
    best = best_pairs(problem, effort)
    return Beside(
        one_by_one=problem.total,
        by_lot=lot.expected(0) if exact else lot.drawn(),
        lots=0 if exact else LOTS,
        greedy=greedy(problem, best.bound),
        best=best,
        rolling=best_rolling(problem, effort),
        free=problem.critical(),
    )


class _Lot:
    """Rounds by lot: a pair of ready items that is legal, or one that is ready where none is."""

    def __init__(self, problem: Problem) -> None:
        codes = sorted(problem.days)
        waits, apart = problem.waits(), problem.apart()
        self._days = [problem.days[code] for code in codes]
        self._waits = [sum(1 << codes.index(each) for each in waits[code]) for code in codes]
        self._legal = [
            (a, b)
            for a, b in combinations(range(len(codes)), 2)
            if frozenset({codes[a], codes[b]}) not in apart
        ]
        self._known: dict[int, float] = {(1 << len(codes)) - 1: 0.0}

    def expected(self, done: int) -> float:
        """Return the mean days over all lots, from a set of items that have ended."""
        if done not in self._known:
            ways = self._ways(done)
            days = [self._took(way) + self.expected(done | _bits(way)) for way in ways]
            self._known[done] = sum(days) / len(days)
        return self._known[done]

    def drawn(self) -> float:
        """Return the mean days over LOTS plans, drawn by key."""
        luck = Draws(_SEED)
        whole = (1 << len(self._days)) - 1
        total = 0
        for lot in range(LOTS):
            done = drawn = 0
            while done != whole:
                ways = self._ways(done)
                way = ways[luck.word(lot, 0, drawn, Purpose.LOT) * len(ways) // WHOLE]
                total += self._took(way)
                done |= _bits(way)
                drawn += 1
        return total / LOTS

    def _ways(self, done: int) -> list[tuple[int, ...]]:
        ready = {
            bit
            for bit, waits in enumerate(self._waits)
            if not done >> bit & 1 and waits & done == waits
        }
        pairs: list[tuple[int, ...]] = [p for p in self._legal if p[0] in ready and p[1] in ready]
        return pairs or [(bit,) for bit in sorted(ready)]

    def _took(self, way: Sequence[int]) -> int:
        return max(self._days[bit] for bit in way)


def _bits(way: Sequence[int]) -> int:
    return sum(1 << bit for bit in way)
