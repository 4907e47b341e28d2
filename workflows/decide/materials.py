"""What materials mean for a decision: whether they hold an item, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import MaterialsMissingError
from workflows.facts import Materials
from workflows.materials import Shelf
from workflows.moments import local_date

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft


def shelf(draft: Draft, unit: int, at: datetime | None = None) -> Shelf:
    """Return what is at hand in *unit*, now or at an earlier instant of the draft."""
    return Shelf(draft.project, draft.facts.catalogue, unit, local_date(at or draft.now))


def lacking(draft: Draft, code: str, unit: int) -> tuple[str, ...]:
    """Return the materials of an item that are neither at hand nor tolerated."""
    return shelf(draft, unit).checklist(code).missing


def holding(draft: Draft, unit: int, codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return, for each item that its materials hold, those that it waits for.

    Empty where the local rule only shows them.
    """
    if draft.facts.rules.materials is not Materials.REQUIRED or not codes:
        return {}
    here = shelf(draft, unit)
    found = {code: here.checklist(code).missing for code in codes}
    return {code: missing for code, missing in found.items() if missing}


def check_materials(draft: Draft, code: str, unit: int) -> None:
    """Refuse an item that its materials hold.

    Raises:
        MaterialsMissingError: Naming them.
    """
    for item, materials in holding(draft, unit, (code,)).items():
        raise MaterialsMissingError(item=item, materials=list(materials))


def left_open(draft: Draft, code: str, unit: int, at: datetime) -> tuple[str, ...]:
    """Return the tolerated materials that the item's last attempt still owes."""
    state = draft.state(code, unit)
    if not state.tolerances:
        return ()
    grace = shelf(draft, unit, at).grace(code, state.attempts[-1].number)
    return () if grace is None else grace.left
