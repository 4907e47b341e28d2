"""All that one stage has to do: every item with its days, what waits for what, who needs a slot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from simulation.optimise.problem import Problem
from workflows.catalogue.check import working_days
from workflows.catalogue.values import Coupling
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Catalogue
    from workflows.graph import Edge

Need = tuple[str, str]  # item, document


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWork:
    """What a stage has to do, by committed limits.

    Attributes:
        days: Working days by item, of every item of the stage; 0 without a limit.
        before: (earlier, later) items of the stage, with the documents that make the later wait.
        slotted: Items that take a slot: pairable ones that nothing mandated pulled in.
        barred: Two of those that may not run at the same time.
    """

    days: Mapping[str, int]
    before: Mapping[Edge, frozenset[str]]
    slotted: frozenset[str]
    barred: frozenset[frozenset[str]]

    def chain(self) -> int:
        """Return the days of the longest chain: what the stage takes with a slot for everyone."""
        return Problem(days=self.days, before=frozenset(self.before)).critical()

    def order(self) -> tuple[str, ...]:
        """Return all items in an order that could be."""
        return tuple(Problem(days=self.days, before=frozenset(self.before)).waits())


def stage_work(catalogue: Catalogue, applicable: tuple[str, ...], stage: int) -> StageWork:
    """Return what a stage has to do when the items *applicable* are done.

    An item waits for all applicable producers of what it hard-needs. What comes out of other
    stages is taken as given.
    """
    wires = wiring(catalogue, applicable)
    items = [catalogue.items[c] for c in sorted(applicable) if catalogue.items[c].stage == stage]
    limits = {item.code: item.committed_limit for item in items}
    before: dict[Edge, set[str]] = defaultdict(set)
    for code in limits:
        for document in wires.needs[code]:
            for producer in wires.producers[document]:
                if producer in limits:
                    before[producer, code].add(document)
    slotted = [
        item.code
        for item in items
        if item.coupling is Coupling.PAIRABLE and item.code not in wires.pulled
    ]
    return StageWork(
        days={code: 0 if limit is None else working_days(limit) for code, limit in limits.items()},
        before={edge: frozenset(before[edge]) for edge in sorted(before)},
        slotted=frozenset(slotted),
        barred=frozenset(
            frozenset(pair)
            for pair in combinations(slotted, 2)
            if pair[1] in wires.related[pair[0]]
        ),
    )
