"""Pauses: supplements, special procedures, joint visits, the suspension of a project."""

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
from workflows.clock import stands
from workflows.decide.deadlines import due_at, due_date
from workflows.decide.items import check_not_stopped, check_time
from workflows.errors import (
    ApprovalRequiredError,
    BadEndDateError,
    BadVisitError,
    DecidedError,
    ItemNotOpenError,
    ItemStoppedError,
    NotAcceptedError,
    NotStoppedError,
    NotSuspendedError,
    OwnApprovalError,
    ProjectSuspendedError,
    ReceiptError,
    SupplementLateError,
    SupplementToldError,
    UnfitApproverError,
    UnknownApproverError,
    UnknownMaterialError,
    UnknownProcedureError,
    UnknownVisitError,
)
from workflows.facts import Role
from workflows.moments import local_date
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause, StageRun

TELL_WITHIN = 5  # working days; after that silence is acceptance. Source: XKF32
_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)
# Who may attest that something was received earlier than it is entered.
_ASKED = frozenset({Role.WINDOW, Role.REVIEWER, Role.DEPARTMENT_LEAD, Role.STAGE_LEAD})
SHARED = 2  # items at least for which a visit is a joint one


def ask_supplement(draft: Draft, command: c.AskSupplement) -> None:
    """Tell the owner once what is missing; the clock stops.

    Raises:
        SupplementToldError, SupplementLateError, UnknownMaterialError, ItemStoppedError,
        BadEndDateError, DecidedError.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    check_time(draft, attempt, at, command.reason)
    check_undecided(command.item, attempt)
    check_not_stopped(command.item, attempt, at)
    if any(pause.kind is e.PauseKind.SUPPLEMENT for pause in attempt.pauses):
        raise SupplementToldError(item=command.item)
    _check_in_time(draft, command.item, attempt, at)
    known = draft.facts.catalogue.items[command.item].materials
    unknown = [material for material in command.missing if material not in known]
    if unknown or not command.missing:
        raise UnknownMaterialError(item=command.item, materials=unknown, known=list(known))
    tokens = None
    if command.answer_by is not None:
        end = _end(command.answer_by, at)
        tokens = _parked(draft, run, command.item, attempt, local_date(at), end)
    body = e.ItemPaused(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        paused=(_paused(run, command.item, attempt, Status.SUPPLEMENT, tokens),),
        missing=command.missing,
        expected_end=command.answer_by,
        reason=command.reason,
    )
    draft.record(body, at)


def answer_supplement(draft: Draft, command: c.AnswerSupplement) -> None:
    """Take what was missing; the clock runs again, and an acceptance has its five days anew.

    Whoever answers does so now: that it came earlier only the office can attest, for the five days
    run from its receipt. Source: XKF32.

    Raises:
        ReceiptError: If an owner or an agent says that it was earlier.
        NotStoppedError: If no supplement is open.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    pause = _open(command.item, attempt, e.PauseKind.SUPPLEMENT)
    check_time(draft, attempt, at, command.reason)
    if command.happened_at is not None and _ASKED.isdisjoint(draft.facts.actor.roles):
        raise ReceiptError(item=command.item)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        resumed=(_resumed(run, command.item, attempt, pause, Status.SUPPLEMENTED),),
        armed=_armed_again(draft, run, command.item, _ended(attempt, pause, at)),
        reason=command.reason,
    )
    draft.record(body, at)


def start_procedure(draft: Draft, command: c.StartProcedure) -> None:
    """Begin a special procedure that the catalogue lists for the item.

    Raises:
        UnknownProcedureError, BadEndDateError, ApprovalRequiredError, NotAcceptedError,
        ItemStoppedError, DecidedError.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    check_time(draft, attempt, at, command.reason)
    end, bound = _check_procedure(draft, ((command.item, attempt),), command, at)
    counted = draft.facts.catalogue.procedures[command.procedure].counted
    body = e.ItemPaused(
        unit=run.unit,
        kind=e.PauseKind.PROCEDURE,
        paused=(_begun(draft, run, command.item, attempt, (local_date(at), end), counted=counted),),
        counted=counted,
        procedure=command.procedure,
        expected_end=command.expected_end,
        approved_by=command.approved_by,
        bound=None if counted or bound is None else bound.isoformat(),
        reason=command.reason,
    )
    draft.record(body, at)


def end_procedure(draft: Draft, command: c.EndProcedure) -> None:
    """End the item's special procedure.

    Raises:
        NotStoppedError: If that procedure is not open.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    pause = _open(command.item, attempt, e.PauseKind.PROCEDURE, command.procedure)
    check_time(draft, attempt, at, command.reason)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.PROCEDURE,
        resumed=(_over(run, command.item, attempt, pause),),
        procedure=command.procedure,
        reason=command.reason,
    )
    draft.record(body, at)


