"""What a corrected moment moves along: everything that happened when it did, because it did.

An end moves its documents, its pair, the milestone, the next stage's opening, the stage's and the
project's end, as far as they rested on it. What people did afterwards stays where it was: filings,
steps, decisions and pauses of other items happened when they happened. Clocks are functions of
these moments and follow by themselves; due dates and timers are written anew with the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import events as e
from workflows.evolve import DECIDING
from workflows.project import PairStatus, run_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, StageRun

Corrected = e.TimeCorrected | e.PauseCorrected
Entry = Corrected | e.StepReverted | e.ItemLapsed
_ANY = "any"


def record(draft: Draft, corrected: Corrected) -> None:
    """Record what *corrected*, which the draft holds already, moves along; nothing if nothing."""
    moved: tuple[e.MomentMoved, ...] = ()
    if isinstance(corrected, e.TimeCorrected) and corrected.moment == "ended":
        moved = tuple(_moved(draft, corrected))
    last = _last(draft, corrected)
    if moved or last != _attempt(draft, corrected).last_at:
        draft.record(
            e.CorrectionFollowed(
                event=corrected.event,
                unit=corrected.unit,
                item=corrected.item,
                attempt=corrected.attempt,
                last_at=last,
                moved=moved,
            )
        )


def record_last(draft: Draft, reverted: e.StepReverted) -> None:
    """Record the last transition that stands after a step was taken back."""
    last = _last(draft, reverted)
    body = e.CorrectionFollowed(
        event=reverted.event,
        unit=reverted.unit,
        item=reverted.item,
        attempt=reverted.attempt,
        last_at=last,
        moved=(),
    )
    draft.record(body)


def last_before(draft: Draft, lapse: e.ItemLapsed, number: int) -> datetime:
    """Return the attempt's last transition before the lapse that the event *number* recorded."""
    attempt = _attempt(draft, lapse)
    known = transitions(draft.facts.history, lapse)
    before = (at for event, at in known.items() if event < number)
    return max([attempt.filed_at, attempt.accepted_at or attempt.filed_at, *before])


def transitions(history: Iterable[e.Event], of: Entry) -> dict[int, datetime]:
    """Return when each standing entry of an attempt happened, as corrected, by its number.

    A suspension is the project's: what ended outside the office meanwhile binds nobody by it.
    """
    times: dict[int, datetime] = {}
    entered: dict[int, e.Event] = {}
    for event in history:
        for body in _about(event.body, of):
            match body:
                case e.StepReverted():
                    times.pop(body.event, None)
                case e.LapseReverted():
                    times = {number: at for number, at in times.items() if number < body.event}
                case e.TimeCorrected() | e.PauseCorrected():
                    if isinstance(body, e.TimeCorrected) and body.moment == "ended":
                        times |= dict.fromkeys(_sides(entered, times, body), body.now)
                    times[body.event] = body.now
                case _:
                    entered[event.number] = event
                    times[event.number] = event.happened_at
    return times


def _sides(
    entered: Mapping[int, e.Event], times: Mapping[int, datetime], by: e.TimeCorrected
) -> Iterator[int]:
    """Yield the entries that are another side of a corrected end: the delivery that brought it.

    They were entered with it, for the same instant, and have no moment of their own.
    """
    end = entered.get(by.event)
    for number, event in entered.items():
        body = event.body
        same = end is not None and event.recorded_at == end.recorded_at
        side = isinstance(body, e.StepCompleted) and body.step not in DECIDING
        if same and side and times.get(number) == by.was:
            yield number


def _about(body: e.Body, of: Entry) -> Iterator[e.Body]:
    """Yield an event's body if it is an entry of the same attempt."""
    ours = (of.unit, of.item, of.attempt)
    match body:
        case (
            e.StepCompleted() | e.TimerFired() | e.ItemEnded() | e.StepReverted()
            | e.TimeCorrected() | e.PauseCorrected() | e.LapseReverted()
        ):  # fmt: skip
            if (body.unit, body.item, body.attempt) == ours:
                yield body
        case e.ItemPaused() | e.ItemResumed() if body.kind is not e.PauseKind.SUSPENSION:
            named = body.paused if isinstance(body, e.ItemPaused) else body.resumed
            if any((body.unit, one.item, one.attempt) == ours for one in named):
                yield body
        case _:
            return


def _last(draft: Draft, of: Corrected | e.StepReverted) -> datetime:
    """Return the last transition of an attempt as it now stands."""
    attempt = _attempt(draft, of)
    if attempt.ended_at is not None:
        return attempt.ended_at
    known = transitions((*draft.facts.history, *draft.events), of)
    if not isinstance(of, e.StepReverted):
        # An entry before the corrected one cannot have happened after it.
        known = {n: min(at, of.now) if n < of.event else at for n, at in known.items()}
    moments = (attempt.filed_at, attempt.accepted_at, attempt.decided_at)
    return max([*known.values(), *(at for at in moments if at is not None)])


