"""Decisions about what stands: longer limits, results taken back, facts, wrong entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from bpmn.diagram import Result
from workflows import applicability
from workflows import events as e
from workflows.catalogue.values import DayUnit
from workflows.clock import clock
from workflows.decide.items import check_not_stopped, dissolve_proposed
from workflows.decide.pauses import running
from workflows.decide.projects import check_facts
from workflows.decide.stages import follow, issued_on, settled
from workflows.errors import (
    AnswerNotDueError,
    ApprovalRequiredError,
    ExtensionError,
    FutureError,
    NotCorrectableError,
    NotGrantedError,
    NotOverdueError,
    NotStoppedError,
    RuleOffError,
)
from workflows.evolve import ACCEPTED, DECIDING
from workflows.moments import local_date
from workflows.project import item_key
from workflows.status import Status
from workflows.wiring import declined, wiring

if TYPE_CHECKING:
    from datetime import datetime

    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Attempt, StageRun

LONGEST_EXTENSION = 10  # days. Source: XKF42 (permits); taken for every item (A)
ACCEPTING = ("accept", "receive")  # steps that may accept: reviews are accepted on receipt
FIRST_IN_HAND = ("inspect", "review", "survey", "decide_on_commitment")
ISSUE_WITHIN = 1  # working days. Source: the Taizhou rule on default grants (DOMAIN: 超时默认)


def extend(draft: Draft, command: c.ExtendLimit) -> None:
    """Lengthen the limit of a running attempt, once, while it lasts.

    Raises:
        ApprovalRequiredError: If nobody has approved it.
        ExtensionError: If no limit runs, it was extended, is decided or over, or the days are too
            many.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    if not command.approved_by:
        raise ApprovalRequiredError(what="extension")
    limit = clock(attempt, draft.facts.calendar, local_date(draft.now)).committed
    possible = limit is not None and not limit.overdue and not attempt.extension
    if not possible or attempt.decided_at or not 1 <= command.days <= LONGEST_EXTENSION:
        raise ExtensionError(item=command.item, days=command.days, longest=LONGEST_EXTENSION)
    body = e.LimitExtended(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        days=command.days,
        source="XKF42",
        approved_by=command.approved_by,
        reason=command.reason,
    )
    draft.record(body)


def lapse(draft: Draft, command: c.LapseItem) -> None:
    """End an attempt whose supplement went unanswered.

    Raises:
        NotStoppedError: If no supplement is open.
        AnswerNotDueError: If the owner may still answer it.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    asked = [p for p in attempt.open_pauses if p.kind is e.PauseKind.SUPPLEMENT]
    if not asked:
        raise NotStoppedError(item=command.item, kind=e.PauseKind.SUPPLEMENT.value)
    last = asked[0].expected_end
    if last is not None and local_date(draft.now).isoformat() <= last:
        raise AnswerNotDueError(item=command.item, last=last)
    move = settled(draft, run, game.cancel(draft.net(run), draft.marking(run), command.item))
    body = e.ItemLapsed(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        reason=command.reason,
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, ((command.item, Result.LAPSED),), draft.now)


def revoke(draft: Draft, command: c.RevokeItem) -> None:
    """Take a granted result back; what rests on its documents is flagged, never cancelled.

    Raises:
        NotGrantedError: If the item is not granted.
    """
    item = draft.item(command.item)
    draft.allow(command, item.department)
    run = draft.filed_run(command.item, command.unit)
    state = draft.state(command.item, command.unit)
    if not state.granted:
        raise NotGrantedError(item=command.item)
    attempt = state.attempts[-1]
    documents = tuple(kind for kind in item.produces if _issued(draft, run, kind, command.item))
    case = draft.case(run.unit)
    move = game.reopen(draft.net(run), draft.marking(run), command.item, case)
    move = settled(draft, run, move)
    body = e.ItemRevoked(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        status=Status.REVOKED,
        documents=documents,
        resting=_resting(draft, frozenset(documents)),
        reason=command.reason,
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, (), draft.now)


def grant_by_default(draft: Draft, command: c.GrantByDefault) -> None:
    """Take an overdue item as granted, where the local rule says so.

    Raises:
        RuleOffError: If the district has not switched the rule on.
        NotOverdueError: If the committed limit is not exceeded.
        ItemStoppedError: If its clock stands still.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command)
    if not draft.facts.rules.overdue_default:
        raise RuleOffError(rule="overdue_default")
    check_not_stopped(command.item, attempt)
    today = local_date(draft.now)
    reading = clock(attempt, draft.facts.calendar, today).committed
    if reading is None or not reading.overdue:
        raise NotOverdueError(item=command.item)
    move = game.grant(draft.net(run), draft.marking(run), command.item, draft.case(run.unit))
    issue_by = draft.facts.calendar.add(today, ISSUE_WITHIN, DayUnit.WORKING_DAY)
    body = e.GrantedByDefault(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        issue_by=issue_by.isoformat(),
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, move.ended, draft.now)


