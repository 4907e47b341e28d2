"""What later decisions make of what stood: limits, results, facts, wrong entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from workflows import events as e
from workflows.evolve._changes import RECEIVING, attempt_changed, moved, with_pair
from workflows.project import (
    Extended,
    Flag,
    FlagKind,
    PairStatus,
    Pause,
    Revoked,
    item_key,
    run_key,
)

if TYPE_CHECKING:
    from workflows.project import Attempt, ItemState, Project

SetRight = (
    e.LimitExtended
    | e.ItemLapsed
    | e.ItemRevoked
    | e.GrantedByDefault
    | e.FactsChanged
    | e.TimeCorrected
    | e.StepReverted
    | e.ExtensionReverted
    | e.LapseReverted
    | e.IssueConfirmed
)


def set_right(project: Project, body: SetRight, event: e.Event) -> Project:  # noqa: C901 - one case an event
    """Return the project after a decision about what stood."""
    match body:
        case e.LimitExtended():
            extended = Extended(at=event.happened_at, source=body.source, reason=body.reason)
            return attempt_changed(
                project,
                body.unit,
                body.item,
                lambda a: replace(a, extension=body.days, extended=extended),
            )
        case e.ItemLapsed():
            return moved(project, body.stage, body.unit, body.tokens, event)
        case e.GrantedByDefault():
            project = moved(project, body.stage, body.unit, body.tokens, event)
            return attempt_changed(
                project,
                body.unit,
                body.item,
                lambda a: replace(a, by_default=True, issue_by=body.issue_by),
            )
        case e.IssueConfirmed():
            return attempt_changed(
                project,
                body.unit,
                body.item,
                lambda a: replace(a, issued_at=event.happened_at),
            )
        case e.ExtensionReverted():
            return attempt_changed(
                project, body.unit, body.item, lambda a: replace(a, extension=0, extended=None)
            )
        case e.LapseReverted():
            return _lapse_reverted(project, body, event)
        case e.ItemRevoked():
            return _revoked(project, body, event)
        case e.FactsChanged():
            return _facts_changed(project, body, event)
        case e.TimeCorrected():
            return _time_corrected(project, body)
        case e.StepReverted():
            return _step_reverted(project, body, event)
        case _:
            assert_never(body)


def _lapse_reverted(project: Project, body: e.LapseReverted, event: e.Event) -> Project:
    """Let the attempt go on as it stood before; its pair is live again with it."""
    project = moved(project, body.stage, body.unit, body.tokens, event)

    def running(attempt: Attempt) -> Attempt:
        return replace(
            attempt,
            status=body.status,
            result=None,
            ended_at=None,
            last_at=body.last_at,
            pauses=_with(
                tuple(
                    replace(pause, until=None) if pause.number in body.pauses else pause
                    for pause in attempt.pauses
                ),
                body.stood,
                body.status,
            ),
        )

    project = attempt_changed(project, body.unit, body.item, running)
    number = project.items[item_key(body.unit, body.item)].attempts[-1].pair
    pair = None if number is None else project.pairs[number]
    if pair is not None and pair.status is PairStatus.ENDED:
        project = with_pair(project, replace(pair, status=PairStatus.STARTED, ended_at=None))
    return _reopened(project, body.stage, body.unit)


def _revoked(project: Project, body: e.ItemRevoked, event: e.Event) -> Project:
    """Take result and documents back; the run is open again until the item is settled anew."""
    project = moved(project, body.stage, body.unit, body.tokens, event)
    at = event.happened_at
    revoked = Revoked(at=at, documents=body.documents, reason=body.reason)
    project = attempt_changed(
        project,
        body.unit,
        body.item,
        lambda a: replace(a, result="revoked", status=body.status, revoked=revoked),
    )
    documents = dict(project.documents)
    for kind in body.documents:
        key = item_key(body.unit, kind)
        documents[key] = replace(documents[key], revoked_at=at)
    flag = Flag(
        kind=FlagKind.REVOKED_DOCUMENT,
        since=at,
        reason=body.reason,
        by=body.item,
        documents=body.documents,
    )
    project = _flagged(replace(project, documents=documents), body.resting, flag, body.unit)
    if project.ended_at is not None:
        return project
    return _reopened(project, body.stage, body.unit)


def _facts_changed(project: Project, body: e.FactsChanged, event: e.Event) -> Project:
    project = replace(project, facts={**project.facts, **body.facts}, applicable=body.applicable)
    flag = Flag(kind=FlagKind.NOT_APPLICABLE, since=event.happened_at, reason=body.reason)
    project = _flagged(_unflagged(project), body.flagged, flag)
    for run in body.runs:
        project = moved(project, run.stage, run.unit, run.tokens, event)
        if any(path.endswith(":wanted") for path in run.tokens.put):
            project = _reopened(project, run.stage, run.unit)
    return project


def _flagged(project: Project, codes: tuple[str, ...], flag: Flag, unit: int = 0) -> Project:
    """Flag what runs or was granted of *codes*; what unit 0 has, every unit rests on."""
    items = {
        key: replace(state, flags=(*_but(state, flag), flag))
        if state.item in codes and state.touched and unit in (0, state.unit)
        else state
        for key, state in project.items.items()
    }
    return replace(project, items=items)


def _unflagged(project: Project) -> Project:
    """Take the flag off what applies again."""
    items = {
        key: replace(state, flags=_applicable(state))
        if state.flags and state.item in project.applicable
        else state
        for key, state in project.items.items()
    }
    return replace(project, items=items)


def _applicable(state: ItemState) -> tuple[Flag, ...]:
    return tuple(flag for flag in state.flags if flag.kind is not FlagKind.NOT_APPLICABLE)


def _but(state: ItemState, new: Flag) -> tuple[Flag, ...]:
    """Return the flags that a new one does not take the place of."""
    return tuple(flag for flag in state.flags if (flag.kind, flag.by) != (new.kind, new.by))


def _reopened(project: Project, stage: int, unit: int) -> Project:
    key = run_key(stage, unit)
    run = replace(project.runs[key], ended_at=None)
    return replace(project, runs={**project.runs, key: run})


def _time_corrected(project: Project, body: e.TimeCorrected) -> Project:
    key = item_key(body.unit, body.item)
    state = project.items[key]
    attempts = tuple(
        _set_moment(attempt, body) if attempt.number == body.attempt else attempt
        for attempt in state.attempts
    )
    documents = dict(project.documents)
    for issued in body.issued:
        place = item_key(body.unit, issued.document)
        documents[place] = replace(
            documents[place], issued_at=body.now, valid_until=issued.valid_until
        )
    items = {**project.items, key: replace(state, attempts=attempts)}
    return replace(project, items=items, documents=documents)


def _set_moment(attempt: Attempt, body: e.TimeCorrected) -> Attempt:
    match body.moment:
        case "filed":
            return replace(attempt, filed_at=body.now)
        case "accepted":
            return replace(attempt, accepted_at=body.now)
        case "decided":
            return replace(attempt, decided_at=body.now)
        case "ended":
            # A pause that the end cut short ends with it.
            pauses = tuple(
                replace(pause, until=body.now) if pause.until == body.was else pause
                for pause in attempt.pauses
            )
            pauses = _with(pauses, body.stood, attempt.status)
            return replace(attempt, ended_at=body.now, pauses=pauses)
        case _:
            return attempt


def _with(pauses: tuple[Pause, ...], stood: tuple[e.Stood, ...], status: int) -> tuple[Pause, ...]:
    """Add suspensions that an attempt was found to have lasted through."""
    added = (
        Pause(
            number=number,
            kind=e.PauseKind.SUSPENSION,
            since=each.since,
            until=each.until,
            status_before=status,
        )
        for number, each in enumerate(stood, len(pauses) + 1)
    )
    return (*pauses, *added)


def _step_reverted(project: Project, body: e.StepReverted, event: e.Event) -> Project:
    project = moved(project, body.stage, body.unit, body.tokens, event)

    def reverted(attempt: Attempt) -> Attempt:
        return replace(
            attempt,
            status=body.status,
            accepted_at=body.accepted_at,
            decided_at=body.decided_at,
            received_at=None if body.step == RECEIVING else attempt.received_at,
            last_at=event.happened_at,
            duties={who: what for who, what in attempt.duties.items() if who != body.relieved},
        )

    return attempt_changed(project, body.unit, body.item, reverted)
