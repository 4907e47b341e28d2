"""What there is to pair: items with whole working days, an order, and pairs that may not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from workflows.catalogue.values import Coupling
from workflows.graph import ancestors
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Catalogue
    from workflows.graph import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Items of one stage that run two at a time.

    Attributes:
        days: Working days by item, 0 or more.
        before: (earlier, later) items: the later one starts when the earlier one has ended.
        barred: Pairs that may not run at the same time, beside those that *before* keeps apart.
    """

    days: Mapping[str, int]
    before: frozenset[Edge] = frozenset()
    barred: frozenset[frozenset[str]] = field(default=frozenset())

    @property
    def total(self) -> int:
        """Return the days that they take one by one."""
        return sum(self.days.values())

    def waits(self) -> Mapping[str, frozenset[str]]:
        """Return, for each item, all that must end before it; in an order that they could have.

        Raises:
            graphlib.CycleError: If items wait for one another in a circle.
        """
        direct: dict[str, set[str]] = {code: set() for code in sorted(self.days)}
        for earlier, later in sorted(self.before):
            direct[later].add(earlier)
        found: dict[str, frozenset[str]] = {}
        for code in TopologicalSorter(direct).static_order():
            found[code] = frozenset(direct[code]).union(*(found[each] for each in direct[code]))
        return found

    def apart(self) -> frozenset[frozenset[str]]:
        """Return every pair that may not run at the same time, by order or because it is barred."""
        waits = self.waits()
        ordered = {frozenset({code, each}) for code, all_of in waits.items() for each in all_of}
        return self.barred | ordered

    def critical(self) -> int:
        """Return the days of the longest chain: what they take when nothing else holds them."""
        ends: dict[str, int] = {}
        for code, earlier in self.waits().items():
            ends[code] = self.days[code] + max((ends[each] for each in earlier), default=0)
        return max(ends.values(), default=0)


def problem_of(catalogue: Catalogue, applicable: tuple[str, ...], stage: int) -> Problem:
    """Return what there is to pair in a stage, by committed limits.

    Items that mandated ones pulled in are not paired. An item without a limit counts no days. What
    is waited for outside the pairable items of the stage is taken as given.
    """
    wires = wiring(catalogue, applicable)
    pool = [
        item
        for code in sorted(applicable)
        if (item := catalogue.items[code]).stage == stage
        and item.coupling is Coupling.PAIRABLE
        and code not in wires.pulled
    ]
    codes = {item.code for item in pool}
    waits = ancestors(catalogue, applicable)
    limits = {item.code: item.committed_limit for item in pool}
    return Problem(
        days={code: 0 if limit is None else limit.days for code, limit in limits.items()},
        before=frozenset((each, code) for code in codes for each in waits[code] & codes),
        barred=frozenset(
            frozenset(pair)
            for pair in combinations(sorted(codes), 2)
            if pair[1] in wires.related[pair[0]]
        ),
    )
