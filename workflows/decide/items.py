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
from workflows.decide.deadlines import received_at
from workflows.decide.materials import check_materials, left_open
from workflows.decide.stages import dissolve_proposed, follow, settled
from workflows.errors import (
    BackdatedError,
    BeforeLastError,
    CommitmentRefusedError,
    DocumentsMissingError,
    FutureError,
    IllegalPairError,
    ItemNotOpenError,
    ItemNotWantedError,
    ItemStoppedError,
    MandatedError,
    NoSlotError,
    NotDueError,
    PartnerExistsError,
    ReasonRequiredError,
    SamePersonError,
    StillNeededError,
    TaskNotOpenError,
    TaskTakenError,
    UnknownOutcomeError,
    UnknownStageError,
    UnknownUnitError,
)
from workflows.facts import SYSTEM
from workflows.moments import local_date
from workflows.project import SEPARATE, run_key
from workflows.status import Status
from workflows.wiring import home

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.decide.draft import Draft
    from workflows.project import Attempt, OpenTask, Pause, StageRun

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
    _check_person(draft, command, open_task, attempt)
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


def fire_timer(draft: Draft, command: c.FireTimer) -> None:
    """Let a due timer happen; the only one so far is deemed acceptance after silence.

    Raises:
        TaskNotOpenError: If it is not armed.
        NotDueError: If it is too early.
    """
    draft.allow(command)
    run = draft.filed_run(command.item, command.unit)
    item = draft.net(run).items.get(command.item)
    path = "" if item is None else f"{item.path}/{command.timer}"
    armed = run.timers.get(path)
    if armed is None or armed.attempt != command.attempt:
        task = _task_id(command.unit, command.item, command.attempt, command.timer)
        raise TaskNotOpenError(task=task)
    if draft.now < armed.due_at:
        raise NotDueError(timer=command.timer, due_at=armed.due_at.isoformat())
    _fire(draft, run, armed)


def let_silence_speak(draft: Draft, command: c.Command) -> None:
    """Let a timer of the attempt that is due go before *command*, whenever that says it happened.

    Silence is the law's, not the worker's: it says the same whether or not somebody was there to
    record it in time. An earlier deed that nobody entered is said by a correction. Source: XKF32.
    """
    match command:
        case c.StartJointVisit():
            codes = command.items
        case (
            c.CompleteStep() | c.AskSupplement() | c.WithdrawItem() | c.StartProcedure()
            | c.ExtendLimit() | c.GrantByDefault() | c.Tolerate()
        ):  # fmt: skip
            codes = (command.item,)
        case _:
            return
    for code in codes:
        _let_speak(draft, code, command.unit)


def _let_speak(draft: Draft, code: str, unit: int) -> None:
    item = draft.facts.catalogue.items.get(code)
    run = None if item is None else draft.project.runs.get(run_key(item.stage, unit))
    if run is None or run.filed_at is None:
        return
    due = (t for t in run.timers.values() if t.item == code and t.due_at <= draft.now)
    for armed in tuple(due):
        # The firing before it has moved the run's tokens.
        _fire(draft, draft.project.runs[run.key], armed)


def _fire(draft: Draft, run: StageRun, armed: e.TimerArmed) -> None:
    attempt = draft.state(armed.item, run.unit).attempts[-1]
    move = game.fire(draft.net(run), draft.marking(run), armed.path, draft.case(run.unit))
    body = e.TimerFired(
        stage=run.stage,
        unit=run.unit,
        item=armed.item,
        attempt=attempt.number,
        timer=armed.path.rpartition("/")[2],
        due_at=armed.due_at,
        status=Status.ACCEPTED,
        accepted_at=received_at(attempt),
        tokens=draft.moved(run, move.marking),
    )
    # A timer armed after its due day (the file was received late) is due at once, not before.
    at = max(armed.due_at, attempt.last_at)
    draft.record(body, at, SYSTEM)
    if move.ended:
        follow(draft, run.key, move.ended, at)


def withdraw(draft: Draft, command: c.WithdrawItem) -> None:
    """End the running attempt at the owner's wish.

    Raises:
        ItemNotOpenError: If none is running.
    """
    draft.item(command.item)
    draft.allow(command)
    run = draft.filed_run(command.item, command.unit)
    attempt = draft.state(command.item, run.unit).open
    if attempt is None:
        raise ItemNotOpenError(item=command.item, unit=run.unit)
    move = settled(draft, run, game.cancel(draft.net(run), draft.marking(run), command.item))
    body = e.ItemWithdrawn(
        stage=run.stage,
        unit=run.unit,
        item=command.item,
        attempt=attempt.number,
        reason=command.reason,
        tokens=draft.moved(run, move.marking),
    )
    draft.record(body)
    follow(draft, run.key, move.ended, draft.now)


def decline(draft: Draft, command: c.DeclineItem) -> None:
    """Leave a pairable or free item out (不办).

    Raises:
        UnknownUnitError, UnknownStageError: If the unit does not run the item's stage.
        MandatedError: If it is mandated, serial or pulled in.
        StillNeededError: If a wanted item needs a document that only this one produces.
        ItemNotWantedError: If it is settled or under way.
    """
    item = draft.item(command.item)
    draft.allow(command)
    _check_home(draft, item.stage, command.unit)
    if item.ordered:
        raise MandatedError(item=item.code, coupling=item.coupling.value)
    if item.code in draft.wires.pulled:
        needed_by, document = draft.wires.pulled[item.code]
        raise MandatedError(
            item=item.code, coupling="pulled_in", needed_by=needed_by, document=document
        )
    state = draft.state(item.code, command.unit)
    if state.declined or state.granted or state.open is not None:
        _refuse_settled(item.code, granted=state.granted, declined=state.declined)
    _check_not_needed(draft, item.code, command.unit)
    dissolve_proposed(draft, item.code, command.unit, "declined")
    _record_declined(draft, command, item.stage)