def _attempt(draft: Draft, of: Entry) -> Attempt:
    return draft.state(of.item, of.unit).attempts[of.attempt - 1]


def _moved(draft: Draft, by: e.TimeCorrected) -> Iterator[e.MomentMoved]:
    """Yield the instants that rested on the corrected end, each after those it rests on itself."""
    run = draft.project.runs[run_key(by.stage, by.unit)]
    yield from _pairs(draft, by)
    milestone = _milestone(draft, run, by)
    if milestone is not None and milestone != run.milestone_at:
        yield _moment("milestone", run, run.milestone_at, milestone)
        yield from _openings(draft, run, milestone)
    ended = _rested(run.ended_at, by, _ends(draft, run))
    if ended is not None:
        ended = max(filter(None, (ended, milestone)))
    if ended != run.ended_at:
        yield _moment("stage_ended", run, run.ended_at, ended)
        yield from _project(draft, run, ended)


def _rested(
    at: datetime | None, by: e.TimeCorrected, others: Iterable[datetime]
) -> datetime | None:
    """Return when that which rests on the last of several ends happened, one of them corrected."""
    if at is None or by.was > at:
        return at
    if by.was < at:
        return max(at, by.now)
    return max([by.now, *(other for other in others if other <= at)])


def _milestone(draft: Draft, run: StageRun, by: e.TimeCorrected) -> datetime | None:
    """Return when the run's milestone was reached, by the items that it waits for."""
    net = draft.net(run)
    codes = {item.mark.code for item in net.milestone_items}
    at = run.milestone_at
    if at is None or by.item not in codes:
        return at
    granted = [
        end
        for code in codes
        for end in _ended(draft.state(code, run.unit).attempts)
        if (code, end) != (by.item, by.now)
    ]
    if net.join != _ANY:
        return max(filter(None, (_rested(at, by, granted), run.filed_at)))
    if by.was == at:
        return max(filter(None, (min([by.now, *granted]), run.filed_at)))
    return min(at, by.now)


def _ended(attempts: Iterable[Attempt]) -> Iterator[datetime]:
    """Yield the ends of attempts that were granted, taken back since or not."""
    for attempt in attempts:
        if attempt.ended_at is not None and attempt.result in {"granted", "revoked"}:
            yield attempt.ended_at


def _ends(draft: Draft, run: StageRun) -> Iterator[datetime]:
    for state in draft.project.items.values():
        if (state.stage, state.unit) == (run.stage, run.unit):
            yield from (a.ended_at for a in state.attempts if a.ended_at is not None)


def _pairs(draft: Draft, by: e.TimeCorrected) -> Iterator[e.MomentMoved]:
    number = _attempt(draft, by).pair
    pair = None if number is None else draft.project.pairs[number]
    if pair is None or pair.status is not PairStatus.ENDED:
        return
    ends = [
        attempt.ended_at
        for code in pair.key
        for attempt in draft.state(code, pair.unit).attempts
        if attempt.pair == pair.id and attempt.ended_at is not None
    ]
    ended = _rested(pair.ended_at, by, ends)
    if ended is not None and pair.ended_at is not None and ended != pair.ended_at:
        yield e.MomentMoved(
            what="pair_ended",
            stage=pair.stage,
            unit=pair.unit,
            pair=pair.id,
            was=pair.ended_at,
            now=ended,
        )


def _openings(draft: Draft, run: StageRun, milestone: datetime) -> Iterator[e.MomentMoved]:
    """Yield the stages that the milestone opened, but none after it was filed itself."""
    for _, other in sorted(draft.project.runs.items()):
        if other.stage == run.stage + 1 and other.opened_at == run.milestone_at:
            opened = milestone if other.filed_at is None else min(milestone, other.filed_at)
            if opened != other.opened_at:
                yield _moment("opened", other, other.opened_at, opened)


def _project(draft: Draft, run: StageRun, ended: datetime | None) -> Iterator[e.MomentMoved]:
    """Yield the end of a completed project, if it rested on the end of this run."""
    project = draft.project
    if project.ended_at is None or ended is None or run.ended_at is None:
        return
    others = [each.ended_at for key, each in project.runs.items() if key != run.key]
    now = max([ended, *(at for at in others if at is not None and at <= project.ended_at)])
    if run.ended_at != project.ended_at:
        now = max(project.ended_at, ended)
    if now != project.ended_at:
        yield e.MomentMoved(what="project_ended", stage=0, unit=0, was=project.ended_at, now=now)


def _moment(what: str, run: StageRun, was: datetime | None, now: datetime | None) -> e.MomentMoved:
    if was is None or now is None:
        raise ValueError(f"{what} of {run.key} cannot come or go by a correction")
    return e.MomentMoved(what=what, stage=run.stage, unit=run.unit, was=was, now=now)