def start_visit(draft: Draft, command: c.StartJointVisit) -> None:
    """Begin one inspection for several items: one event, one interval for all.

    Raises:
        BadVisitError: Unless it names several different items.
        As `start_procedure`, for the first item that does not fit.
    """
    draft.allow(command)
    if len(set(command.items)) != len(command.items) or len(command.items) < SHARED:
        raise BadVisitError(items=list(command.items), least=SHARED)
    found = [(code, *_member(draft, code, command.unit)) for code in command.items]
    today = local_date(draft.now)
    members = tuple((code, attempt) for code, _, attempt in found)
    end, bound = _check_procedure(draft, members, command, draft.now)
    counted = draft.facts.catalogue.procedures[command.procedure].counted
    body = e.ItemPaused(
        unit=command.unit,
        kind=e.PauseKind.JOINT,
        paused=tuple(
            _begun(draft, run, code, attempt, (today, end), counted=counted)
            for code, run, attempt in found
        ),
        counted=counted,
        procedure=command.procedure,
        visit=_next_visit(draft),
        expected_end=command.expected_end,
        approved_by=command.approved_by,
        bound=None if counted or bound is None else bound.isoformat(),
        reason=command.reason,
    )
    draft.record(body)


def end_visit(draft: Draft, command: c.EndJointVisit) -> None:
    """End a joint inspection for every item whose attempt still runs.

    Raises:
        UnknownVisitError: If no such visit is open.
    """
    draft.allow(command)
    members = [
        (state, attempt, pause)
        for _, state in sorted(draft.project.items.items())
        if (attempt := state.open) is not None
        for pause in attempt.open_pauses
        if pause.visit == command.visit
    ]
    if not members:
        raise UnknownVisitError(visit=command.visit)
    unit = members[0][0].unit
    body = e.ItemResumed(
        unit=unit,
        kind=e.PauseKind.JOINT,
        resumed=tuple(
            _over(run_of(draft, state.item, unit), state.item, attempt, pause)
            for state, attempt, pause in members
        ),
        visit=command.visit,
    )
    draft.record(body)


def suspend(draft: Draft, command: c.SuspendProject) -> None:
    """Stop the whole project; every open attempt is paused until it is resumed."""
    draft.allow(command)
    if draft.project.suspended:
        raise ProjectSuspendedError(project=draft.project.code)
    draft.record(e.ProjectSuspended(reason=command.reason))
    for unit in sorted(draft.project.units):
        paused = tuple(
            _paused(run_of(draft, code, unit), code, attempt, attempt.status)
            for code, attempt in _open_attempts(draft, unit)
        )
        if paused:
            body = e.ItemPaused(unit=unit, kind=e.PauseKind.SUSPENSION, paused=paused)
            draft.record(body)


def resume(draft: Draft, command: c.ResumeProject) -> None:
    """Let a suspended project go on.

    Raises:
        NotSuspendedError: If it is not suspended.
    """
    draft.allow(command)
    if not draft.project.suspended:
        raise NotSuspendedError(project=draft.project.code)
    draft.record(e.ProjectResumed(reason=command.reason))
    for unit in sorted(draft.project.units):
        _resume_unit(draft, unit)


def running(draft: Draft, code: str, unit: int, number: int) -> tuple[StageRun, Attempt]:
    """Return an item's run and its running attempt *number*.

    Raises:
        ItemNotOpenError: If that attempt is not running.
    """
    run, attempt = _member(draft, code, unit)
    if attempt.number != number:
        raise ItemNotOpenError(item=code, unit=unit)
    return run, attempt


