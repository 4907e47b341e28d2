"""Papers: materials handed in, missing ones tolerated, and what the local rule makes of them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.decide.materials import lacking
from workflows.decide.stages import release
from workflows.errors import (
    BadDueError,
    BadFileError,
    ItemNotOpenError,
    MaterialIsResultError,
    MaterialSameError,
    MaterialUnknownError,
    NotMissingError,
    NoToleranceError,
    ToleratedError,
    UnknownUnitError,
)
from workflows.facts import Materials
from workflows.materials import askers
from workflows.moments import local_date
from workflows.project import item_key

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.decide.draft import Draft

_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)


def supply(draft: Draft, command: c.SupplyMaterial) -> None:
    """Take a material in; every item that asks for it has it from now on.

    Raises:
        UnknownUnitError, MaterialUnknownError, MaterialIsResultError, BadFileError,
        MaterialSameError: By what is wrong; access comes first.
    """
    draft.allow(command)
    project, catalogue = draft.project, draft.facts.catalogue
    if command.unit not in project.units:
        raise UnknownUnitError(unit=command.unit, units=sorted(project.units))
    material = catalogue.materials.get(command.material)
    items = askers(project, catalogue, command.material)
    if material is None or not items:
        raise MaterialUnknownError(material=command.material)
    makers = () if material.document is None else draft.wires.producers[material.document]
    if makers:
        raise MaterialIsResultError(
            material=command.material, document=material.document, items=list(makers)
        )
    if _SHA256.fullmatch(command.file) is None or command.size < 1:
        raise BadFileError(material=command.material)
    before = project.materials.get(item_key(command.unit, command.material))
    if before is not None and before.file == command.file:
        raise MaterialSameError(material=command.material)
    body = e.MaterialSupplied(
        unit=command.unit,
        material=command.material,
        file=command.file,
        size=command.size,
        media_type=command.media_type,
        name=command.name,
        items=items,
    )
    draft.record(body)
    _release(draft)


def tolerate(draft: Draft, command: c.Tolerate) -> None:
    """Let an item go on without some of its materials until a day (容缺受理).

    Raises:
        NoToleranceError, ItemNotOpenError, ToleratedError, NotMissingError, BadDueError: By the
        rule that is broken; access comes first.
    """
    item = draft.item(command.item)
    draft.allow(command, item.department)
    run = draft.filed_run(command.item, command.unit)
    if not item.tolerance:
        raise NoToleranceError(item=command.item)
    _check_attempt(draft, command)
    given = draft.state(command.item, command.unit).tolerances
    if any(each.attempt == command.attempt for each in given):
        raise ToleratedError(item=command.item, attempt=command.attempt)
    missing = lacking(draft, command.item, command.unit)
    if not command.missing or not set(command.missing) <= set(missing):
        wrong = [material for material in command.missing if material not in missing]
        raise NotMissingError(item=command.item, materials=wrong, missing=list(missing))
    body = e.Tolerated(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=command.attempt,
        missing=tuple(material for material in item.materials if material in command.missing),
        due=command.due,
        days=_days(draft, command.due),
        reason=command.reason,
    )
    draft.record(body)
    _release(draft)


def _release(draft: Draft) -> None:
    """File what waited for these papers alone, where the local rule lets papers hold an item."""
    if draft.facts.rules.materials is Materials.REQUIRED:
        release(draft)


def _check_attempt(draft: Draft, command: c.Tolerate) -> None:
    """Refuse all but the running, undecided attempt and the next one of an item at its door."""
    state = draft.state(command.item, command.unit)
    running = state.open
    if running is not None:
        if running.number == command.attempt and running.decided_at is None:
            return
    elif not state.granted and not state.declined and command.attempt == len(state.attempts) + 1:
        return
    raise ItemNotOpenError(item=command.item, unit=command.unit)


def _days(draft: Draft, due: str) -> int:
    """Return the working days up to *due*, which lies ahead and not beyond the rule's limit."""
    today, calendar = local_date(draft.now), draft.facts.calendar
    last = calendar.add(today, draft.facts.rules.tolerance_days, DayUnit.WORKING_DAY)
    try:
        day = date.fromisoformat(due)
    except ValueError as error:
        raise BadDueError(due=due, last=last.isoformat()) from error
    if not today < day <= last or day.isoformat() != due:
        raise BadDueError(due=due, last=last.isoformat())
    return calendar.count(today, day, DayUnit.WORKING_DAY)
