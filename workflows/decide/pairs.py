"""Pairs of a stage run: proposed or drawn, started together, dissolved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows import events as e
from workflows import pairing
from workflows.decide.items import check_beside_holders, missing_documents, opened
from workflows.decide.materials import check_materials
from workflows.decide.stages import dissolve_proposed
from workflows.errors import (
    DrawnAlreadyError,
    IllegalPairError,
    NoSlotError,
    NothingToDrawError,
    PairNotReadyError,
    PairStateError,
    StageNotFiledError,
    UnknownPairError,
    UnknownPolicyError,
)
from workflows.project import PairStatus

if TYPE_CHECKING:
    from workflows import commands as c
    from workflows.decide.draft import Draft
    from workflows.project import Pair, StageRun


def propose(draft: Draft, command: c.ProposePair) -> None:
    """Propose two items that someone chose or a plan suggests.

    Raises:
        UnknownPolicyError: If the policy is not one by which a person proposes.
        IllegalPairError: With the rule, and the document if one stands between them.
    """
    draft.allow(command)
    draft.item(command.first)
    draft.item(command.second)
    run = draft.filed_run(command.first, command.unit)
    view = pairing.view(draft.project, run, draft.facts)
    _check_legal(view, command.first, command.second)
    two = (command.first, command.second)
    _record_proposed(draft, run, two, _policy(command), reason=command.reason)


def draw(draft: Draft, command: c.DrawPair) -> None:
    """Draw the round's pair by lot among all legal ready pairs.

    Raises:
        DrawnAlreadyError: If the round has had its draw.
        NoSlotError: If the round's pair is still running.
        NothingToDrawError: If no legal ready pair is left.
    """
    draft.allow(command)
    run = draft.run(command.stage, command.unit)
    if run.filed_at is None:
        raise StageNotFiledError(stage=run.stage, unit=run.unit)
    if run.round.drawn:
        raise DrawnAlreadyError(stage=run.stage, unit=run.unit, round=run.round.number)
    view = pairing.view(draft.project, run, draft.facts)
    if view.holders and run.mode == "rounds":
        raise NoSlotError(
            stage=run.stage, unit=run.unit, reason="round_running", holders=view.holders
        )
    drawn = pairing.draw(view, draft.facts.entropy)
    if drawn is None:
        raise NothingToDrawError(stage=run.stage, unit=run.unit, round=run.round.number)
    first, second, _ = drawn.candidates[0]
    for code in (first, second):
        dissolve_proposed(draft, code, run.unit, "drawn")
    _record_proposed(draft, run, (first, second), e.Policy.DRAWN, drawn=drawn)


def start(draft: Draft, command: c.StartPair) -> None:
    """File both members at the same instant, each with a slot.

    Raises:
        PairStateError: If the pair is not proposed.
        PairNotReadyError: If a hard document of a member is missing.
        MaterialsMissingError: If its materials are, and the local rule asks for them.
        IllegalPairError: If the two may no longer be paired, under a catalogue or facts that
            changed since, or a member may not run beside an item that holds a slot.
        NoSlotError: If a round is running or no two slots are free.
    """
    draft.allow(command)
    pair = _proposed(draft, command.pair)
    run = draft.run(pair.stage, pair.unit)
    for code in pair.key:
        missing = missing_documents(draft, run, code)
        if missing:
            raise PairNotReadyError(pair=pair.id, item=code, documents=list(missing))
        check_materials(draft, code, run.unit)
    view = pairing.view(draft.project, run, draft.facts)
    _check_legal(replace(view, bound={}), *pair.key)
    for code in pair.key:
        check_beside_holders(view, code)
    first, second = (draft.filing(code, pair.unit, e.How.PAIR, slot=True) for code in pair.key)
    body = e.PairStarted(
        pair=pair.id,
        stage=pair.stage,
        unit=pair.unit,
        filings=(first, second),
        tokens=opened(draft, run, (first, second)),
    )
    draft.record(body)


def dissolve(draft: Draft, command: c.DissolvePair) -> None:
    """Give up a proposed pair; a started one goes on to its end.

    Raises:
        PairStateError: If the pair is not proposed.
    """
    draft.allow(command)
    pair = _proposed(draft, command.pair)
    body = e.PairDissolved(
        pair=pair.id, stage=pair.stage, unit=pair.unit, cause="asked", reason=command.reason
    )
    draft.record(body)


def _proposed(draft: Draft, pair_id: str) -> Pair:
    pair = draft.project.pairs.get(pair_id)
    if pair is None:
        raise UnknownPairError(pair=pair_id)
    if pair.status is not PairStatus.PROPOSED:
        raise PairStateError(pair=pair_id, status=pair.status.value)
    return pair


def _policy(command: c.ProposePair) -> e.Policy:
    """Return the policy of a proposal; only the lot itself makes a pair a drawn one."""
    allowed = [e.Policy.CHOSEN.value, e.Policy.PLANNED.value]
    if command.policy not in allowed:
        raise UnknownPolicyError(policy=command.policy, policies=allowed)
    return e.Policy(command.policy)


def _check_legal(view: pairing.View, first: str, second: str) -> None:
    why = pairing.why_not(view, first, second)
    if why is not None:
        params = {"first": first, "second": second, **why.params}
        raise IllegalPairError(rule=why.rule, **params)


def _record_proposed(  # noqa: PLR0913 - who, where and why of one proposal
    draft: Draft,
    run: StageRun,
    items: tuple[str, str],
    policy: e.Policy,
    *,
    reason: c.Note | None = None,
    drawn: e.Draw | None = None,
) -> None:
    first, second = pairing.key(*items)
    body = e.PairProposed(
        pair=f"P{len(draft.project.pairs) + 1}",
        stage=run.stage,
        unit=run.unit,
        first=first,
        second=second,
        policy=policy,
        days_saved=pairing.days_saved(draft.facts.catalogue, first, second),
        baseline=pairing.BASELINE,
        draw=drawn,
        reason=reason,
    )
    draft.record(body)
