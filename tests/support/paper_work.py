"""What tests of materials say in one word: hand in, tolerate, look at the list."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.support.memory_office import NOTE, OWNER, WINDOW
from workflows import commands as c
from workflows.materials import Shelf
from workflows.moments import local_date

if TYPE_CHECKING:
    from datetime import date

    from tests.support.law_office import LawOffice
    from workflows import events as e
    from workflows.materials import Checklist


def supplying(material: str, content: str = "", unit: int = 0) -> c.SupplyMaterial:
    """Return the command that hands a material in."""
    content = content or material
    return c.SupplyMaterial(
        material=material,
        unit=unit,
        file=hashlib.sha256(content.encode()).hexdigest(),
        size=len(content),
        media_type="application/pdf",
        name=NOTE,
    )


def supply(office: LawOffice, *materials: str, unit: int = 0) -> list[e.Event]:
    """Hand materials in, one after the other."""
    return [event for each in materials for event in office.give(supplying(each, unit=unit), OWNER)]


def tolerating(item: str, *missing: str, due: date, attempt: int) -> c.Tolerate:
    """Return the command that tolerates missing materials."""
    return c.Tolerate(item=item, attempt=attempt, missing=missing, due=due.isoformat())


def tolerate(
    office: LawOffice, item: str, *missing: str, due: date, attempt: int = 1
) -> tuple[e.Event, ...]:
    """Tolerate missing materials at the window."""
    return office.give(tolerating(item, *missing, due=due, attempt=attempt), WINDOW)


def checklist(office: LawOffice, item: str, unit: int = 0, on: date | None = None) -> Checklist:
    """Return the checklist of an item, today or on another date."""
    day = on or local_date(office.now)
    return Shelf(office.project, office.catalogue, unit, day).checklist(item)
