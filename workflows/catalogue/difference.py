"""What one catalogue changes against another (减、调、放), as values, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from bpmn.conditions import Condition
from workflows.catalogue.check import working_days
from workflows.catalogue.values import Item, Limit, Name, Need, Note, ProcedureUse
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue.values import Catalogue

NONE = "-"  # how an absent value stands in a sentence


class Direction(StrEnum):
    """The three ways of adjusting: fewer (减), otherwise (调), nearer to the people (放)."""

    REDUCED = "reduced"
    ADJUSTED = "adjusted"
    DELEGATED = "delegated"


class ChangeKind(StrEnum):
    """What was changed; each has a sentence, `adjustment.change.KIND`."""

    ITEM_CANCELLED = "item_cancelled"
    ITEM_ADDED = "item_added"
    LIMIT_CHANGED = "limit_changed"
    LIMIT_BASIS_CHANGED = "limit_basis_changed"
    MATERIAL_REMOVED = "material_removed"
    MATERIAL_ADDED = "material_added"
    NEED_REMOVED = "need_removed"
    NEED_ADDED = "need_added"
    COUPLING_CHANGED = "coupling_changed"
    LEVEL_CHANGED = "level_changed"
    FIELD_CHANGED = "field_changed"
    ENTRY_REMOVED = "entry_removed"
    ENTRY_ADDED = "entry_added"
    ENTRY_CHANGED = "entry_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        direction: DELEGATED only where a lower level takes the item over.
        item: Code of the item, or of the entry in the catalogue's part *field*.
        field: Which limit, which field of the item, or which part of the catalogue.
        before, after: Said as one word each; "-" where there is none.
    """

    kind: ChangeKind
    direction: Direction
    item: str
    field: str = ""
    before: str = NONE
    after: str = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Figures of an adjustment, whole numbers only, so that they add up.

    Attributes:
        materials_*: Demands of a material by an item; those of cancelled items are removed.
        days_kept_*: Working days of the committed limits of the items that have one in both
            catalogues: a limit that was dropped is no compression.
        days_cancelled, days_added: The same of the items that have one in one of them only.
        limits_cut, limits_raised: Items in both whose committed limit is shorter, or longer.
        delegated: Items that a lower level takes over.
    """

    items_before: int
    items_cancelled: int
    items_added: int
    materials_before: int
    materials_removed: int
    materials_added: int
    days_kept_before: int
    days_kept_after: int
    days_cancelled: int
    days_added: int
    limits_cut: int
    limits_raised: int
    delegated: int

    @property
    def items_after(self) -> int:
        """Return the number of items in the new catalogue."""
        return self.items_before - self.items_cancelled + self.items_added

    @property
    def materials_after(self) -> int:
        """Return the number of demands of a material in the new catalogue."""
        return self.materials_before - self.materials_removed + self.materials_added

    @property
    def compressed_percent(self) -> float | None:
        """Return by how much the days of the kept items fell, in %; None without any before."""
        before = self.days_kept_before
        return round(100 * (before - self.days_kept_after) / before, 1) if before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that *after* changes against *before*; both are content hashes."""

    before: str
    after: str
    changes: tuple[Change, ...]
    statistics: Statistics


def difference(old: Catalogue, new: Catalogue) -> Difference:
    """Return what *new* changes against *old*, items first, in catalogue order."""
    return Difference(
        before=old.hash,
        after=new.hash,
        changes=(*_items(old, new), *_entries(old, new)),
        statistics=statistics(old, new),
    )


def statistics(old: Catalogue, new: Catalogue) -> Statistics:
    """Return the figures of the adjustment from *old* to *new*."""
    kept = [(old.items[code], new.items[code]) for code in old.items if code in new.items]
    gone = [item for code, item in old.items.items() if code not in new.items]
    come = [item for code, item in new.items.items() if code not in old.items]
    before, after = _demands(old), _demands(new)
    pairs = [(a, b) for a, b in kept if a.committed_limit and b.committed_limit]
    moves = [days(b) - days(a) for a, b in pairs]
    before_days, after_days = (sum(days(pair[at]) for pair in pairs) for at in (0, 1))
    return Statistics(
        items_before=len(old.items),
        items_cancelled=len(gone),
        items_added=len(come),
        materials_before=len(before),
        materials_removed=len(before - after),
        materials_added=len(after - before),
        days_kept_before=before_days,
        days_kept_after=after_days,
        days_cancelled=sum(map(days, old.items.values())) - before_days,
        days_added=sum(map(days, new.items.values())) - after_days,
        limits_cut=sum(move < 0 for move in moves),
        limits_raised=sum(move > 0 for move in moves),
        delegated=sum(b.level > a.level for a, b in kept),
    )


