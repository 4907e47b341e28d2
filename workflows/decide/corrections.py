"""Decisions that set wrong entries right: the moment of an entry, a step taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import events as e
from workflows.decide import adjust, aftermath
from workflows.decide.bounds import moved_bound, record_bounds
from workflows.decide.items import check_not_stopped
from workflows.decide.pauses import running
from workflows.decide.stages import issued_on
from workflows.errors import FutureError, NotCorrectableError
from workflows.evolve import ACCEPTED, DECIDING
from workflows.project import SEPARATE, ProjectStatus, item_key
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause

ACCEPTING = ("accept", "receive")  # steps that may accept: reviews are accepted on receipt
FIRST_IN_HAND = ("inspect", "review", "survey", "decide_on_commitment")
_AFTER_ACCEPTANCE = frozenset({e.PauseKind.PROCEDURE, e.PauseKind.JOINT})


def correct_time(draft: Draft, command: c.CorrectTime) -> None:
    """Set right when a decision, an acceptance, an end or a pause happened.

    What hung on the moment follows (`aftermath`); a project that has ended takes it as well.

    Raises:
        NotCorrectableError: If the entry carries no such moment, was taken back, or order would
            break.
        FutureError: If the corrected time lies ahead.
    """
    body = _subject(draft, command.event).body
    match body:
        case e.StepCompleted() | e.ItemEnded() | e.TimerFired():
            _correct_moment(draft, command, body)
        case e.ItemPaused():
            for one in body.paused:
                _correct_pause(draft, command, one, body.unit, "paused")
        case e.ItemResumed():
            for one in body.resumed:
                _correct_pause(draft, command, one, body.unit, "resumed")
        case _:
            raise NotCorrectableError(event=command.event, reason="no_moment")
    _rearm(draft)


def revert_step(draft: Draft, command: c.RevertStep) -> None:
    """Take the last step of a running attempt back; its task is open again.

    Raises:
        NotCorrectableError: If it is no step, its attempt has ended, or more has happened since.
    """
    subject = _subject(draft, command.event)
    body = subject.body
    if not isinstance(body, e.StepCompleted):
        raise NotCorrectableError(event=command.event, reason="no_step")
    run, attempt = running(draft, body.item, body.unit, body.attempt)
    draft.allow(command, attempt.department)
    check_not_stopped(body.item, attempt)
    if not run.tokens.issuperset(body.tokens.put) or attempt.last_at > subject.happened_at:
        raise NotCorrectableError(event=command.event, reason="later_steps")
    net = draft.net(run)
    put, took = net.marking(body.tokens.put), net.marking(body.tokens.took)
    accepted = None if body.step in ACCEPTING else attempt.accepted_at
    decided = None if body.step in DECIDING else attempt.decided_at
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
        role=_role(draft),
        reason=command.reason,
        tokens=draft.moved(run, draft.marking(run) & ~put | took),
        relieved=_relieved(draft, subject.actor, body),
    )
    draft.record(reverted)
    aftermath.record_last(draft, reverted)


def _relieved(draft: Draft, actor: str, body: e.StepCompleted) -> str | None:
    """Return *actor* if the step taken back was all that they did on the attempt (三分离)."""
    history = draft.facts.history
    taken_back = {each.body.event for each in history if isinstance(each.body, e.StepReverted)}
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


def _correct_moment(
    draft: Draft, command: c.CorrectTime, body: e.StepCompleted | e.ItemEnded | e.TimerFired
) -> None:
    attempt = draft.state(body.item, body.unit).attempts[body.attempt - 1]
    draft.allow(command, attempt.department)
    _check_past(draft, command)
    moment = _moment(body)
    was = None if moment is None else _times(attempt)[moment]
    if moment is None or was is None:
        raise NotCorrectableError(event=command.event, reason="no_moment")
    _check_stands(draft, command.event)
    corrected = e.TimeCorrected(
        event=command.event,
        stage=body.stage,
        unit=body.unit,
        item=body.item,
        attempt=body.attempt,
        moment=moment,
        was=was,
        now=command.happened_at,
        role=_role(draft),
        reason=command.reason,
        issued=issued_on(
            draft,
            (body.unit, body.item, body.attempt),
            attempt.status,
            _still_held(draft, body),
            command.happened_at,
        ),
    )
    draft.record(corrected)
    _check_order(draft, command.event, corrected)
    aftermath.record(draft, corrected)


def _correct_pause(
    draft: Draft, command: c.CorrectTime, one: e.Paused, unit: int, moment: str
) -> None:
    attempt = draft.state(one.item, unit).attempts[one.attempt - 1]
    draft.allow(command, attempt.department)
    _check_past(draft, command)
    pause = attempt.pauses[one.pause - 1]
    was = pause.since if moment == "paused" else pause.until
    if was is None:
        raise NotCorrectableError(event=command.event, reason="no_moment")
    corrected = e.PauseCorrected(
        event=command.event,
        stage=one.stage,
        unit=unit,
        item=one.item,
        attempt=one.attempt,
        pause=one.pause,
        moment=moment,
        was=was,
        now=command.happened_at,
        role=_role(draft),
        reason=command.reason,
        bound=moved_bound(draft, pause, command.happened_at) if moment == "paused" else pause.bound,
    )
    draft.record(corrected)
    _check_order(draft, command.event, corrected)
    aftermath.record(draft, corrected)
    record_bounds(draft, corrected)


def _rearm(draft: Draft) -> None:
    """Set the timers anew: five days of silence are counted from what was corrected."""
    if draft.project.status is not ProjectStatus.RUNNING or draft.project.suspended:
        return
    facts = draft.facts
    runs = adjust.rearmed(draft.project, facts.nets, facts.calendar, draft.now)
    if runs:
        draft.record(e.TimersRearmed(calendar=facts.calendar.version, runs=runs))


def _subject(draft: Draft, number: int) -> e.Event:
    subject = draft.facts.subject
    if subject is None or subject.number != number:
        raise NotCorrectableError(event=number, reason="unknown_event")
    return subject


def _check_past(draft: Draft, command: c.CorrectTime) -> None:
    if command.happened_at > draft.now:
        raise FutureError(
            happened_at=command.happened_at.isoformat(), recorded_at=draft.now.isoformat()
        )


def _check_stands(draft: Draft, number: int) -> None:
    """Refuse an entry that was taken back: what it said stands no more."""
    for event in draft.facts.history:
        if isinstance(event.body, e.StepReverted) and event.body.event == number:
            raise NotCorrectableError(event=number, reason="taken_back")


def _moment(body: e.StepCompleted | e.ItemEnded | e.TimerFired) -> str | None:
    """Return which moment of the attempt the entry set, if any."""
    if isinstance(body, e.ItemEnded):
        return "ended"
    if isinstance(body, e.TimerFired):
        return None if body.accepted_at is None else "accepted"
    if body.step in DECIDING:
        return "decided"
    accepts = body.step in ACCEPTING and body.status in ACCEPTED and body.outcome != "refused"
    return "accepted" if accepts else None


def _times(attempt: Attempt) -> dict[str, datetime | None]:
    """Return the moments of an attempt, in the order that they must keep."""
    return {
        "filed": attempt.filed_at,
        "accepted": attempt.accepted_at,
        "decided": attempt.decided_at,
        "ended": attempt.ended_at,
    }


def _check_order(draft: Draft, event: int, corrected: e.TimeCorrected | e.PauseCorrected) -> None:
    """Refuse what no longer follows one from another, as the draft stands corrected.

    filed ≤ accepted ≤ decided ≤ ended ≤ revoked; no moment inside a pause; procedures after
    acceptance, none of them nor a supplement after the decision; steps as they were done; one
    attempt of an item after the other.
    """
    attempts = draft.state(corrected.item, corrected.unit).attempts
    at = corrected.attempt - 1
    ours = attempts[at]
    before = attempts[at - 1] if at else None
    after = attempts[at + 1] if at + 1 < len(attempts) else None
    known = [moment for moment in _times(ours).values() if moment is not None]
    fits = (
        known == sorted(known)
        and all(_fits(pause, ours) for pause in ours.pauses)
        and (before is None or before.ended_at is None or before.ended_at <= ours.filed_at)
        and (after is None or ours.ended_at is None or ours.ended_at <= after.filed_at)
        and (ours.revoked is None or ours.ended_at is None or ours.ended_at <= ours.revoked.at)
        and not _after_decision(ours, corrected)
        and _between_steps(draft, corrected)
    )
    if not fits:
        raise NotCorrectableError(event=event, reason="out_of_order")


def _fits(pause: Pause, attempt: Attempt) -> bool:
    """Tell whether a pause lies within its attempt, and no moment within the pause."""
    until = pause.until
    if pause.since < attempt.filed_at or (until is not None and until < pause.since):
        return False
    if _outlived(pause, attempt):
        return True
    accepted = attempt.accepted_at
    if pause.kind in _AFTER_ACCEPTANCE and (accepted is None or pause.since < accepted):
        return False
    if attempt.ended_at is not None and (until is None or until > attempt.ended_at):
        return False
    moments = (accepted, attempt.decided_at, attempt.ended_at)
    inside = (at for at in moments if at is not None and pause.since < at)
    return pause.counted or not any(until is None or at < until for at in inside)


def _outlived(pause: Pause, attempt: Attempt) -> bool:
    """Tell whether the project was suspended only after the attempt's end, entered later."""
    ended = attempt.ended_at
    return pause.kind is e.PauseKind.SUSPENSION and ended is not None and ended <= pause.since


