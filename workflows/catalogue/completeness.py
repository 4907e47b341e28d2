"""Whether every item says all that an item must say: element by element, in per cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.catalogue.values import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue.values import Catalogue, Item

ASSUMED = "A"  # the source key of figures that rest on no source


class Element(StrEnum):
    """What an item's entry is made of (事项要素)."""

    NAME = "name"
    TYPE = "type"
    DEPARTMENT = "department"
    LEVEL = "level"
    BASIS = "basis"
    CONDITION = "condition"
    COMMITTED_LIMIT = "committed_limit"
    STATUTORY_LIMIT = "statutory_limit"
    MATERIALS = "materials"
    PROCEDURE = "procedure"
    RESULT = "result"
    FLOWS = "flows"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCompleteness:
    """Which of the elements asked of one item it has not."""

    item: str
    asked: tuple[Element, ...]
    missing: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The completeness of a catalogue.

    Attributes:
        items: In catalogue order.
        missing: How many items lack each element; elements that none lacks are left out.
    """

    items: tuple[ItemCompleteness, ...]
    missing: Mapping[Element, int]

    @property
    def asked(self) -> int:
        """Return the number of elements asked for."""
        return sum(len(item.asked) for item in self.items)

    @property
    def present(self) -> int:
        """Return the number of elements that are there."""
        return self.asked - sum(self.missing.values())

    @property
    def percent(self) -> float | None:
        """Return the elements that are there, in %; None for an empty catalogue."""
        return round(100 * self.present / self.asked, 1) if self.asked else None

    @property
    def complete_items(self) -> int:
        """Return the number of items that lack nothing."""
        return sum(not item.missing for item in self.items)


def completeness(catalogue: Catalogue) -> Completeness:
    """Return which elements are missing in which items.

    A statutory limit and a basis in law are asked of items of the authorities only, not of
    reviews, services and utilities; a condition in words only where an item has one.
    """
    items = tuple(_item(catalogue, item) for item in catalogue.items.values())
    missing = Counter(element for item in items for element in item.missing)
    return Completeness(items=items, missing={e: missing[e] for e in Element if missing[e]})


def _item(catalogue: Catalogue, item: Item) -> ItemCompleteness:
    found = dict(_elements(catalogue, item))
    return ItemCompleteness(
        item=item.code,
        asked=tuple(found),
        missing=tuple(element for element, there in found.items() if not there),
    )


def _elements(catalogue: Catalogue, item: Item) -> Iterator[tuple[Element, bool]]:
    """Yield the elements asked of *item*, and whether each is there."""
    yield Element.NAME, bool(item.name.zh and item.name.en)
    yield Element.TYPE, any(term.name.zh == item.type for term in catalogue.vocabulary.types)
    yield Element.DEPARTMENT, item.department in catalogue.departments
    yield Element.LEVEL, bool(item.level)
    if item.kind in {ItemKind.STANDARD, ItemKind.COMMITMENT}:
        yield Element.BASIS, _has_basis(item)
        yield Element.STATUTORY_LIMIT, item.statutory_limit is not None
    if item.applies is not None:
        yield Element.CONDITION, item.condition_text is not None
    yield Element.COMMITTED_LIMIT, item.committed_limit is not None
    yield Element.MATERIALS, bool(item.materials)
    yield Element.PROCEDURE, all(u.procedure in catalogue.procedures for u in item.procedures)
    yield Element.RESULT, bool(item.produces)
    yield Element.FLOWS, bool(item.flows)


def _has_basis(item: Item) -> bool:
    """Tell whether a limit or a precondition of the item rests on a source."""
    limits = (item.committed_limit, item.statutory_limit)
    sources = {limit.source for limit in limits if limit is not None}
    sources |= {need.source for need in item.needs}
    return bool(sources - {ASSUMED})
