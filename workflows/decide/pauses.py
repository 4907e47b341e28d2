"""Pauses: supplements, special procedures, joint visits, the suspension of a project."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bpmn import tokens as game
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.decide.items import check_not_stopped, check_time
from workflows.errors import (
    ApprovalRequiredError,
    BadEndDateError,
    ItemNotOpenError,
    NotAcceptedError,
    NotStoppedError,
    NotSuspendedError,
    ProjectSuspendedError,
    SupplementLateError,
    SupplementToldError,
    UnknownMaterialError,
    UnknownProcedureError,
    UnknownVisitError,
)
from workflows.moments import end_of, local_date
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause, StageRun

TELL_WITHIN = 5  # working days; after that silence is acceptance. Source: XKF32


def ask_supplement(draft: Draft, command: c.AskSupplement) -> None:
    """Tell the owner once what is missing; the clock stops.

    Raises:
        SupplementToldError, SupplementLateError, UnknownMaterialError, ItemStoppedError.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    check_time(draft, attempt, at)
    check_not_stopped(command.item, attempt)
    if any(pause.kind is e.PauseKind.SUPPLEMENT for pause in attempt.pauses):
        raise SupplementToldError(item=command.item)
    _check_in_time(draft, command.item, attempt, at)
    known = draft.facts.catalogue.items[command.item].materials
    unknown = [material for material in command.missing if material not in known]
    if unknown or not command.missing:
        raise UnknownMaterialError(item=command.item, materials=unknown, known=list(known))
    body = e.ItemPaused(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        paused=(_paused(run, command.item, attempt, Status.SUPPLEMENT),),
        missing=command.missing,
        reason=command.reason,
    )
    draft.record(body, at)


def answer_supplement(draft: Draft, command: c.AnswerSupplement) -> None:
    """Take what was missing; the clock runs again, and an acceptance has its five days anew.

    Raises:
        NotStoppedError: If no supplement is open.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    check_time(draft, attempt, at)
    pause = _open(command.item, attempt, e.PauseKind.SUPPLEMENT)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        resumed=(_resumed(run, command.item, attempt, pause, Status.SUPPLEMENTED),),
        armed=_armed_again(draft, run, command.item, attempt, at),
    )
    draft.record(body, at)


def start_procedure(draft: Draft, command: c.StartProcedure) -> None:
    """Begin a special procedure that the catalogue lists for the item.

    Raises:
        UnknownProcedureError, BadEndDateError, ApprovalRequiredError, NotAcceptedError,
        ItemStoppedError.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    check_time(draft, attempt, at)
    check_not_stopped(command.item, attempt)
    _check_procedure(draft, (command.item,), (attempt,), command, at)
    procedure = draft.facts.catalogue.procedures[command.procedure]
    tokens = None if procedure.counted else _parked(draft, run, command, attempt, at)
    body = e.ItemPaused(
        unit=run.unit,
        kind=e.PauseKind.PROCEDURE,
        paused=(_paused(run, command.item, attempt, Status.SPECIAL, tokens),),
        counted=procedure.counted,
        procedure=command.procedure,
        expected_end=command.expected_end,
        approved_by=command.approved_by,
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
    check_time(draft, attempt, at)
    pause = _open(command.item, attempt, e.PauseKind.PROCEDURE)
    if pause.procedure != command.procedure:
        raise NotStoppedError(item=command.item, kind=command.procedure)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.PROCEDURE,
        resumed=(_resumed(run, command.item, attempt, pause, Status.SPECIAL_ENDED),),
        procedure=command.procedure,
        armed=_armed_again(draft, run, command.item, attempt, at),
    )
    draft.record(body, at)


