"""Orders about the papers that owners hand in."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyMaterial:
    """Hand a material in, once for every item and stage that asks for it.

    Attributes:
        file: SHA-256 of the file's content, 64 hex digits.
        size: Bytes.
        name: The file's name as the owner gave it; personal, so by reference only.
        unit: 0 = for the whole project and each of its units.
    """

    material: str
    unit: int = 0
    file: str
    size: int
    media_type: str
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerate:
    """Handle an item although named materials are missing (容缺受理), to be handed in later.

    Attributes:
        attempt: The running attempt; or the next one, to let it be filed.
        due: ISO date up to which the owner has time.
    """

    unit: int = 0
    item: str
    attempt: int
    missing: tuple[str, ...]
    due: str
    reason: Note | None = None
