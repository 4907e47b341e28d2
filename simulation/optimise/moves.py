"""Moves that a planner could make in a stage, and what of the catalogue stands against each.

A move gives an item another class, or makes one of its hard needs soft. The catalogue bars what
its publication would refuse, what the nation makes mandatory, and needs that quote an article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.edits import edited
from simulation.scenario import Edits
from workflows.catalogue.check import working_days
from workflows.catalogue.values import Coupling
from workflows.errors import Refusal
from workflows.pairing import Why
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from workflows.catalogue.values import Catalogue, Item

Applicable = tuple[str, ...]
MANDATORY = "强制并联"  # of the national vocabulary: may not be left out of the joint filing
_ARTICLE = re.compile("第[0-9０-９一二三四五六七八九十百,、，\\- ]+条")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One change: *item* gets the class *to*, or its need of *document* becomes soft."""

    item: str
    to: Coupling | None = None
    document: str | None = None

    @property
    def name(self) -> str:
        """Return what tells it from every other move.

        >>> Move(item="S1-16", to=Coupling.FREE).name
        'S1-16:free'
        """
        return f"{self.item}:{self.document if self.to is None else self.to.value}"


class MoveRefusedError(Refusal):
    """The catalogue stands against a move; the code names the rule."""

    def __init__(self, why: Why) -> None:
        """Keep the rule."""
        self.code = f"move.rule.{why.rule}"
        super().__init__(**why.params)


def edits_of(moves: Collection[Move]) -> Edits:
    """Return the moves as a scenario says them."""
    return Edits(
        couplings={move.item: move.to for move in moves if move.to is not None},
        needs={(move.item, move.document): False for move in moves if move.document is not None},
    )


def moved(catalogue: Catalogue, moves: Collection[Move]) -> Catalogue:
    """Return the catalogue as it is after the moves."""
    return edited(catalogue, edits_of(moves))


def moves_of(catalogue: Catalogue, applicable: Applicable, stage: int) -> Iterator[Move]:
    """Yield every move that could be thought of: each other class, each hard need that holds."""
    wires = wiring(catalogue, applicable)
    for code in sorted(applicable):
        item = catalogue.items[code]
        if item.stage == stage:
            yield from (Move(item=code, to=to) for to in Coupling if to is not item.coupling)
            yield from (
                Move(item=code, document=document)
                for document in item.hard_needs
                if document in wires.needs[code]
            )


def move_of(said: str) -> Move:
    """Return a move from its name, an item with a class or with a document.

    Raises:
        MoveRefusedError: If it is no such thing.
    """
    item, _, what = said.strip().partition(":")
    if not item or not what:
        raise MoveRefusedError(Why(rule="unreadable", params={"move": said}))
    if what in {each.value for each in Coupling}:
        return Move(item=item, to=Coupling(what))
    return Move(item=item, document=what)


def check_moves(
    catalogue: Catalogue, applicable: Applicable, stage: int, moves: tuple[Move, ...]
) -> None:
    """Refuse moves that may not be made, each judged after those before it.

    Raises:
        MoveRefusedError: With the rule against the first of them.
    """
    for done, move in enumerate(moves):
        why = why_not_move(moved(catalogue, moves[:done]), applicable, stage, move)
        if why is not None:
            raise MoveRefusedError(why)


def why_not_move(
    catalogue: Catalogue, applicable: Applicable, stage: int, move: Move
) -> Why | None:
    """Return what stands against a move, with what its text names; None when it is allowed."""
    item = catalogue.items.get(move.item)
    if item is None or item.stage != stage or item.code not in applicable:
        return Why(rule="not_in_stage", params={"item": move.item, "stage": stage})
    if move.to is None:
        return _why_not_soft(catalogue, applicable, item, move.document or "")
    return _why_not_class(catalogue, applicable, item, move.to)


def _why_not_class(
    catalogue: Catalogue, applicable: Applicable, item: Item, to: Coupling
) -> Why | None:
    ordered = to in {Coupling.MANDATED, Coupling.SERIAL}
    if item.coupling is to:
        return Why(rule="same_class", params={"item": item.code, "coupling": to.value})
    if catalogue.stages[item.stage].join is None and to is not Coupling.FREE:
        return Why(rule="alongside", params={"item": item.code, "stage": item.stage})
    if item.national_coupling == MANDATORY and to is not Coupling.MANDATED:
        return Why(rule="national", params={"item": item.code, "national": MANDATORY})
    if item.milestone and not ordered:
        return Why(rule="milestone", params={"item": item.code, "stage": item.stage})
    if to is Coupling.SERIAL and not wiring(catalogue, applicable).needs.get(item.code):
        return Why(rule="no_predecessor", params={"item": item.code})
    return _why_too_long(catalogue, item) if to is Coupling.MANDATED else None


def _why_too_long(catalogue: Catalogue, item: Item) -> Why | None:
    """Return the flow type whose stage is shorter than the item: publication refuses that."""
    if item.committed_limit is None:
        return None
    days = working_days(item.committed_limit)
    for flow in item.flows:
        limit = catalogue.flows[flow].stage_limit(item.stage)
        if limit is not None and days > limit:
            named = {"item": item.code, "days": days, "flow": flow, "limit": limit}
            return Why(rule="beyond_stage", params={**named, "stage": item.stage})
    return None


def _why_not_soft(
    catalogue: Catalogue, applicable: Applicable, item: Item, document: str
) -> Why | None:
    named = {"item": item.code, "document": document}
    need = next((each for each in item.needs if each.document == document), None)
    if need is None:
        return Why(rule="no_need", params=named)
    if not need.hard:
        return Why(rule="soft_already", params=named)
    if document not in wiring(catalogue, applicable).needs.get(item.code, frozenset()):
        return Why(rule="vacuous", params=named)
    source = catalogue.sources.get(need.source, "")
    if _ARTICLE.search(source):
        return Why(rule="law", params={**named, "source": source})
    if not (item.tolerance or item.commitment):
        return Why(rule="no_leave", params=named)
    return None