def _after_decision(attempt: Attempt, corrected: e.TimeCorrected | e.PauseCorrected) -> bool:
    """Tell whether the correction puts a pause after the decision, where none can begin.

    One that an old log holds there does not bar other corrections.
    """
    decided = attempt.decided_at
    own = [pause for pause in attempt.pauses if pause.kind is not e.PauseKind.SUSPENSION]
    if decided is None:
        return False
    if isinstance(corrected, e.TimeCorrected):
        moved = corrected.moment == "decided"
        return moved and any(decided < pause.since <= corrected.was for pause in own)
    begun = corrected.moment == "paused" and corrected.was <= decided < corrected.now
    return begun and any(pause.number == corrected.pause for pause in own)


def _between_steps(draft: Draft, corrected: e.TimeCorrected | e.PauseCorrected) -> bool:
    """Tell whether the corrected entry stays before those of the attempt that came after it.

    Of the entries before it only those with a moment bind; the others are as wrong as it was.
    """
    times = aftermath.transitions(draft.facts.history, corrected)
    free = _ends_outside(draft, corrected)
    later = (at for number, at in times.items() if number > corrected.event and number not in free)
    # What was entered at the same instant is another side of the same deed.
    return all(at >= corrected.now for at in later if at != corrected.was)


def _ends_outside(draft: Draft, corrected: e.TimeCorrected | e.PauseCorrected) -> set[int]:
    """Return the entries that a suspension does not bind: answers and ends of procedures."""
    if isinstance(corrected, e.TimeCorrected):
        return set()
    attempt = draft.state(corrected.item, corrected.unit).attempts[corrected.attempt - 1]
    if attempt.pauses[corrected.pause - 1].kind is not e.PauseKind.SUSPENSION:
        return set()
    history = draft.facts.history
    return {event.number for event in history if isinstance(event.body, e.ItemResumed)}


def _still_held(
    draft: Draft, body: e.StepCompleted | e.ItemEnded | e.TimerFired
) -> tuple[str, ...]:
    """Return the documents that the entry issued and nothing has replaced or taken back."""
    if not isinstance(body, e.ItemEnded):
        return ()
    held = draft.project.documents
    return tuple(
        issued.document
        for issued in body.issued
        if (document := held[item_key(body.unit, issued.document)]).revoked_at is None
        and (document.item, document.attempt) == (body.item, body.attempt)
    )


def _status_before(step: str, attempt: Attempt, *, accepted: bool) -> Status:
    """Return the status that a step found: received, accepted, or in a department's hands."""
    if not accepted:
        told = any(pause.kind is e.PauseKind.SUPPLEMENT for pause in attempt.pauses)
        return Status.SUPPLEMENTED if told else Status.RECEIVED
    return Status.ACCEPTED if step in FIRST_IN_HAND else Status.IN_HAND


def _role(draft: Draft) -> str:
    return min(role.value for role in draft.facts.actor.roles)
