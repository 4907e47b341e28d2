"""What is asked before a task is touched: is it open, is it time, is it this person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.errors import (
    BackdatedError,
    BeforeLastError,
    FutureError,
    ItemStoppedError,
    SamePersonError,
    TaskNotOpenError,
    TaskTakenError,
)
from workflows.moments import local_date
from workflows.project import SEPARATE

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, OpenTask, Pause, StageRun


def find_task(draft: Draft, command: c.CompleteStep | c.TaskCommand) -> tuple[StageRun, OpenTask]:
    """Return the open task that a command names, and its run.

    Raises:
        TaskNotOpenError: If it is unknown, completed, or of an older attempt.
    """
    run = draft.filed_run(command.item, command.unit)
    item = draft.net(run).items.get(command.item)
    path = "" if item is None else f"{item.path}/{command.step}"
    found = run.tasks.get(path)
    if found is None or found.task.attempt != command.attempt:
        raise TaskNotOpenError(task=id_of(command))
    return run, found


def check_time(draft: Draft, attempt: Attempt, at: datetime, reason: c.Note | None) -> None:
    """Refuse a time after its recording or before the attempt's last transition.

    Raises:
        FutureError, BeforeLastError: Naming both times.
        BackdatedError: If it is recorded on a later legal date, and nobody says why.
    """
    if at > draft.now:
        raise FutureError(happened_at=at.isoformat(), recorded_at=draft.now.isoformat())
    if at < attempt.last_at:
        raise BeforeLastError(happened_at=at.isoformat(), last_at=attempt.last_at.isoformat())
    if reason is None and local_date(at) < local_date(draft.now):
        raise BackdatedError(happened_at=at.isoformat(), recorded_at=draft.now.isoformat())


def check_not_stopped(code: str, attempt: Attempt, at: datetime | None = None) -> None:
    """Refuse while a pause stops the attempt's clock, and a deed dated into a suspension.

    Raises:
        ItemStoppedError: Naming the procedure or the kind of pause.
    """
    for pause in attempt.pauses:
        if not pause.counted and (pause.until is None or _meanwhile(pause, at)):
            raise ItemStoppedError(item=code, kind=pause.procedure or pause.kind.value)


def _meanwhile(pause: Pause, at: datetime | None) -> bool:
    """Tell whether *at* lies inside a suspension that is over; of other pauses, order says so."""
    if pause.kind is not e.PauseKind.SUSPENSION or pause.until is None or at is None:
        return False
    return pause.since < at < pause.until


def check_person(
    draft: Draft, command: c.CompleteStep, open_task: OpenTask, attempt: Attempt
) -> None:
    """Refuse another's task, and a person who has done another's part of the attempt.

    Raises:
        TaskTakenError: If somebody else has it.
        WrongPersonError: As `check_separate` says.
    """
    actor = draft.facts.actor.id
    performer = open_task.task.performer
    if open_task.person is not None and open_task.person != actor:
        raise TaskTakenError(task=id_of(command), person=open_task.person)
    check_separate(attempt, performer, actor)


def check_separate(attempt: Attempt, performer: str, person: str) -> None:
    """Refuse a duty to a person who did another of the three on this attempt (三分离).

    Raises:
        SamePersonError: Naming both duties.
    """
    other = attempt.duties.get(person, performer)
    if performer in SEPARATE and other != performer:
        raise SamePersonError(actor=person, duty=performer, other_duty=other)


def id_of(command: c.CompleteStep | c.TaskCommand) -> str:
    """Return the id of the task that a command names, as lists and addresses have it."""
    return task_id(command.unit, command.item, command.attempt, command.step)


def task_id(unit: int, item: str, attempt: int, step: str) -> str:
    """Return the id of a task from its parts."""
    return f"{unit}/{item}/{attempt}/{step}"
