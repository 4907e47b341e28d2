"""Single items: filing, their steps and timers, withdrawing and declining."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from bpmn.diagram import Result, Step
from bpmn.errors import SlotsTakenError
from workflows import commands as c
from workflows import events as e
from workflows import pairing
from workflows.catalogue.values import Coupling
from workflows.decide.materials import check_materials, left_open
from workflows.decide.open_tasks import check_not_stopped, check_person, check_time, find_task
from workflows.decide.stages import dissolve_proposed, follow, settled
from workflows.errors import (
    CommitmentRefusedError,
    DocumentsMissingError,
    IllegalPairError,
    ItemNotWantedError,
    NoSlotError,
    PartnerExistsError,
    ReasonRequiredError,
    UnknownOutcomeError,
)
from workflows.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, StageRun

COMMITTED = "committed"
REFUSED = "refused"
NOT_NEEDED = "not_needed"
NO_COMMITMENT = "black"


def file_item(draft: Draft, command: c.FileItem) -> None:
    """File one item by itself: free, again, as the odd one with a slot, or alone without one.

    Raises:
        ItemNotWantedError: If it is settled or under way.
        DocumentsMissingError: If a hard document does not exist yet.
        MaterialsMissingError: If materials are missing and the local rule asks for them.
        PartnerExistsError: If a single has a legal ready partner and no reason was given.
        NoSlotError: If a single finds no slot.
    """
    draft.item(command.item)
    draft.allow(command, draft.facts.catalogue.items[command.item].department)
    run = draft.filed_run(command.item, command.unit)
    marking = _wanted_again(draft, run, command.item)
    if marking is None:
        check_wanted(draft, run, command.item)
    check_documents(draft, run, command.item)
    check_materials(draft, command.item, run.unit)
    how = _how(draft, command)
    # Filing alone is a right: a pair that was only proposed gives way.
    dissolve_proposed(draft, command.item, run.unit, "filed_alone")
    run = draft.project.runs[run.key]
    slot = how is e.How.SINGLE
    if slot:
        _check_single(draft, run, command)
    filing = draft.filing(command.item, run.unit, how, slot=slot)
    tokens = opened(draft, run, (filing,), marking)
    body = e.ItemFiled(
        stage=run.stage, unit=run.unit, filing=filing, tokens=tokens, reason=command.reason
    )
    draft.record(body)


def _wanted_again(draft: Draft, run: StageRun, code: str) -> int | None:
    """Return the marking with a declined item at its door again, if a mandated one came to need it.

    A catalogue or facts that changed may pull in what its owner was free to decline before.
    """
    item = draft.net(run).items.get(code)
    if item is None or code not in draft.wires.pulled or not draft.state(code, run.unit).declined:
        return None
    if f"{item.path}:left_out" not in run.tokens:
        return None
    return game.want(draft.net(run), draft.marking(run), code, draft.case(run.unit)).marking


def opened(
    draft: Draft, run: StageRun, filings: tuple[e.Filing, ...], marking: int | None = None
) -> e.Tokens:
    """Return the move that begins the attempts of *filings* together.

    Args:
        marking: To begin with, where it is not the run's own.

    Raises:
        NoSlotError: If they need slots and find none.
    """
    slots = any(filing.slot for filing in filings)
    try:
        move = game.open_items(
            draft.net(run),
            draft.marking(run) if marking is None else marking,
            [filing.item for filing in filings],
            draft.case(run.unit),
            have=draft.at_hand(run.unit),
            slots=slots,
        )
    except SlotsTakenError as error:
        raise NoSlotError(stage=run.stage, unit=run.unit, **error.params) from error
    return draft.moved(run, move.marking, filings)


def check_wanted(draft: Draft, run: StageRun, code: str) -> None:
    """Refuse an item that does not stand at its door.

    Raises:
        ItemNotWantedError: With the state that it is in instead.
    """
    item = draft.net(run).items.get(code)
    if item is not None and f"{item.path}:wanted" in run.tokens:
        return
    state = draft.state(code, run.unit)
    if state.granted:
        raise ItemNotWantedError(item=code, state="granted")
    if state.open is not None:
        raise ItemNotWantedError(item=code, state="running")
    if state.declined:
        raise ItemNotWantedError(item=code, state="declined")
    missing = missing_documents(draft, run, code)
    if missing:
        raise DocumentsMissingError(item=code, documents=missing)
    raise ItemNotWantedError(item=code, state="left_out")


def missing_documents(draft: Draft, run: StageRun, code: str) -> tuple[str, ...]:
    """Return the hard document kinds that hold an item now, in the definition's order."""
    item = draft.net(run).items.get(code)
    needs = () if item is None else item.mark.needs
    at_hand = draft.at_hand(run.unit)
    return tuple(document for document in needs if document not in at_hand)


