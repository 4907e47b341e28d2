"""Papers: materials handed in, materials tolerated as missing."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialSupplied:
    """A material was handed in, for the first time or anew.

    Attributes:
        file: SHA-256 of the content.
        size: Bytes.
        items: Applicable items that ask for it, in catalogue order.
    """

    unit: int
    material: str
    file: str
    size: int
    media_type: str
    name: Note
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerated:
    """An item is handled without some materials (容缺受理).

    Attributes:
        due: ISO date up to which they are to be handed in.
        days: Working days up to then, after the day of the event.
    """

    stage: int
    unit: int
    item: str
    attempt: int
    missing: tuple[str, ...]
    due: str
    days: int
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceMet:
    """Everything that an attempt was let do without is at hand, or asked for no more.

    It happened when the last of it came; once more where a correction has moved that instant.
    """

    stage: int
    unit: int
    item: str
    attempt: int
