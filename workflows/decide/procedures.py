"""Special procedures, and visits that several items share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.decide.open_tasks import check_not_stopped, check_time
from workflows.decide.pauses import (
    check_approved,
    check_undecided,
    member,
    parked,
    pausing,
    procedure_over,
    run_of,
    running,
    standing_pause,
    told_end,
)
from workflows.errors import (
    BadVisitError,
    ItemStoppedError,
    NotAcceptedError,
    UnknownProcedureError,
    UnknownVisitError,
)
from workflows.moments import local_date
from workflows.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, StageRun


SHARED = 2  # items at least for which a visit is a joint one


def start_procedure(draft: Draft, command: c.StartProcedure) -> None:
    """Begin a special procedure that the catalogue lists for the item.

    Raises:
        UnknownProcedureError, BadEndDateError, ApprovalRequiredError, NotAcceptedError,
        ItemStoppedError, DecidedError.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    _begin(draft, command, e.PauseKind.PROCEDURE, [(command.item, run, attempt)])


def end_procedure(draft: Draft, command: c.EndProcedure) -> None:
    """End the item's special procedure.

    Raises:
        NotStoppedError: If that procedure is not open.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    at = command.happened_at or draft.now
    pause = standing_pause(command.item, attempt, e.PauseKind.PROCEDURE, command.procedure)
    check_time(draft, attempt, at, command.reason)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.PROCEDURE,
        resumed=(procedure_over(run, command.item, attempt, pause),),
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
    found = [(code, *member(draft, code, command.unit)) for code in command.items]
    _begin(draft, command, e.PauseKind.JOINT, found, visit=_next_visit(draft))


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
    at = command.happened_at or draft.now
    for _, attempt, _ in members:
        check_time(draft, attempt, at, command.reason)
    unit = members[0][0].unit
    body = e.ItemResumed(
        unit=unit,
        kind=e.PauseKind.JOINT,
        resumed=tuple(
            procedure_over(run_of(draft, state.item, unit), state.item, attempt, pause)
            for state, attempt, pause in members
        ),
        visit=command.visit,
        reason=command.reason,
    )
    draft.record(body, at)


def _begin(
    draft: Draft,
    command: c.StartProcedure | c.StartJointVisit,
    kind: e.PauseKind,
    found: Sequence[tuple[str, StageRun, Attempt]],
    visit: str | None = None,
) -> None:
    """Stop the clocks of the items found, in one event."""
    at = command.happened_at or draft.now
    for _, _, attempt in found:
        check_time(draft, attempt, at, command.reason)
    members = tuple((code, attempt) for code, _, attempt in found)
    end, bound = _check_procedure(draft, members, command, at)
    counted = draft.facts.catalogue.procedures[command.procedure].counted
    days = (local_date(at), end)
    body = e.ItemPaused(
        unit=command.unit,
        kind=kind,
        paused=tuple(
            _begun(draft, run, code, attempt, days, counted=counted) for code, run, attempt in found
        ),
        counted=counted,
        procedure=command.procedure,
        visit=visit,
        expected_end=command.expected_end,
        approved_by=command.approved_by,
        bound=None if counted or bound is None else bound.isoformat(),
        reason=command.reason,
    )
    draft.record(body, at)


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
    end = told_end(command.expected_end, at, bound)
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
        return pausing(run, code, attempt, attempt.status)
    tokens = parked(draft, run, code, attempt, *span)
    return pausing(run, code, attempt, Status.SPECIAL, tokens)


def _next_visit(draft: Draft) -> str:
    visits = {
        pause.visit
        for state in draft.project.items.values()
        for attempt in state.attempts
        for pause in attempt.pauses
        if pause.visit is not None
    }
    return f"V{len(visits) + 1}"
