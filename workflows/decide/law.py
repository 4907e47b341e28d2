"""Decisions about what stands: longer limits, lapses, results taken back, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from bpmn.diagram import Result
from workflows import applicability
from workflows import events as e
from workflows.clock import clock
from workflows.deadlines import answer_by
from workflows.decide.pauses import check_approved, check_undecided, running
from workflows.decide.projects import check_facts
from workflows.decide.stages import dissolve_proposed, follow, settled
from workflows.errors import (
    AnswerNotDueError,
    ExtensionError,
    ExtensionUnitError,
    FutureError,
    NoAnswerDayError,
    NotExtendableError,
    NotGrantedError,
    NotStoppedError,
)
from workflows.moments import local_date
from workflows.project import ProjectStatus
from workflows.status import Status
from workflows.wiring import declined, wiring

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import StageRun


def extend(draft: Draft, command: c.ExtendLimit) -> None:
    """Lengthen the limit of a running attempt, once, while it lasts.

    One that was approved while it lasted may be entered when it is over.

    Raises:
        FutureError: If it is to happen later than now.
        ApprovalRequiredError: If nobody has approved it.
        OwnApprovalError, UnknownApproverError, UnfitApproverError: If the asker has, nobody who is
            known, or nobody who may.
        NotExtendableError: If no article lets the item's limit be extended.
        ExtensionError: If no limit runs, it was extended, is decided or over, or the days are more
            than the article allows.
        ExtensionUnitError: If the article was adopted since and counts other days than the limit.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    check_approved(draft, command.approved_by, "extension", attempt.department)
    rule = draft.facts.catalogue.items[command.item].extension
    if rule is None:
        raise NotExtendableError(item=command.item)
    at = command.happened_at or draft.now
    if at > draft.now:
        raise FutureError(happened_at=at.isoformat(), recorded_at=draft.now.isoformat())
    limit = clock(attempt, draft.facts.calendar, local_date(at)).committed
    lasts = limit is not None and not limit.overdue and at >= (attempt.accepted_at or at)
    possible = lasts and not attempt.extension
    if not possible or attempt.decided_at or not 1 <= command.days <= rule.days:
        raise ExtensionError(
            item=command.item, days=command.days, longest=rule.days, source=rule.source
        )
    if attempt.committed is not None and attempt.committed.unit != rule.unit:
        # The attempt keeps the limits of its filing, the catalogue may have changed since.
        raise ExtensionUnitError(
            item=command.item, limit=attempt.committed.unit, extension=rule.unit.value
        )
    body = e.LimitExtended(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        days=command.days,
        source=rule.source,
        approved_by=command.approved_by,
        reason=command.reason,
    )
    draft.record(body, at)


def lapse(draft: Draft, command: c.LapseItem) -> None:
    """End an attempt whose supplement went unanswered.

    Raises:
        DecidedError: If the department has decided.
        NotStoppedError: If no supplement is open.
        NoAnswerDayError: If the owner was told no day up to which to answer.
        AnswerNotDueError: If the owner may still answer it.
    """
    run, attempt = running(draft, command.item, command.unit, command.attempt)
    draft.allow(command, attempt.department)
    check_undecided(command.item, attempt)
    asked = [p for p in attempt.open_pauses if p.kind is e.PauseKind.SUPPLEMENT]
    if not asked:
        raise NotStoppedError(item=command.item, kind=e.PauseKind.SUPPLEMENT.value)
    last = answer_by(attempt, asked[0])
    if last is None:
        raise NoAnswerDayError(item=command.item)
    if local_date(draft.now) <= last:
        raise AnswerNotDueError(item=command.item, last=last.isoformat())
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

    The item is wanted again. In a project that has ended it is not: the project stays ended, and
    whoever wants the result has to file a new one.

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
    body = e.ItemRevoked(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        status=Status.REVOKED,
        documents=documents,
        resting=_resting(draft, frozenset(documents)),
        reason=command.reason,
        tokens=_reopening(draft, run, command.item),
    )
    draft.record(body)
    if draft.project.status is ProjectStatus.RUNNING:
        follow(draft, run.key, (), draft.now)


def _reopening(draft: Draft, run: StageRun, code: str) -> e.Tokens:
    """Return the move that has a revoked item wanted again; none once the project has ended."""
    if draft.project.status is not ProjectStatus.RUNNING:
        return e.Tokens(took=(), put=())
    move = game.reopen(draft.net(run), draft.marking(run), code, draft.case(run.unit))
    return draft.moved(run, settled(draft, run, move).marking)


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
    """Return what runs or was granted and asks for *documents*, as a need or as a material."""
    return tuple(
        code
        for code in draft.project.applicable
        if any(
            (state.open is not None or state.granted)
            and _asked(draft, code).difference(state.attempts[-1].without) & documents
            for state in draft.project.items.values()
            if state.item == code
        )
    )


def _asked(draft: Draft, code: str) -> frozenset[str]:
    """Return the document kinds that an item builds on: by needs of either strength, as papers."""
    catalogue = draft.facts.catalogue
    item = catalogue.items[code]
    papers = (catalogue.materials[each].document for each in item.materials)
    return frozenset((*(need.document for need in item.needs), *filter(None, papers)))