def run_of(draft: Draft, code: str, unit: int) -> StageRun:
    """Return the stage run that an item with attempts belongs to."""
    return draft.run(draft.facts.catalogue.items[code].stage, unit)


def _member(draft: Draft, code: str, unit: int) -> tuple[StageRun, Attempt]:
    draft.item(code)
    run = draft.filed_run(code, unit)
    attempt = draft.state(code, unit).open
    if attempt is None:
        raise ItemNotOpenError(item=code, unit=unit)
    return run, attempt


def _open_attempts(draft: Draft, unit: int) -> list[tuple[str, Attempt]]:
    return [
        (state.item, state.open)
        for _, state in sorted(draft.project.items.items())
        if state.unit == unit and state.open is not None
    ]


def _resume_unit(draft: Draft, unit: int) -> None:
    """End the suspension's pauses, and arm the timers of attempts that nothing else stops."""
    resumed = []
    armed: list[e.TimerArmed] = []
    for code, attempt in _open_attempts(draft, unit):
        for pause in attempt.open_pauses:
            if pause.kind is e.PauseKind.SUSPENSION:
                run = run_of(draft, code, unit)
                resumed.append(_resumed(run, code, attempt, pause, attempt.status))
                after = _ended(attempt, pause, draft.now)
                if not stands(after):
                    armed += _armed_again(draft, run, code, after)
    if resumed:
        body = e.ItemResumed(
            unit=unit,
            kind=e.PauseKind.SUSPENSION,
            resumed=tuple(resumed),
            armed=tuple(armed),
        )
        draft.record(body)


def check_undecided(code: str, attempt: Attempt) -> None:
    """Refuse what has to come before the decision: its clock has ended, nothing stops it now.

    Raises:
        DecidedError: If the attempt is decided. Source: XKF32, XKF45.
    """
    if attempt.decided_at is not None:
        raise DecidedError(item=code)


def _check_in_time(draft: Draft, code: str, attempt: Attempt, at: datetime) -> None:
    """Before acceptance it must be told within five working days, those of silence.

    What silence has accepted counts as complete: told afterwards, it is told too late.
    """
    if attempt.accepted_at is not None and not attempt.deemed:
        return
    until = local_date(at)
    last = due_date(attempt, TELL_WITHIN, DayUnit.WORKING_DAY, draft.facts.calendar, until)
    if until > last:
        raise SupplementLateError(item=code, last=last.isoformat())


def _check_procedure(
    draft: Draft,
    members: tuple[tuple[str, Attempt], ...],
    command: c.StartProcedure | c.StartJointVisit,
    at: datetime,
) -> tuple[date, date | None]:
    """Refuse a procedure that an item may not begin now; return its expected and its last day.

    Raises:
        OutsideCalendarError: If it is told to end beyond the calendar.
    """
    for code, attempt in members:
        check_undecided(code, attempt)
        check_not_stopped(code, attempt, at)
        listed = [use.procedure for use in draft.facts.catalogue.items[code].procedures]
        if command.procedure not in listed:
            raise UnknownProcedureError(item=code, procedure=command.procedure, known=listed)
        if attempt.accepted_at is None:
            raise NotAcceptedError(item=code)
        if any(pause.procedure == command.procedure for pause in attempt.open_pauses):
            raise ItemStoppedError(item=code, kind=command.procedure)
    departments = {attempt.department for _, attempt in members}
    check_approved(draft, command.approved_by, command.procedure, *sorted(departments))
    taken = max(_taken(draft, attempt, command.procedure) for _, attempt in members)
    bound = _bound(draft, command.procedure, at, taken)
    end = _end(command.expected_end, at, bound)
    # A told day that no calendar holds is refused, also where nothing is computed from it.
    draft.facts.calendar.count(local_date(at), end, DayUnit.WORKING_DAY)
    return end, bound


