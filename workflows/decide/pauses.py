"""What all pauses share: how one begins and ends, who approves it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import commands as c
from workflows import events as e
from workflows.access import Scope, grants_of, may
from workflows.catalogue.values import DayUnit
from workflows.decide.deadlines import due_at
from workflows.errors import (
    ApprovalRequiredError,
    BadEndDateError,
    DecidedError,
    ItemNotOpenError,
    NotStoppedError,
    OwnApprovalError,
    UnfitApproverError,
    UnknownApproverError,
)
from workflows.moments import local_date
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause, StageRun


_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)


def end_own_pauses(draft: Draft, run: StageRun, code: str, attempt: Attempt) -> None:
    """End what stops one attempt alone, in the order in which it began; a joint visit for it."""
    for pause in attempt.open_pauses:
        now = draft.state(code, run.unit).attempts[-1]  # the pause before it has ended
        body = e.ItemResumed(
            unit=run.unit,
            kind=pause.kind,
            resumed=(_back(run, code, now, pause),),
            procedure=pause.procedure,
            visit=pause.visit,
        )
        draft.record(body)


def _back(run: StageRun, code: str, attempt: Attempt, pause: Pause) -> e.Paused:
    if pause.kind is e.PauseKind.SUPPLEMENT:
        return resuming(run, code, attempt, pause, Status.SUPPLEMENTED)
    return procedure_over(run, code, attempt, pause)


def running(draft: Draft, code: str, unit: int, number: int) -> tuple[StageRun, Attempt]:
    """Return an item's run and its running attempt *number*.

    Raises:
        ItemNotOpenError: If that attempt is not running.
    """
    run, attempt = member(draft, code, unit)
    if attempt.number != number:
        raise ItemNotOpenError(item=code, unit=unit)
    return run, attempt


def run_of(draft: Draft, code: str, unit: int) -> StageRun:
    """Return the stage run that an item with attempts belongs to."""
    return draft.run(draft.facts.catalogue.items[code].stage, unit)


def member(draft: Draft, code: str, unit: int) -> tuple[StageRun, Attempt]:
    """Return an item's run and its running attempt.

    Raises:
        ItemNotOpenError: If none is running.
    """
    draft.item(code)
    run = draft.filed_run(code, unit)
    attempt = draft.state(code, unit).open
    if attempt is None:
        raise ItemNotOpenError(item=code, unit=unit)
    return run, attempt


def check_undecided(code: str, attempt: Attempt) -> None:
    """Refuse what has to come before the decision: its clock has ended, nothing stops it now.

    Raises:
        DecidedError: If the attempt is decided. Source: XKF32, XKF45.
    """
    if attempt.decided_at is not None:
        raise DecidedError(item=code)


def check_approved(draft: Draft, approved_by: str, what: str, *departments: str) -> None:
    """Refuse what nobody has approved who may: a leader, and not whoever asks for it.

    Args:
        departments: Whose clocks it touches; the leader of one does not speak for another.

    Raises:
        ApprovalRequiredError: If no person's id is named; names and telephone numbers are none.
        OwnApprovalError: If it is the asker's own.
        UnknownApproverError: If nobody active has that id.
        UnfitApproverError: If they lead neither the stage nor each of the departments.
    """
    if _ID.fullmatch(approved_by) is None:
        raise ApprovalRequiredError(what=what)
    if approved_by == draft.facts.actor.id:
        raise OwnApprovalError(what=what)
    approver = draft.facts.approver
    if approver is None or approver.id != approved_by:
        raise UnknownApproverError(what=what, person=approved_by)
    grants = grants_of(c.ExtendLimit)  # those who may lengthen a limit may also stop its clock
    scopes = (Scope.of(draft.project, department) for department in departments)
    if not all(may(approver, grants, scope) for scope in scopes):
        raise UnfitApproverError(what=what, person=approved_by)


def told_end(
    told: str, at: datetime, bound: date | None = None, member: str = "expected_end"
) -> date:
    """Return the told end, held against its beginning and the last day that the law allows.

    Args:
        member: What the command calls it.

    Raises:
        BadEndDateError: If it is no date, too early or too late.
    """
    begin = local_date(at)
    try:
        end = date.fromisoformat(told)
    except ValueError as error:
        raise BadEndDateError(end=told, begin=begin.isoformat(), member=member) from error
    if told != end.isoformat() or end < begin or (bound is not None and end > bound):
        raise BadEndDateError(end=told, begin=begin.isoformat(), member=member)
    return end


def procedure_over(run: StageRun, code: str, attempt: Attempt, pause: Pause) -> e.Paused:
    """Return the end of a procedure; a counted one has left the status alone."""
    status = attempt.status if pause.counted else Status.SPECIAL_ENDED
    return resuming(run, code, attempt, pause, status)


def parked(  # noqa: PLR0913, PLR0917 - whose slot, and for how long it is declared idle
    draft: Draft, run: StageRun, code: str, attempt: Attempt, begin: date, end: date
) -> e.Tokens | None:
    """Give the pair slot back when the pause is declared to last long."""
    days = draft.facts.calendar.count(begin, end, DayUnit.WORKING_DAY)
    if not attempt.slot or days <= draft.facts.rules.park_after:
        return None
    move = game.park(draft.net(run), draft.marking(run), code)
    return draft.moved(run, move.marking)


def after_pause(attempt: Attempt, pause: Pause, at: datetime) -> Attempt:
    """Return the attempt as it will be when *pause* has ended."""
    pauses = (replace(each, until=at) if each is pause else each for each in attempt.pauses)
    return replace(attempt, pauses=tuple(pauses))


def armed_again(
    draft: Draft, run: StageRun, code: str, attempt: Attempt
) -> tuple[e.TimerArmed, ...]:
    """Arm the timers of an attempt anew, as it will be when its pause has ended."""
    net = draft.net(run)
    inside = draft.marking(run) & net.items[code].inside & net.timers
    timers = [(path, net.node(path).timer) for path in net.paths(inside)]
    return tuple(
        e.TimerArmed(
            path=path,
            item=code,
            attempt=attempt.number,
            due_at=due_at(
                attempt, timer.days, DayUnit(timer.unit), draft.facts.calendar, draft.now
            ),
        )
        for path, timer in timers
        if timer is not None
    )


def standing_pause(
    code: str, attempt: Attempt, kind: e.PauseKind, procedure: str | None = None
) -> Pause:
    """Return what stops an attempt.

    Raises:
        NotStoppedError: If nothing of that kind does.
    """
    for pause in attempt.open_pauses:
        if pause.kind is kind and procedure in {None, pause.procedure}:
            return pause
    raise NotStoppedError(item=code, kind=procedure or kind.value)


def pausing(
    run: StageRun, code: str, attempt: Attempt, status: int, tokens: e.Tokens | None = None
) -> e.Paused:
    """Return the beginning of an attempt's next pause."""
    return e.Paused(
        stage=run.stage,
        item=code,
        attempt=attempt.number,
        pause=len(attempt.pauses) + 1,
        status=status,
        tokens=tokens,
    )


def resuming(run: StageRun, code: str, attempt: Attempt, pause: Pause, status: int) -> e.Paused:
    """Return the end of one of an attempt's pauses."""
    return e.Paused(
        stage=run.stage,
        item=code,
        attempt=attempt.number,
        pause=pause.number,
        status=status,
    )