def days(item: Item) -> int:
    """Return the working days of an item's committed limit; 0 without one."""
    return 0 if item.committed_limit is None else working_days(item.committed_limit)


def sentence(change: Change, locale: str, *catalogues: Catalogue) -> str:
    """Return *change* in words.

    Args:
        catalogues: Where the names of codes are looked up, the first that knows one wins.
    """
    return text(
        f"adjustment.change.{change.kind}",
        locale,
        item=change.item,
        name=_name(change.item, locale, catalogues, "items"),
        field=_word(f"adjustment.field.{change.field}", locale, change.field),
        before=_value(change, change.before, locale, catalogues),
        after=_value(change, change.after, locale, catalogues),
    )


def _demands(catalogue: Catalogue) -> set[tuple[str, str]]:
    return {(item.code, each) for item in catalogue.items.values() for each in item.materials}


def _items(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for code, item in old.items.items():
        if code not in new.items:
            yield Change(
                kind=ChangeKind.ITEM_CANCELLED, direction=Direction.REDUCED, item=item.code
            )
        else:
            yield from _item(item, new.items[code])
    for code in new.items:
        if code not in old.items:
            yield Change(kind=ChangeKind.ITEM_ADDED, direction=Direction.ADJUSTED, item=code)


def _item(a: Item, b: Item) -> Iterator[Change]:
    if a == b:
        return
    yield from _limits(a, b)
    yield from _members(a.code, "material", a.materials, b.materials)
    yield from _members(a.code, "need", *(tuple(map(_said, item.needs)) for item in (a, b)))
    if a.coupling is not b.coupling:
        yield _changed(ChangeKind.COUPLING_CHANGED, a.code, "coupling", a.coupling, b.coupling)
    if a.level != b.level:
        yield _changed(
            ChangeKind.LEVEL_CHANGED,
            a.code,
            "level",
            str(a.level),
            str(b.level),
            Direction.DELEGATED if b.level > a.level else Direction.ADJUSTED,
        )
    for name in _REST:
        before, after = _said(getattr(a, name)), _said(getattr(b, name))
        if before != after:
            yield _changed(ChangeKind.FIELD_CHANGED, a.code, name, before, after)
    yield from _reordered(a, b)


def _limits(a: Item, b: Item) -> Iterator[Change]:
    for name in _LIMITS:
        before: Limit | None = getattr(a, name)
        after: Limit | None = getattr(b, name)
        if _figure(before) != _figure(after):
            shorter = before and after and working_days(after) < working_days(before)
            direction = Direction.REDUCED if shorter else Direction.ADJUSTED
            yield _changed(
                ChangeKind.LIMIT_CHANGED, a.code, name, _figure(before), _figure(after), direction
            )
        if before and after and before.source != after.source:
            yield _changed(
                ChangeKind.LIMIT_BASIS_CHANGED, a.code, name, before.source, after.source
            )


def _members(
    code: str, what: str, before: tuple[str, ...], after: tuple[str, ...]
) -> Iterator[Change]:
    for each in before:
        if each not in after:
            yield Change(
                kind=ChangeKind(f"{what}_removed"),
                direction=Direction.REDUCED,
                item=code,
                field=what,
                before=each,
            )
    for each in after:
        if each not in before:
            yield Change(
                kind=ChangeKind(f"{what}_added"),
                direction=Direction.ADJUSTED,
                item=code,
                field=what,
                after=each,
            )


def _reordered(a: Item, b: Item) -> Iterator[Change]:
    """Tell a mere change of order: it is content, for lists are read in order."""
    for name in ("materials", "needs"):
        before, after = (list(map(_said, getattr(item, name))) for item in (a, b))
        if before != after and sorted(before) == sorted(after):
            yield _changed(ChangeKind.FIELD_CHANGED, a.code, name, _joined(before), _joined(after))


def _entries(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Tell what changed beside the items; an item's order among its like counts as its own."""
    for part in _PARTS:
        yield from _part(part, getattr(old, part), getattr(new, part))
    for part in ("title", "note", "vocabulary", "contradictions"):
        if getattr(old, part) != getattr(new, part):
            yield _changed(ChangeKind.ENTRY_CHANGED, part, part, NONE, NONE)
    if [c for c in old.items if c in new.items] != [c for c in new.items if c in old.items]:
        yield _changed(ChangeKind.ENTRY_CHANGED, "items", "items", NONE, NONE)


def _part(
    part: str, old: Mapping[str | int, object], new: Mapping[str | int, object]
) -> Iterator[Change]:
    adjusted = Direction.ADJUSTED
    for code, entry in old.items():
        if code not in new:
            yield Change(
                kind=ChangeKind.ENTRY_REMOVED, direction=adjusted, item=str(code), field=part
            )
        elif entry != new[code]:
            yield _changed(ChangeKind.ENTRY_CHANGED, str(code), part, NONE, NONE)
    for code in new:
        if code not in old:
            yield Change(
                kind=ChangeKind.ENTRY_ADDED, direction=adjusted, item=str(code), field=part
            )
    if [c for c in old if c in new] != [c for c in new if c in old]:
        yield _changed(ChangeKind.ENTRY_CHANGED, part, part, NONE, NONE)


def _changed(  # noqa: PLR0913, PLR0917 - one value a column of the change
    kind: ChangeKind,
    item: str,
    field: str,
    before: str,
    after: str,
    direction: Direction = Direction.ADJUSTED,
) -> Change:
    return Change(
        kind=kind, direction=direction, item=item, field=field, before=before, after=after
    )


def _figure(limit: Limit | None) -> str:
    return NONE if limit is None else f"{limit.days} {limit.unit.value}"


def _said(value: object) -> str:
    """Return a field of an item as one word, the same for equal values only."""
    match value:
        case None:
            return NONE
        case bool():
            return str(value).lower()
        case Condition():
            return value.text
        case Name():
            return f"{value.zh} ({value.en})"
        case Need():
            return f"{value.document} {'hard' if value.hard else 'soft'} {value.source}"
        case Note():
            return " ".join((_said(value.text), value.source or NONE))
        case ProcedureUse():
            return " ".join((value.procedure, value.source, _said(value.note)))
        case tuple():
            return _joined(map(_said, value))
        case _:
            return str(value)


def _joined(words: Iterator[str] | list[str]) -> str:
    return ", ".join(words) or NONE


def _value(change: Change, value: str, locale: str, catalogues: tuple[Catalogue, ...]) -> str:
    """Say a value with the name behind its code, and a limit with its unit."""
    if value == NONE:
        return _word("adjustment.none", locale, value)
    match change.kind:
        case ChangeKind.LIMIT_CHANGED:
            figure, unit = value.split()
            return text(f"adjustment.limit.{unit}", locale, days=figure)
        case ChangeKind.COUPLING_CHANGED | ChangeKind.LEVEL_CHANGED:
            return text(f"adjustment.{change.field}.{value}", locale)
        case ChangeKind.MATERIAL_REMOVED | ChangeKind.MATERIAL_ADDED:
            return _name(value, locale, catalogues, "materials")
        case ChangeKind.NEED_REMOVED | ChangeKind.NEED_ADDED:
            code, hardness, _ = value.split(maxsplit=2)
            name = _name(code, locale, catalogues, "documents")
            return text(f"adjustment.need.{hardness}", locale, document=name)
        case _:
            return value


def _name(code: str, locale: str, catalogues: tuple[Catalogue, ...], part: str) -> str:
    for catalogue in catalogues:
        entry = getattr(catalogue, part).get(code)
        if entry is not None:
            name: Name = entry.name
            return name.en if locale == "en" else name.zh
    return code


def _word(code: str, locale: str, otherwise: str) -> str:
    try:
        return text(code, locale)
    except KeyError:
        return otherwise


_PARTS = (
    *("departments", "flows", "stages", "facts"),
    *("documents", "materials", "procedures", "sources"),
)
_LIMITS = ("committed_limit", "statutory_limit", "extension")
_OWN = {"code", *_LIMITS, "materials", "needs", "coupling", "level"}
# What has no kind of its own: told by the field's name.
_REST = tuple(field.name for field in fields(Item) if field.name not in _OWN)
