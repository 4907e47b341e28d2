"""Decisions that take a wrong entry back: a step, an extension, a lapse that was none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.decide import aftermath
from workflows.decide.corrections import ACCEPTING, TAKING_BACK, check_stands, role_of, subject_of
from workflows.decide.open_tasks import check_not_stopped
from workflows.decide.pauses import running
from workflows.decide.stages import dissolve_proposed
from workflows.decide.suspension import stood_through
from workflows.errors import NotCorrectableError
from workflows.evolve import DECIDING
from workflows.project import SEPARATE
from workflows.status import Status

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.commands import Note
    from workflows.decide.draft import Draft
    from workflows.project import Attempt

FIRST_IN_HAND = ("inspect", "review", "survey", "decide_on_commitment")
_SLOT = ":slot"


def take_back(draft: Draft, command: c.RevertStep) -> None:
    """Take a wrong entry back: the last step of a running attempt, an extension, a lapse.

    Raises:
        NotCorrectableError: If it is none of these, was taken back, or more has happened since.
    """
    subject = subject_of(draft, command.event)
    match subject.body:
        case e.StepCompleted() as body:
            _revert_step(draft, command, subject, body)
        case e.LimitExtended() as body:
            _revert_extension(draft, command, body)
        case e.ItemLapsed() as body:
            _revert_lapse(draft, command, body)
        case _:
            raise NotCorrectableError(event=command.event, reason="no_step")


def _revert_step(
    draft: Draft, command: c.RevertStep, subject: e.Event, body: e.StepCompleted
) -> None:
    """Take the last step of a running attempt back; its task is open again."""
    run, attempt = running(draft, body.item, body.unit, body.attempt)
    draft.allow(command, attempt.department)
    check_not_stopped(body.item, attempt)
    if not run.tokens.issuperset(body.tokens.put) or attempt.last_at > subject.happened_at:
        raise NotCorrectableError(event=command.event, reason="later_steps")
    net = draft.net(run)
    put, took = net.marking(body.tokens.put), net.marking(body.tokens.took)
    accepted = None if body.step in ACCEPTING else attempt.accepted_at
    decided = None if body.step in DECIDING else attempt.decided_at
    if accepted is None and attempt.extended is not None:
        # No limit runs any more that could be longer.
        _record_extension_reverted(draft, _extension(draft, body), command.reason)
    reverted = e.StepReverted(
        event=command.event,
        stage=run.stage,
        unit=run.unit,
        item=body.item,
        attempt=attempt.number,
        step=body.step,
        status=_status_before(body.step, attempt, accepted=accepted is not None),
        accepted_at=accepted,
        decided_at=decided,
        role=role_of(draft),
        reason=command.reason,
        tokens=draft.moved(run, draft.marking(run) & ~put | took),
        relieved=_relieved(draft, subject.actor, body),
    )
    draft.record(reverted)
    aftermath.record_last(draft, reverted)


def _revert_extension(draft: Draft, command: c.RevertStep, body: e.LimitExtended) -> None:
    """Give an attempt the limit that it had; another extension may be given then."""
    attempts = draft.state(body.item, body.unit).attempts
    draft.allow(command, attempts[body.attempt - 1].department)
    check_stands(draft, command.event)
    if body.attempt != len(attempts):
        raise NotCorrectableError(event=command.event, reason="later_steps")
    _record_extension_reverted(draft, (command.event, body), command.reason)


def _record_extension_reverted(
    draft: Draft, entry: tuple[int, e.LimitExtended], reason: Note
) -> None:
    number, body = entry
    draft.record(
        e.ExtensionReverted(
            event=number,
            stage=body.stage,
            unit=body.unit,
            item=body.item,
            attempt=body.attempt,
            days=body.days,
            role=role_of(draft),
            reason=reason,
        )
    )


def _extension(draft: Draft, of: e.StepCompleted) -> tuple[int, e.LimitExtended]:
    """Return the entry of the extension that stands: the attempt's last one."""
    ours = (of.unit, of.item, of.attempt)
    found = [
        (event.number, event.body)
        for event in draft.facts.history
        if isinstance(event.body, e.LimitExtended)
        and (event.body.unit, event.body.item, event.body.attempt) == ours
    ]
    return found[-1]


def _revert_lapse(draft: Draft, command: c.RevertStep, body: e.ItemLapsed) -> None:
    """Let an attempt go on whose owner did answer in time: the supplement is open again.

    The pair slot that the lapse freed stays free, as after a long pause: others may hold it now.
    """
    attempts = draft.state(body.item, body.unit).attempts
    attempt = attempts[body.attempt - 1]
    draft.allow(command, attempt.department)
    check_stands(draft, command.event)
    dissolve_proposed(draft, body.item, body.unit, "lapse_reverted")
    run = draft.run(body.stage, body.unit)
    later = body.attempt != len(attempts) or run.ended_at is not None
    if later or not run.tokens.issuperset(body.tokens.put):
        raise NotCorrectableError(event=command.event, reason="later_steps")
    net = draft.net(run)
    took = [path for path in body.tokens.took if not path.endswith(_SLOT)]
    marking = draft.marking(run) & ~net.marking(body.tokens.put) | net.marking(took)
    reverted = e.LapseReverted(
        event=command.event,
        stage=run.stage,
        unit=run.unit,
        item=body.item,
        attempt=attempt.number,
        status=Status.SUPPLEMENT,
        pauses=_ended_with(draft, body, attempt),
        last_at=aftermath.last_before(draft, body, command.event),
        role=role_of(draft),
        reason=command.reason,
        # Its timers stand still with it; the answer arms them.
        tokens=replace(draft.moved(run, marking), armed=()),
        stood=stood_through(draft, attempt, draft.now),
    )
    draft.record(reverted)


def _ended_with(draft: Draft, lapse: e.ItemLapsed, attempt: Attempt) -> tuple[int, ...]:
    """Return the numbers of the pauses that nobody ended before the lapse did."""
    resumed = {
        one.pause
        for event in draft.facts.history
        if isinstance(event.body, e.ItemResumed) and event.body.unit == lapse.unit
        for one in event.body.resumed
        if (one.item, one.attempt) == (lapse.item, lapse.attempt)
    }
    return tuple(pause.number for pause in attempt.pauses if pause.number not in resumed)


def _relieved(draft: Draft, actor: str, body: e.StepCompleted) -> str | None:
    """Return *actor* if the step taken back was all that they did on the attempt (三分离)."""
    history = draft.facts.history
    taken_back = {each.body.event for each in history if isinstance(each.body, TAKING_BACK)}
    stands = [
        each
        for each in history
        if each.actor == actor
        and isinstance(each.body, e.StepCompleted)
        and each.body.performer in SEPARATE
        and (each.body.unit, each.body.item, each.body.attempt)
        == (body.unit, body.item, body.attempt)
        and each.number not in taken_back
    ]
    return actor if len(stands) == 1 else None


def _status_before(step: str, attempt: Attempt, *, accepted: bool) -> Status:
    """Return the status that a step found: received, accepted, or in a department's hands."""
    if not accepted:
        told = any(pause.kind is e.PauseKind.SUPPLEMENT for pause in attempt.pauses)
        return Status.SUPPLEMENTED if told else Status.RECEIVED
    return Status.ACCEPTED if step in FIRST_IN_HAND else Status.IN_HAND