def _taken(draft: Draft, attempt: Attempt, procedure: str) -> int:
    """Return the days that earlier runs of a procedure took: begun again, it has the rest."""
    unit = draft.facts.catalogue.procedures[procedure].unit or DayUnit.WORKING_DAY
    return sum(
        draft.facts.calendar.count(local_date(pause.since), local_date(pause.until), unit)
        for pause in attempt.pauses
        if pause.procedure == procedure and pause.until is not None
    )


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


def _end(told: str, at: datetime, bound: date | None = None) -> date:
    """Return the told end, held against its beginning and the last day that the law allows.

    Raises:
        BadEndDateError: If it is no date, too early or too late.
    """
    begin = local_date(at)
    try:
        end = date.fromisoformat(told)
    except ValueError as error:
        raise BadEndDateError(end=told, begin=begin.isoformat()) from error
    if told != end.isoformat() or end < begin or (bound is not None and end > bound):
        raise BadEndDateError(end=told, begin=begin.isoformat())
    return end


def _bound(draft: Draft, procedure: str, at: datetime, taken: int) -> date | None:
    """Return the last day that the law leaves a procedure, None = without bound.

    Args:
        taken: Days of that which earlier runs have used up.
    """
    found = draft.facts.catalogue.procedures[procedure]
    if found.max_days is None:
        return None
    unit = found.unit or DayUnit.WORKING_DAY
    return draft.facts.calendar.add(local_date(at), max(0, found.max_days - taken), unit)


def _begun(  # noqa: PLR0913 - who pauses, and how long
    draft: Draft,
    run: StageRun,
    code: str,
    attempt: Attempt,
    span: tuple[date, date],
    *,
    counted: bool,
) -> e.Paused:
    """Return the beginning of a procedure for one item.

    One during which the clock runs on is no 特别程序 of the national status: what is reported as 9
    and 10 would be taken off the item's time. So it leaves status and pair slot alone.
    """
    if counted:
        return _paused(run, code, attempt, attempt.status)
    tokens = _parked(draft, run, code, attempt, *span)
    return _paused(run, code, attempt, Status.SPECIAL, tokens)


def _over(run: StageRun, code: str, attempt: Attempt, pause: Pause) -> e.Paused:
    status = attempt.status if pause.counted else Status.SPECIAL_ENDED
    return _resumed(run, code, attempt, pause, status)


def _parked(  # noqa: PLR0913, PLR0917 - whose slot, and for how long it is declared idle
    draft: Draft, run: StageRun, code: str, attempt: Attempt, begin: date, end: date
) -> e.Tokens | None:
    """Give the pair slot back when the pause is declared to last long."""
    days = draft.facts.calendar.count(begin, end, DayUnit.WORKING_DAY)
    if not attempt.slot or days <= draft.facts.rules.park_after:
        return None
    move = game.park(draft.net(run), draft.marking(run), code)
    return draft.moved(run, move.marking)


def _ended(attempt: Attempt, pause: Pause, at: datetime) -> Attempt:
    """Return the attempt as it will be when *pause* has ended."""
    pauses = (replace(each, until=at) if each is pause else each for each in attempt.pauses)
    return replace(attempt, pauses=tuple(pauses))


def _armed_again(
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


def _open(code: str, attempt: Attempt, kind: e.PauseKind, procedure: str | None = None) -> Pause:
    for pause in attempt.open_pauses:
        if pause.kind is kind and procedure in {None, pause.procedure}:
            return pause
    raise NotStoppedError(item=code, kind=procedure or kind.value)


def _paused(
    run: StageRun, code: str, attempt: Attempt, status: int, tokens: e.Tokens | None = None
) -> e.Paused:
    return e.Paused(
        stage=run.stage,
        item=code,
        attempt=attempt.number,
        pause=len(attempt.pauses) + 1,
        status=status,
        tokens=tokens,
    )


def _resumed(run: StageRun, code: str, attempt: Attempt, pause: Pause, status: int) -> e.Paused:
    return e.Paused(
        stage=run.stage,
        item=code,
        attempt=attempt.number,
        pause=pause.number,
        status=status,
    )


def _next_visit(draft: Draft) -> str:
    visits = {
        pause.visit
        for state in draft.project.items.values()
        for attempt in state.attempts
        for pause in attempt.pauses
        if pause.visit is not None
    }
    return f"V{len(visits) + 1}"
