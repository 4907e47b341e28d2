"""Supplements: what is missing is told once, and the owner answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.clock import ACCEPTANCE
from workflows.decide.deadlines import due_date
from workflows.decide.open_tasks import check_not_stopped, check_time
from workflows.decide.pauses import (
    after_pause,
    armed_again,
    check_undecided,
    parked,
    pausing,
    resuming,
    running,
    standing_pause,
    told_end,
)
from workflows.errors import (
    ReceiptError,
    SupplementLateError,
    SupplementToldError,
    UnknownMaterialError,
)
from workflows.facts import Role
from workflows.moments import local_date
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt


# Who may attest that something was received earlier than it is entered.
_ASKED = frozenset({Role.WINDOW, Role.REVIEWER, Role.DEPARTMENT_LEAD, Role.STAGE_LEAD})


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
        end = told_end(command.answer_by, at, member="answer_by")
        tokens = parked(draft, run, command.item, attempt, local_date(at), end)
    body = e.ItemPaused(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        paused=(pausing(run, command.item, attempt, Status.SUPPLEMENT, tokens),),
        missing=tuple(dict.fromkeys(command.missing)),
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
    pause = standing_pause(command.item, attempt, e.PauseKind.SUPPLEMENT)
    check_time(draft, attempt, at, command.reason)
    if command.happened_at is not None and _ASKED.isdisjoint(draft.facts.actor.roles):
        raise ReceiptError(item=command.item)
    body = e.ItemResumed(
        unit=run.unit,
        kind=e.PauseKind.SUPPLEMENT,
        resumed=(resuming(run, command.item, attempt, pause, Status.SUPPLEMENTED),),
        armed=armed_again(draft, run, command.item, after_pause(attempt, pause, at)),
        reason=command.reason,
    )
    draft.record(body, at)


def _check_in_time(draft: Draft, code: str, attempt: Attempt, at: datetime) -> None:
    """Before acceptance it must be told within five working days, those of silence.

    What silence has accepted counts as complete: told afterwards, it is told too late.
    """
    if attempt.accepted_at is not None and not attempt.deemed:
        return
    until = local_date(at)
    days, unit = ACCEPTANCE.days, DayUnit(ACCEPTANCE.unit)
    last = due_date(attempt, days, unit, draft.facts.calendar, until)
    if until > last:
        raise SupplementLateError(item=code, last=last.isoformat())