def start_visit(draft: Draft, command: c.StartJointVisit) -> None:
    """Begin one inspection for several items: one event, one interval for all.

    Raises:
        As `start_procedure`, for the first item that does not fit.
    """
    draft.allow(command)
    found = [_member(draft, code, command.unit) for code in command.items]
    for code, (_, attempt) in zip(command.items, found, strict=True):
        check_not_stopped(code, attempt)
    attempts = tuple(attempt for _, attempt in found)
    _check_procedure(draft, command.items, attempts, command, draft.now)
    body = e.ItemPaused(
        unit=command.unit,
        kind=e.PauseKind.JOINT,
        paused=tuple(
            _paused(run, code, attempt, Status.SPECIAL)
            for code, (run, attempt) in zip(command.items, found, strict=True)
        ),
        counted=draft.facts.catalogue.procedures[command.procedure].counted,
        procedure=command.procedure,
        visit=_next_visit(draft),
        expected_end=command.expected_end,
        approved_by=command.approved_by,
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
        (state.unit, run_of(draft, state.item, state.unit), state.item, attempt, pause)
        for _, state in sorted(draft.project.items.items())
        if (attempt := state.open) is not None
        for pause in attempt.open_pauses
        if pause.visit == command.visit
    ]
    if not members:
        raise UnknownVisitError(visit=command.visit)
    body = e.ItemResumed(
        unit=members[0][0],
        kind=e.PauseKind.JOINT,
        resumed=tuple(
            _resumed(run, code, attempt, pause, Status.SPECIAL_ENDED)
            for _, run, code, attempt, pause in members
        ),
        visit=command.visit,
        armed=tuple(
            armed
            for _, run, code, attempt, _ in members
            for armed in _armed_again(draft, run, code, attempt, draft.now)
        ),
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
                if len(attempt.open_pauses) == 1:
                    armed += _armed_again(draft, run, code, attempt, draft.now)
    if resumed:
        body = e.ItemResumed(
            unit=unit,
            kind=e.PauseKind.SUSPENSION,
            resumed=tuple(resumed),
            armed=tuple(armed),
        )
        draft.record(body)


def _check_in_time(draft: Draft, code: str, attempt: Attempt, at: datetime) -> None:
    """Before acceptance it must be told within five working days."""
    if attempt.accepted_at is not None:
        return
    filed = local_date(attempt.filed_at)
    last = draft.facts.calendar.add(filed, TELL_WITHIN, DayUnit.WORKING_DAY)
    if local_date(at) > last:
        raise SupplementLateError(item=code, last=last.isoformat())


def _check_procedure(
    draft: Draft,
    codes: tuple[str, ...],
    attempts: tuple[Attempt, ...],
    command: c.StartProcedure | c.StartJointVisit,
    at: datetime,
) -> None:
    for code, attempt in zip(codes, attempts, strict=True):
        listed = [use.procedure for use in draft.facts.catalogue.items[code].procedures]
        if command.procedure not in listed:
            raise UnknownProcedureError(item=code, procedure=command.procedure, known=listed)
        if attempt.accepted_at is None:
            raise NotAcceptedError(item=code)
    if not command.approved_by:
        raise ApprovalRequiredError(what=command.procedure)
    _check_end(draft, command, at)


def _check_end(
    draft: Draft, command: c.StartProcedure | c.StartJointVisit, at: datetime
) -> None:
    """Hold the expected end against the day it begins and the longest the procedure may take."""
    begin = local_date(at)
    procedure = draft.facts.catalogue.procedures[command.procedure]
    try:
        end = date.fromisoformat(command.expected_end)
    except ValueError as error:
        raise BadEndDateError(end=command.expected_end, begin=begin.isoformat()) from error
    longest = None
    if procedure.max_days is not None:
        unit = procedure.unit or DayUnit.WORKING_DAY
        longest = draft.facts.calendar.add(begin, procedure.max_days, unit)
    if end < begin or (longest is not None and end > longest):
        raise BadEndDateError(end=command.expected_end, begin=begin.isoformat())


def _parked(
    draft: Draft, run: StageRun, command: c.StartProcedure, attempt: Attempt, at: datetime
) -> e.Tokens | None:
    """Give the pair slot back when the pause is declared to last long."""
    calendar = draft.facts.calendar
    end = date.fromisoformat(command.expected_end)
    days = calendar.count(local_date(at), end, DayUnit.WORKING_DAY)
    if not attempt.slot or days <= draft.facts.rules.park_after:
        return None
    move = game.park(draft.net(run), draft.marking(run), command.item)
    return draft.moved(run, move.marking)


def _armed_again(
    draft: Draft, run: StageRun, code: str, attempt: Attempt, at: datetime
) -> tuple[e.TimerArmed, ...]:
    """Arm the attempt's timers anew, their days counted from *at*."""
    net = draft.net(run)
    inside = draft.marking(run) & net.items[code].inside & net.timers
    armed = []
    for path in net.paths(inside):
        timer = net.node(path).timer
        if timer is not None:
            day = draft.facts.calendar.add(local_date(at), timer.days, DayUnit(timer.unit))
            armed.append(
                e.TimerArmed(path=path, item=code, attempt=attempt.number, due_at=end_of(day))
            )
    return tuple(armed)


def _open(code: str, attempt: Attempt, kind: e.PauseKind) -> Pause:
    for pause in attempt.open_pauses:
        if pause.kind is kind:
            return pause
    raise NotStoppedError(item=code, kind=kind.value)


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


def _resumed(
    run: StageRun, code: str, attempt: Attempt, pause: Pause, status: int
) -> e.Paused:
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
