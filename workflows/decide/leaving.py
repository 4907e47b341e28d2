"""How an item is left: withdrawn, or not needed for this project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import commands as c
from workflows import events as e
from workflows.decide.items import check_wanted
from workflows.decide.stages import dissolve_proposed, follow, settled
from workflows.errors import (
    ItemNotOpenError,
    ItemNotWantedError,
    MandatedError,
    StillNeededError,
    UnknownStageError,
    UnknownUnitError,
)
from workflows.project import run_key
from workflows.wiring import home

if TYPE_CHECKING:
    from workflows.decide.draft import Draft


def withdraw(draft: Draft, command: c.WithdrawItem) -> None:
    """End the running attempt at the owner's wish.

    Raises:
        ItemNotOpenError: If none is running.
    """
    draft.item(command.item)
    draft.allow(command)
    run = draft.filed_run(command.item, command.unit)
    attempt = draft.state(command.item, run.unit).open
    if attempt is None:
        raise ItemNotOpenError(item=command.item, unit=run.unit)
    move = settled(draft, run, game.cancel(draft.net(run), draft.marking(run), command.item))
    body = e.ItemWithdrawn(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        reason=command.reason,
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, move.ended, draft.now)


def decline(draft: Draft, command: c.DeclineItem) -> None:
    """Leave a pairable or free item out (不办).

    Raises:
        UnknownUnitError, UnknownStageError: If the unit does not run the item's stage.
        MandatedError: If it is mandated, serial or pulled in.
        StillNeededError: If a wanted item needs a document that only this one produces.
        ItemNotWantedError: If it is settled or under way.
    """
    item = draft.item(command.item)
    draft.allow(command)
    _check_home(draft, item.stage, command.unit)
    if item.ordered:
        raise MandatedError(item=item.code, coupling=item.coupling.value)
    if item.code in draft.wires.pulled:
        needed_by, document = draft.wires.pulled[item.code]
        raise MandatedError(
            item=item.code, coupling="pulled_in", needed_by=needed_by, document=document
        )
    state = draft.state(item.code, command.unit)
    if state.declined or state.granted or state.open is not None:
        _refuse_settled(item.code, granted=state.granted, declined=state.declined)
    _check_not_needed(draft, item.code, command.unit)
    dissolve_proposed(draft, item.code, command.unit, "declined")
    _record_declined(draft, command, item.stage)


def _check_home(draft: Draft, stage: int, unit: int) -> None:
    """Refuse a unit that does not exist, or that leaves the stage to the whole project."""
    if unit not in draft.project.units:
        raise UnknownUnitError(unit=unit, units=sorted(draft.project.units))
    if home(draft.project, unit, stage) != unit:
        raise UnknownStageError(stage=stage, unit=unit)


def _record_declined(draft: Draft, command: c.DeclineItem, stage: int) -> None:
    """Settle it now when its stage is filed; otherwise it is left out when its stage is."""
    run = draft.project.runs.get(run_key(stage, command.unit))
    tokens = None
    move = None
    if run is not None and run.filed_at is not None:
        check_wanted(draft, run, command.item)
        move = game.decline(draft.net(run), draft.marking(run), command.item, draft.case(run.unit))
        tokens = draft.moved(run, move.marking)
    body = e.ItemDeclined(
        stage=stage,
        unit=command.unit,
        item=command.item,
        reason=command.reason,
        tokens=tokens,
    )
    draft.record(body)
    if run is not None and move is not None:
        follow(draft, run.key, move.ended, draft.now)


def _check_not_needed(draft: Draft, code: str, unit: int) -> None:
    """Refuse to decline the only producer of a document that a wanted item waits for.

    Units that leave the item's stage to *unit* wait for it too.
    """
    stage = draft.facts.catalogue.items[code].stage
    gone = draft.case(unit).declined | {code}
    for document in draft.facts.catalogue.items[code].produces:
        if all(producer in gone for producer in draft.wires.producers[document]):
            for number in sorted(draft.project.units):
                if home(draft.project, number, stage) == unit:
                    _check_nobody_waits(draft, code, document, number)


def _check_nobody_waits(draft: Draft, code: str, document: str, unit: int) -> None:
    settled = draft.case(unit).declined | {code}
    for other, needs in draft.wires.needs.items():
        if document in needs and other not in settled:
            place = home(draft.project, unit, draft.facts.catalogue.items[other].stage)
            if not draft.state(other, place).granted:
                raise StillNeededError(item=code, needed_by=other, document=document)


def _refuse_settled(code: str, *, granted: bool, declined: bool) -> None:
    state = "granted" if granted else "declined" if declined else "running"
    raise ItemNotWantedError(item=code, state=state)
