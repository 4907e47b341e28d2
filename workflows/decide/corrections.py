"""Decisions that set right when an entry happened; see taking_back for what did not happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.diagram import Result
from workflows import events as e
from workflows.decide import adjust, aftermath
from workflows.decide.bounds import moved_bound, record_bounds
from workflows.decide.pauses import resuming
from workflows.decide.stages import issued_on
from workflows.decide.suspension import stood_through
from workflows.errors import FutureError, NotCorrectableError
from workflows.evolve import ACCEPTED, DECIDING
from workflows.project import ProjectStatus, item_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Attempt, Pause

ACCEPTING = ("accept", "receive")  # steps that may accept: reviews are accepted on receipt
TAKING_BACK = (e.StepReverted, e.ExtensionReverted, e.LapseReverted)
_AFTER_ACCEPTANCE = frozenset({e.PauseKind.PROCEDURE, e.PauseKind.JOINT})


def correct_time(draft: Draft, command: c.CorrectTime) -> None:
    """Set right when a decision, an acceptance, an end or a pause happened.

    What hung on the moment follows (`aftermath`); a project that has ended takes it as well.

    Raises:
        NotCorrectableError: If the entry carries no such moment, was taken back, or order would
            break.
        FutureError: If the corrected time lies ahead.
    """
    body = subject_of(draft, command.event).body
    match body:
        case e.StepCompleted() | e.ItemEnded() | e.TimerFired():
            _correct_moment(draft, command, body)
        case e.ItemPaused():
            for one, unit in tuple(_alike(draft, body, body.paused, "paused")):
                _correct_pause(draft, command, one, unit, "paused")
        case e.ItemResumed():
            for one, unit in tuple(_alike(draft, body, body.resumed, "resumed")):
                _correct_pause(draft, command, one, unit, "resumed")
        case _:
            raise NotCorrectableError(event=command.event, reason="no_moment")
    _rearm(draft)


def _correct_moment(
    draft: Draft, command: c.CorrectTime, body: e.StepCompleted | e.ItemEnded | e.TimerFired
) -> None:
    attempt = draft.state(body.item, body.unit).attempts[body.attempt - 1]
    draft.allow(command, attempt.department)
    _check_past(draft, command)
    moment = _moment(body)
    was = None if moment is None else _times(attempt)[moment]
    if moment is None or was is None or _ended_by_office(attempt, moment):
        raise NotCorrectableError(event=command.event, reason="no_moment")
    check_stands(draft, command.event)
    corrected = e.TimeCorrected(
        event=command.event,
        stage=body.stage,
        unit=body.unit,
        item=body.item,
        attempt=body.attempt,
        moment=moment,
        was=was,
        now=command.happened_at,
        role=role_of(draft),
        reason=command.reason,
        issued=issued_on(
            draft,
            (body.unit, body.item, body.attempt),
            attempt.status,
            _still_held(draft, body),
            command.happened_at,
        ),
        stood=stood_through(draft, attempt, command.happened_at) if moment == "ended" else (),
    )
    draft.record(corrected)
    _check_order(draft, command.event, corrected)
    aftermath.record(draft, corrected)


def _alike(
    draft: Draft, body: e.ItemPaused | e.ItemResumed, named: tuple[e.Paused, ...], moment: str
) -> Iterator[tuple[e.Paused, int]]:
    """Yield the pauses that an entry began or ended, with their units; a suspension's everywhere.

    It is the project's, and one instant of it: also for the units that other entries name, and for
    attempts that were found later to have lasted through it.
    """
    for one in named:
        yield one, body.unit
    if body.kind is not e.PauseKind.SUSPENSION:
        return
    first = draft.state(named[0].item, body.unit).attempts[named[0].attempt - 1]
    at = _instant(first.pauses[named[0].pause - 1], moment)
    known = {(body.unit, one.item, one.attempt, one.pause) for one in named}
    for _, state in sorted(draft.project.items.items()):
        for attempt in state.attempts:
            for pause in attempt.pauses:
                if pause.kind is not body.kind or _instant(pause, moment) != at:
                    continue
                if (state.unit, state.item, attempt.number, pause.number) not in known:
                    run = draft.run(state.stage, state.unit)
                    yield resuming(run, state.item, attempt, pause, attempt.status), state.unit


def _instant(pause: Pause, moment: str) -> datetime | None:
    return pause.since if moment == "paused" else pause.until


def _correct_pause(
    draft: Draft, command: c.CorrectTime, one: e.Paused, unit: int, moment: str
) -> None:
    attempt = draft.state(one.item, unit).attempts[one.attempt - 1]
    draft.allow(command, attempt.department)
    _check_past(draft, command)
    pause = attempt.pauses[one.pause - 1]
    was = _instant(pause, moment)
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
        role=role_of(draft),
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


def subject_of(draft: Draft, number: int) -> e.Event:
    """Return the entry that a correction names.

    Raises:
        NotCorrectableError: If there is none.
    """
    subject = draft.facts.subject
    if subject is None or subject.number != number:
        raise NotCorrectableError(event=number, reason="unknown_event")
    return subject


def _check_past(draft: Draft, command: c.CorrectTime) -> None:
    if command.happened_at > draft.now:
        raise FutureError(
            happened_at=command.happened_at.isoformat(), recorded_at=draft.now.isoformat()
        )


def check_stands(draft: Draft, number: int) -> None:
    """Refuse an entry that was taken back: what it said stands no more.

    Raises:
        NotCorrectableError: If it was.
    """
    for event in draft.facts.history:
        if isinstance(event.body, TAKING_BACK) and event.body.event == number:
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


def _ended_by_office(attempt: Attempt, moment: str) -> bool:
    """Tell whether the end is a lapse or a default grant: nobody did it before it was recorded."""
    return moment == "ended" and (attempt.by_default or attempt.result == Result.LAPSED)


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

    filed ≤ accepted ≤ decided ≤ ended ≤ revoked; accepted ≤ extended; no moment inside a pause;
    procedures after acceptance, none of them nor a supplement after the decision; steps as they
    were done; one attempt of an item after the other.
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
        and not _past_extension(ours, corrected)
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


def _past_extension(attempt: Attempt, corrected: e.TimeCorrected | e.PauseCorrected) -> bool:
    """Tell whether the correction puts the acceptance after the extension of its limit."""
    moved = isinstance(corrected, e.TimeCorrected) and corrected.moment == "accepted"
    return moved and attempt.extended is not None and attempt.extended.at < corrected.now


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


def role_of(draft: Draft) -> str:
    """Return the role in which the actor corrects: the first of theirs, by name."""
    return min(role.value for role in draft.facts.actor.roles)