def check_documents(draft: Draft, run: StageRun, code: str) -> None:
    """Refuse an item whose hard documents do not exist.

    Raises:
        DocumentsMissingError: Naming them.
    """
    missing = missing_documents(draft, run, code)
    if missing:
        raise DocumentsMissingError(item=code, documents=missing)


def complete_step(draft: Draft, command: c.CompleteStep) -> None:
    """Complete one open step of an attempt.

    Raises:
        TaskNotOpenError, TaskTakenError, UnknownOutcomeError, SamePersonError, FutureError,
        BeforeLastError, BackdatedError, CommitmentRefusedError, ReasonRequiredError: By the rule
        that is broken; access comes first.
    """
    run, open_task = find_task(draft, command)
    task = open_task.task
    draft.allow(command, task.department, task.performer)
    attempt = draft.state(command.item, run.unit).attempts[-1]
    at = command.happened_at or draft.now
    check_person(draft, command, open_task, attempt)
    check_not_stopped(command.item, attempt, at)
    check_time(draft, attempt, at, command.reason)
    _check_outcome(draft, command, task.outcomes)
    net = draft.net(run)
    case = draft.case(run.unit)
    move = game.complete(net, draft.marking(run), task.path, case, command.outcome)
    move = settled(draft, run, move)
    step = net.node(task.path).step
    refused = any(result is not Result.GRANTED for _, result in move.ended)
    status = _status_after(attempt, step, command.outcome, refused=refused)
    body = e.StepCompleted(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        step=command.step,
        performer=task.performer,
        outcome=command.outcome,
        status=_tolerant(draft, command, status, at),
        tokens=draft.moved(run, move.marking),
        reason=command.reason,
    )
    draft.record(body, at)
    if move.ended:
        follow(draft, run.key, move.ended, at)


def _check_outcome(draft: Draft, command: c.CompleteStep, outcomes: tuple[str, ...]) -> None:
    """Refuse an outcome that the step does not know, or that lacks what it calls for."""
    if command.outcome not in outcomes:
        raise UnknownOutcomeError(
            task=command.step, outcome=command.outcome, outcomes=list(outcomes)
        )
    if command.outcome in {REFUSED, NOT_NEEDED} and command.reason is None:
        raise ReasonRequiredError(item=command.item, step=command.step)
    if command.outcome == COMMITTED:
        _check_commitment(draft, command.item)


def _status_after(attempt: Attempt, step: Step | None, outcome: str, *, refused: bool) -> int:
    """Return the national status after a step; a commitment is accepted when it is signed."""
    if outcome == NOT_NEEDED:
        return Status.NOT_TAKEN  # 不受理: which of the two refusals it is, only the step knows
    if refused or step is None:
        return attempt.status  # the end of the attempt says more
    if outcome == COMMITTED:
        return Status.ACCEPTED
    # A receipt that is noted after a supplement takes nothing back.
    return attempt.status if step.status == Status.RECEIVED else step.status


def _tolerant(draft: Draft, command: c.CompleteStep, status: int, at: datetime) -> int:
    """Return *status*, or that of a grant whose tolerated materials are still owed."""
    if status == Status.GRANTED and left_open(draft, command.item, command.unit, at):
        return Status.GRANTED_TOLERANT
    return status


def _check_commitment(draft: Draft, code: str) -> None:
    """Refuse commitment where it is not offered or the owner is on the black list."""
    standing = draft.facts.credit.get(draft.project.owner, "ordinary")
    if not draft.facts.catalogue.items[code].commitment or standing == NO_COMMITMENT:
        raise CommitmentRefusedError(item=code, standing=standing)


def _how(draft: Draft, command: c.FileItem) -> e.How:
    item = draft.facts.catalogue.items[command.item]
    if item.code in draft.wires.pulled and not draft.state(item.code, command.unit).attempts:
        return e.How.PULLED
    if item.ordered or item.code in draft.wires.pulled:
        return e.How.AGAIN
    if item.coupling is Coupling.FREE:
        return e.How.FREE
    return e.How.SINGLE if command.single else e.How.ALONE


def _check_single(draft: Draft, run: StageRun, command: c.FileItem) -> None:
    view = pairing.view(draft.project, run, draft.facts)
    check_beside_holders(view, command.item)
    partners = pairing.ready_partners(view, command.item)
    if partners and command.reason is None and not view.holders:
        raise PartnerExistsError(item=command.item, partners=list(partners))


def check_beside_holders(view: pairing.View, code: str) -> None:
    """Refuse a newcomer that has a document path to an item that holds a slot.

    In rounds nobody joins a holder: for want of a slot the core refuses it by itself.

    Raises:
        IllegalPairError: Naming the holder and the document.
    """
    for holder in view.holders if view.run.mode == "rolling" else ():
        why = pairing.why_not_beside(view, code, holder)
        if why is not None:
            raise IllegalPairError(
                **{"first": code, "second": holder, "rule": why.rule, **why.params}
            )
