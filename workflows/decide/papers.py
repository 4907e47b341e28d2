"""Papers: materials handed in, missing ones tolerated, and what the local rule makes of them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.deadlines import deadlines, owed
from workflows.decide.materials import lacking, shelf
from workflows.decide.stages import release
from workflows.errors import (
    BadDueError,
    BadFileError,
    ItemNotOpenError,
    MaterialIsResultError,
    MaterialSameError,
    MaterialUnknownError,
    NoDeadlineError,
    NotDueError,
    NotMissingError,
    NoToleranceError,
    ProjectClosedError,
    ToleratedError,
    UnknownUnitError,
)
from workflows.facts import Materials
from workflows.materials import askers
from workflows.moments import local_date
from workflows.project import ProjectStatus, item_key

if TYPE_CHECKING:
    from datetime import datetime

    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Tolerance

_SHA256 = re.compile("[0-9a-f]{64}", re.ASCII)


def supply(draft: Draft, command: c.SupplyMaterial) -> None:
    """Take a material in; every item that asks for it has it from now on.

    Raises:
        UnknownUnitError, MaterialUnknownError, MaterialIsResultError, BadFileError,
        MaterialSameError: By what is wrong; access comes first.
    """
    draft.allow(command)
    project, catalogue = draft.project, draft.facts.catalogue
    _check_open(draft, command.material)
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


def _check_open(draft: Draft, material: str) -> None:
    """Refuse papers for a project that has ended, but for those that it was let do without.

    Raises:
        ProjectClosedError: If it has ended and nothing still waits for the material.
    """
    project = draft.project
    if project.status is ProjectStatus.RUNNING:
        return
    waits = project.status is ProjectStatus.COMPLETED and any(
        material in each.missing and each.met_at is None and owed(state, each)
        for state in project.items.values()
        for each in state.tolerances
    )
    if not waits:
        raise ProjectClosedError(project=project.code, status=project.status.value)


# What may bring the last of the materials that an item was let do without.
_BRINGING = (e.MaterialSupplied, e.ItemEnded, e.FactsChanged, e.CatalogueFollowed)


def note_what_is_met(draft: Draft) -> None:
    """Record which tolerances the command's events have met, and since when.

    A corrected end moves the day of what it issued, and with it that of the tolerance it met.
    """
    if any(isinstance(event.body, _BRINGING) for event in draft.events):
        _note(draft, moved=False)
    if any(isinstance(event.body, e.TimeCorrected) and event.body.issued for event in draft.events):
        _note(draft, moved=True)


def _note(draft: Draft, *, moved: bool) -> None:
    """Record the tolerances that are met; if *moved*, those that were met at another instant."""
    for _, state in sorted(draft.project.items.items()):
        for each in state.tolerances:
            known = state.item in draft.facts.catalogue.items
            if not known or (each.met_at is not None) != moved or not owed(state, each):
                continue
            at = shelf(draft, state.unit).met_at(state.item, each.attempt, draft.now)
            if at is not None and (not moved or _rests(draft, each, at)):
                body = e.ToleranceMet(
                    stage=state.stage, unit=state.unit, item=state.item, attempt=each.attempt
                )
                draft.record(body, at)


def _rests(draft: Draft, tolerance: Tolerance, at: datetime) -> bool:
    """Tell whether a corrected end issued what the tolerance waited for, and moves its day."""
    corrected = (event.body for event in draft.events)
    moved = {
        issued.document
        for body in corrected
        if isinstance(body, e.TimeCorrected)
        for issued in body.issued
    }
    known = draft.facts.catalogue.materials
    return at != tolerance.met_at and any(known[m].document in moved for m in tolerance.missing)


def remind(draft: Draft, command: c.RemindDeadline) -> None:
    """Have those told whom a deadline concerns: on its day, and when it has passed.

    Raises:
        NoDeadlineError: If there is none such any more, or it was moved.
        NotDueError: If its day is still ahead.
    """
    draft.allow(command)
    _note(draft, moved=False)  # a log may be older than the note that a tolerance is met
    state = draft.project.items.get(item_key(command.unit, command.item))
    named = (command.attempt, command.kind, command.due)
    standing = () if state is None else deadlines(draft.project, state)
    found = next((each for each in standing if (each.attempt, each.kind, each.due) == named), None)
    if found is None and draft.events:
        return
    if found is None:
        raise NoDeadlineError(item=command.item, kind=command.kind, due=command.due)
    today = local_date(draft.now)
    if today.isoformat() < command.due:
        raise NotDueError(timer=command.kind, due_at=command.due)
    known = draft.facts.catalogue.items.get(command.item)
    body = e.DeadlineReached(
        stage=found.stage,
        unit=found.unit,
        item=found.item,
        attempt=found.attempt,
        department=found.department or ("" if known is None else known.department),
        kind=found.kind,
        due=command.due,
        passed=found.passed(today),
    )
    draft.record(body)


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