def _check_home(draft: Draft, stage: int, unit: int) -> None:
    """Refuse a unit that does not exist, or that leaves the stage to the whole project."""
    if unit not in draft.project.units:
        raise UnknownUnitError(unit=unit, units=sorted(draft.project.units))
    if home(draft.project, unit, stage) != unit:
        raise UnknownStageError(stage=stage, unit=unit)


def _record_declined(draft: Draft, command: c.DeclineItem, stage: int) -> None:
    """Settle it now when its stage is filed; otherwise it is left out when its stage is."""
    run = draft.project.runs.get(run_key(stage, command.unit))
    tokens = None
    move = None
    if run is not None and run.filed_at is not None:
        check_wanted(draft, run, command.item)
        move = game.decline(draft.net(run), draft.marking(run), command.item, draft.case(run.unit))
        tokens = draft.moved(run, move.marking)
    body = e.ItemDeclined(
        stage=stage,
        unit=command.unit,
        item=command.item,
        reason=command.reason,
        tokens=tokens,
    )
    draft.record(body)
    if run is not None and move is not None:
        follow(draft, run.key, move.ended, draft.now)


def find_task(draft: Draft, command: c.CompleteStep | c.TaskCommand) -> tuple[StageRun, OpenTask]:
    """Return the open task that a command names, and its run.

    Raises:
        TaskNotOpenError: If it is unknown, completed, or of an older attempt.
    """
    run = draft.filed_run(command.item, command.unit)
    item = draft.net(run).items.get(command.item)
    path = "" if item is None else f"{item.path}/{command.step}"
    found = run.tasks.get(path)
    if found is None or found.task.attempt != command.attempt:
        raise TaskNotOpenError(task=id_of(command))
    return run, found


def check_time(draft: Draft, attempt: Attempt, at: datetime, reason: c.Note | None) -> None:
    """Refuse a time after its recording or before the attempt's last transition.

    Raises:
        FutureError, BeforeLastError: Naming both times.
        BackdatedError: If it is recorded on a later legal date, and nobody says why.
    """
    if at > draft.now:
        raise FutureError(happened_at=at.isoformat(), recorded_at=draft.now.isoformat())
    if at < attempt.last_at:
        raise BeforeLastError(happened_at=at.isoformat(), last_at=attempt.last_at.isoformat())
    if reason is None and local_date(at) < local_date(draft.now):
        raise BackdatedError(happened_at=at.isoformat(), recorded_at=draft.now.isoformat())


def check_not_stopped(code: str, attempt: Attempt, at: datetime | None = None) -> None:
    """Refuse while a pause stops the attempt's clock, and a deed dated into a suspension.

    Raises:
        ItemStoppedError: Naming the procedure or the kind of pause.
    """
    for pause in attempt.pauses:
        if not pause.counted and (pause.until is None or _meanwhile(pause, at)):
            raise ItemStoppedError(item=code, kind=pause.procedure or pause.kind.value)


def _meanwhile(pause: Pause, at: datetime | None) -> bool:
    """Tell whether *at* lies inside a suspension that is over; of other pauses, order says so."""
    if pause.kind is not e.PauseKind.SUSPENSION or pause.until is None or at is None:
        return False
    return pause.since < at < pause.until


def _check_person(
    draft: Draft, command: c.CompleteStep, open_task: OpenTask, attempt: Attempt
) -> None:
    actor = draft.facts.actor.id
    performer = open_task.task.performer
    if open_task.person is not None and open_task.person != actor:
        raise TaskTakenError(task=id_of(command), person=open_task.person)
    check_separate(attempt, performer, actor)


def check_separate(attempt: Attempt, performer: str, person: str) -> None:
    """Refuse a duty to a person who did another of the three on this attempt (三分离).

    Raises:
        SamePersonError: Naming both duties.
    """
    other = attempt.duties.get(person, performer)
    if performer in SEPARATE and other != performer:
        raise SamePersonError(actor=person, duty=performer, other_duty=other)


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


def _check_not_needed(draft: Draft, code: str, unit: int) -> None:
    """Refuse to decline the only producer of a document that a wanted item waits for.

    Units that leave the item's stage to *unit* wait for it too.
    """
    stage = draft.facts.catalogue.items[code].stage
    gone = draft.case(unit).declined | {code}
    for document in draft.facts.catalogue.items[code].produces:
        if all(producer in gone for producer in draft.wires.producers[document]):
            for number in sorted(draft.project.units):
                if home(draft.project, number, stage) == unit:
                    _check_nobody_waits(draft, code, document, number)


def _check_nobody_waits(draft: Draft, code: str, document: str, unit: int) -> None:
    settled = draft.case(unit).declined | {code}
    for other, needs in draft.wires.needs.items():
        if document in needs and other not in settled:
            place = home(draft.project, unit, draft.facts.catalogue.items[other].stage)
            if not draft.state(other, place).granted:
                raise StillNeededError(item=code, needed_by=other, document=document)


def _refuse_settled(code: str, *, granted: bool, declined: bool) -> None:
    state = "granted" if granted else "declined" if declined else "running"
    raise ItemNotWantedError(item=code, state=state)


def id_of(command: c.CompleteStep | c.TaskCommand) -> str:
    """Return the id of the task that a command names, as lists and addresses have it."""
    return _task_id(command.unit, command.item, command.attempt, command.step)


def _task_id(unit: int, item: str, attempt: int, step: str) -> str:
    return f"{unit}/{item}/{attempt}/{step}"