def change_facts(draft: Draft, command: c.ChangeFacts) -> None:
    """State facts anew: what applies now is wanted, what no longer applies is flagged.

    Raises:
        BadFactsError, ContradictionError, MissingFactsError: As when filing.
    """
    draft.allow(command)
    project, catalogue = draft.project, draft.facts.catalogue
    facts = {**project.facts, **command.facts}
    changed = {
        name: facts[name] for name in command.facts if facts[name] != project.facts.get(name)
    }
    check_facts(project.flow, facts, catalogue)
    found = applicability.applicable(catalogue, project.flow, facts)
    applicable = tuple(code for code in catalogue.items if code in found)
    before = set(project.applicable)
    moves = _reconsidered(draft, facts, applicable)
    body = e.FactsChanged(
        facts=changed,
        applicable=applicable,
        wanted=tuple(code for code in applicable if code not in before),
        flagged=tuple(
            code for code in project.applicable if code not in found and _touched(draft, code)
        ),
        runs=tuple(e.RunMoved(stage=r.stage, unit=r.unit, tokens=t) for r, t in moves),
        reason=command.reason,
    )
    draft.record(body)
    for code in sorted(before - found):
        for unit in sorted(project.units):
            dissolve_proposed(draft, code, unit, "not_applicable")
    for key in sorted(draft.project.runs):
        if draft.project.runs[key].filed_at is not None:
            follow(draft, key, (), draft.now)


def correct_time(draft: Draft, command: c.CorrectTime) -> None:
    """Set right when a decision, an acceptance or an end happened.

    Raises:
        NotCorrectableError: If the entry carries no such moment, or order would break.
        FutureError: If the corrected time lies ahead.
    """
    subject = _subject(draft, command.event)
    body = subject.body
    if not isinstance(body, e.StepCompleted | e.ItemEnded):
        raise NotCorrectableError(event=command.event, reason="no_moment")
    attempt = draft.state(body.item, body.unit).attempts[body.attempt - 1]
    draft.allow(command, attempt.department)
    if command.happened_at > draft.now:
        raise FutureError(
            happened_at=command.happened_at.isoformat(), recorded_at=draft.now.isoformat()
        )
    moment = _moment(body)
    was = _times(attempt)[moment] if moment is not None else None
    if moment is None or was is None:
        raise NotCorrectableError(event=command.event, reason="no_moment")
    _check_order(command, attempt, moment)
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
    )
    draft.record(reverted)


def _reconsidered(
    draft: Draft, facts: dict[str, bool | str], applicable: tuple[str, ...]
) -> list[tuple[StageRun, e.Tokens]]:
    """Return the moves of every filed run whose items must be judged again."""
    pulled = wiring(draft.facts.catalogue, applicable).pulled
    moves = []
    for key in sorted(draft.project.runs):
        run = draft.project.runs[key]
        if run.filed_at is None:
            continue
        values = {**facts, "flow": draft.project.flow}
        case = game.Case(values, declined(draft.project, run.unit, pulled))
        move = game.reconsider(draft.net(run), draft.marking(run), case)
        tokens = draft.moved(run, move.marking)
        if tokens.took or tokens.put:
            moves.append((run, tokens))
    return moves


def _touched(draft: Draft, code: str) -> bool:
    return any(
        state.item == code and (state.open is not None or state.granted)
        for state in draft.project.items.values()
    )


def _issued(draft: Draft, run: StageRun, kind: str, code: str) -> bool:
    document = draft.project.documents.get(f"{run.unit}/{kind}")
    return document is not None and document.item == code and document.revoked_at is None


def _resting(draft: Draft, documents: frozenset[str]) -> tuple[str, ...]:
    needs = draft.wires.needs
    return tuple(
        code
        for code in draft.project.applicable
        if needs.get(code, frozenset()) & documents and _touched(draft, code)
    )


def _subject(draft: Draft, number: int) -> e.Event:
    subject = draft.facts.subject
    if subject is None or subject.number != number:
        raise NotCorrectableError(event=number, reason="unknown_event")
    return subject


def _moment(body: e.StepCompleted | e.ItemEnded) -> str | None:
    """Return which moment of the attempt the entry set, if any."""
    if isinstance(body, e.ItemEnded):
        return "ended"
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


def _check_order(command: c.CorrectTime, attempt: Attempt, moment: str) -> None:
    """Keep filed ≤ accepted ≤ decided ≤ ended."""
    times = {**_times(attempt), moment: command.happened_at}
    known = [at for at in times.values() if at is not None]
    if known != sorted(known):
        raise NotCorrectableError(event=command.event, reason="out_of_order")


def _still_held(draft: Draft, body: e.StepCompleted | e.ItemEnded) -> tuple[str, ...]:
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
