"""How a project's items hang together by documents: what holds, what is vacuous, what pulls in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from workflows import applicability, graph

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date

    from workflows.catalogue.values import Catalogue
    from workflows.project import Document, Project

STAGES = 4  # stages in line; stage 5 runs alongside and belongs to unit 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What follows from the catalogue and the set of applicable items alone.

    Attributes:
        producers: Applicable items by the document kind they produce.
        made: (stage, item) of the applicable producers of each kind that has one.
        vacuous: Document kinds that no applicable item produces (不需要).
        needs: Hard document kinds of each applicable item, vacuous ones removed.
        pulled: (mandated item, document) by the item that they pull in.
        related: Items with a document path to or from each item; they may not be paired.
    """

    producers: Mapping[str, tuple[str, ...]]
    made: Mapping[str, tuple[tuple[int, str], ...]]
    vacuous: frozenset[str]
    needs: Mapping[str, frozenset[str]]
    pulled: Mapping[str, tuple[str, str]]
    related: Mapping[str, frozenset[str]]


@lru_cache(maxsize=512)
def wiring(catalogue: Catalogue, applicable: tuple[str, ...]) -> Wiring:
    """Return the wiring of a set of applicable items, in catalogue order."""
    items = frozenset(applicable)
    producers: dict[str, tuple[str, ...]] = {}
    for document in catalogue.documents:
        producers[document] = tuple(
            item.code for item in catalogue.producers(document) if item.code in items
        )
    stages = {code: catalogue.items[code].stage for code in applicable}
    return Wiring(
        producers=producers,
        made={
            document: tuple((stages[code], code) for code in codes)
            for document, codes in producers.items()
            if codes
        },
        vacuous=frozenset(document for document, codes in producers.items() if not codes),
        needs=applicability.hard_needs(catalogue, items),
        pulled=applicability.pulled_in(catalogue, items),
        related=graph.related(catalogue, items),
    )


def declined(project: Project, unit: int, pulled: Container[str] = ()) -> frozenset[str]:
    """Return the items that the owner declined in *unit*.

    Args:
        pulled: Items that mandated ones came to need since; declining those no longer holds.
    """
    return frozenset(
        state.item
        for state in project.items.values()
        if state.unit == unit and state.declined and state.item not in pulled
    )


def home(project: Project, unit: int, stage: int) -> int:
    """Return the unit that runs *stage* for *unit*: itself from its first stage on, else 0."""
    own = project.units[unit].stage <= stage <= STAGES
    return unit if own else 0


def documents_at_hand(
    project: Project, unit: int, catalogue: Catalogue, on: date | None = None
) -> frozenset[str]:
    """Return the document kinds that hold nothing back in *unit*.

    A kind is at hand when the unit that runs its producer's stage holds the document, neither
    revoked nor, on the date *on*, out of date; or when no applicable item that was not declined
    produces it (不需要).
    """
    wires = wiring(catalogue, project.applicable)
    homes = {stage: home(project, unit, stage) for stage in catalogue.stages}
    held = {
        each.document
        for each in project.documents.values()
        if _valid(each, on)
        and any(homes[stage] == each.unit for stage, _ in wires.made.get(each.document, ()))
    }
    return wires.vacuous | held | _done_without(project, wires, catalogue, homes)


def _done_without(
    project: Project, wires: Wiring, catalogue: Catalogue, homes: Mapping[int, int]
) -> set[str]:
    """Return the document kinds whose every applicable producer was declined where it runs."""
    gone = {number: declined(project, number, wires.pulled) for number in {*homes.values()}}
    return {
        document
        for code in frozenset().union(*gone.values())
        for document in catalogue.items[code].produces
        if all(other in gone[homes[stage]] for stage, other in wires.made.get(document, ()))
    }


def _valid(held: Document, on: date | None) -> bool:
    if held.revoked_at is not None:
        return False
    return on is None or held.valid_until is None or on.isoformat() <= held.valid_until
