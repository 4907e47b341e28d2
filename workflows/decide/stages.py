"""Stages: their joint application, and what follows when tokens have moved in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn import tokens as game
from bpmn.diagram import Result
from workflows import events as e
from workflows import papers
from workflows.catalogue.values import Coupling
from workflows.decide.materials import holding, left_open
from workflows.errors import StageFiledError
from workflows.moments import local_date, months_later
from workflows.project import PairStatus, Round, StageRun, run_key
from workflows.status import Status, end_status
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bpmn.net import Net
    from workflows import commands as c
    from workflows.catalogue.values import DocumentKind
    from workflows.decide.draft import Draft

FILED = "filed"
_NO_ROUND = Round(number=0, opened_by=0)


def file_stage(draft: Draft, command: c.FileStage) -> None:
    """Take the stage's joint application: list the mandated set and file what can be filed.

    Raises:
        StageFiledError: If it was filed before.
    """
    run = draft.run(command.stage, command.unit)
    draft.allow(command)
    if run.filed_at is not None:
        raise StageFiledError(stage=run.stage, unit=run.unit)
    net = draft.net(run)
    intake = game.complete(net, draft.marking(run), _intake(run), draft.case(run.unit), FILED)
    _file(draft, run, net, intake.marking)
    follow(draft, run.key, (), draft.now)


def open_stage(draft: Draft, stage: int, unit: int, at: datetime) -> None:
    """Open a stage run on the net in force; one without a joint intake is filed at once."""
    net_hash = draft.facts.in_force[f"stage_{stage}"]
    net = draft.facts.nets[net_hash]
    pairing = next((b.pairing for b in net.blocks.values() if b.pairing.slots), None)
    opened = StageRun(
        stage=stage,
        unit=unit,
        net=net_hash,
        slots=0 if pairing is None else pairing.slots,
        mode="rounds" if pairing is None else pairing.mode,
        tokens=frozenset(),
        opened_at=at,
        round=_NO_ROUND,
    )
    start = game.start(net, draft.case(unit))
    body = e.StageOpened(
        stage=stage,
        unit=unit,
        net=net_hash,
        slots=opened.slots,
        mode=opened.mode,
        tokens=draft.moved(opened, start.marking),
    )
    draft.record(body, at)
    run = draft.run(stage, unit)
    if not run.tasks:
        _file(draft, run, net, start.marking)
        follow(draft, run.key, (), at)


def follow(
    draft: Draft,
    key: str,
    ended: tuple[tuple[str, Result], ...],
    at: datetime,
) -> None:
    """Record what a move of one run's tokens brought about: ends, documents, milestone, releases.

    Args:
        ended: (item, result) of each attempt that the move ended.
        at: When it happened. Entries may be back-dated, so what rests on several of them happens
            when the last one did, whatever the order of recording.
    """
    run = draft.project.runs[key]
    for code, result in ended:
        _end_item(draft, run, code, result.value, at)
    _end_pairs(draft, run, at)
    _reach_milestone(draft, key, at)
    release(draft)
    _end_stage(draft, key, at)


def settled(draft: Draft, run: StageRun, move: game.Move) -> game.Move:
    """Return a move after which what no longer applies is not wanted again.

    Facts may have changed while an attempt ran; it goes on, but nobody files it a second time.
    """
    net, marking, applicable = draft.net(run), move.marking, draft.project.applicable
    wanted = [code for code, item in net.items.items() if marking & item.wanted]
    if all(code in applicable for code in wanted):
        return move
    after = game.reconsider(net, marking, draft.case(run.unit))
    return game.Move(after.marking, move.ended)


def release(draft: Draft) -> None:
    """File every listed, serial or pulled-in item whose last hard document has come."""
    for key in sorted(draft.project.runs):
        run = draft.project.runs[key]
        if run.filed_at is not None and run.ended_at is None:
            for code in _ready_by_itself(draft, run):
                _file_released(draft, draft.project.runs[key], code)


def _file_released(draft: Draft, run: StageRun, code: str) -> None:
    """File it now, even if what it waited for is entered late: nobody could handle it before.

    The five days of acceptance must not begin to run, or be over, before an office can know.
    """
    # A catalogue that came to need it may have found it proposed: it is filed by itself now.
    dissolve_proposed(draft, code, run.unit, "pulled_in")
    run = draft.project.runs[run.key]
    coupling = draft.facts.catalogue.items[code].coupling
    how = e.How.SERIAL if coupling is Coupling.SERIAL else e.How.HELD
    filing = draft.filing(code, run.unit, how)
    move = game.open_items(
        draft.net(run),
        draft.marking(run),
        (code,),
        draft.case(run.unit),
        have=draft.at_hand(run.unit),
    )
    tokens = draft.moved(run, move.marking, (filing,))
    body = e.ItemFiled(stage=run.stage, unit=run.unit, filing=filing, tokens=tokens)
    draft.record(body)


def dissolve_proposed(draft: Draft, code: str, unit: int, cause: str) -> None:
    """Dissolve the pair in which an item was only proposed."""
    for pair in list(draft.project.pairs.values()):
        if pair.status is PairStatus.PROPOSED and pair.unit == unit and code in pair.key:
            body = e.PairDissolved(pair=pair.id, stage=pair.stage, unit=unit, cause=cause)
            draft.record(body)


def _latest(at: datetime, *others: datetime | None) -> datetime:
    return max([at, *(other for other in others if other is not None)])


def _ready_by_itself(draft: Draft, run: StageRun) -> list[str]:
    """Return the items that need no one's order: at the door, documents at hand, never tried.

    One whose attempt ended is wanted again, but to file it again is the owner's act.
    """
    net = draft.net(run)
    marking = draft.marking(run)
    pulled = draft.wires.pulled
    at_hand = draft.at_hand(run.unit)
    ready = tuple(
        code
        for code, item in net.items.items()
        if marking & item.wanted
        and (item.block is None or code in pulled)
        and at_hand.issuperset(item.mark.needs)
        and not draft.state(code, run.unit).attempts
    )
    waiting = holding(draft, run.unit, ready)
    return [code for code in ready if code not in waiting]


def _file(draft: Draft, run: StageRun, net: Net, marking: int) -> None:
    """Record the joint application, with *marking* as the intake left it."""
    mandated, pulled = _listed(draft, run)
    filings = tuple(
        draft.filing(code, run.unit, _how(draft, code, pulled))
        for code in _fileable(draft, run, net, marking, {pull.item for pull in pulled})
    )
    at_hand = draft.at_hand(run.unit)
    move = game.open_items(
        net, marking, [f.item for f in filings], draft.case(run.unit), have=at_hand
    )
    at = run.opened_at if run.stage > STAGES else draft.now
    filed = {filing.item for filing in filings}
    waiting = tuple(code for code in mandated if code not in filed)
    materials = holding(draft, run.unit, waiting)
    held = tuple(
        e.Held(
            item=code,
            documents=tuple(d for d in net.items[code].mark.needs if d not in at_hand),
            materials=materials.get(code, ()),
        )
        for code in waiting
    )
    body = e.StageFiled(
        stage=run.stage,
        unit=run.unit,
        mandated=mandated,
        filings=filings,
        held=held,
        pulled_in=pulled,
        left_out=tuple(code for code, item in net.items.items() if move.marking & item.left_out),
        tokens=draft.moved(run, move.marking, filings, at),
    )
    draft.record(body, at)


def _listed(draft: Draft, run: StageRun) -> tuple[tuple[str, ...], tuple[e.PulledIn, ...]]:
    """Return the mandated set of the stage, pulled-in items included, and why those are in it."""
    items = [draft.facts.catalogue.items[code] for code in draft.project.applicable]
    here = [item for item in items if item.stage == run.stage]
    pulls = draft.wires.pulled
    pulled = tuple(
        e.PulledIn(item=item.code, needed_by=pulls[item.code][0], document=pulls[item.code][1])
        for item in here
        if item.code in pulls
    )
    listed = tuple(i.code for i in here if i.coupling is Coupling.MANDATED or i.code in pulls)
    return listed, pulled


def _fileable(
    draft: Draft, run: StageRun, net: Net, marking: int, pulled: set[str]
) -> tuple[str, ...]:
    at_hand = draft.at_hand(run.unit)
    ready = tuple(
        code
        for code, item in net.items.items()
        if marking & item.wanted
        and (item.block is None or code in pulled)
        and at_hand.issuperset(item.mark.needs)
    )
    waiting = holding(draft, run.unit, ready)
    return tuple(code for code in ready if code not in waiting)


def _how(draft: Draft, code: str, pulled: tuple[e.PulledIn, ...]) -> e.How:
    if any(pull.item == code for pull in pulled):
        return e.How.PULLED
    serial = draft.facts.catalogue.items[code].coupling is Coupling.SERIAL
    return e.How.SERIAL if serial else e.How.STAGE


def _intake(run: StageRun) -> str:
    return next(iter(run.tasks))


def _end_item(draft: Draft, run: StageRun, code: str, result: str, at: datetime) -> None:
    attempt = draft.state(code, run.unit).attempts[-1]
    granted = result == Result.GRANTED.value
    produces = draft.facts.catalogue.items[code].produces if granted else ()
    status = end_status(
        result,
        accepted=attempt.accepted_at is not None,
        tolerant=bool(left_open(draft, code, run.unit, at)),
        needed=attempt.status != Status.NOT_TAKEN,
    )
    body = e.ItemEnded(
        stage=run.stage,
        unit=run.unit,
        item=code,
        attempt=attempt.number,
        result=result,
        status=status,
        issued=issued_on(draft, (run.unit, code, attempt.number), status, produces, at),
    )
    draft.record(body, at)


def issued_on(
    draft: Draft, of: tuple[int, str, int], status: int, kinds: Iterable[str], at: datetime
) -> tuple[e.Issued, ...]:
    """Return documents as they come into being at *at*, numbered and with their digest.

    Args:
        of: Unit, item and attempt that they are the results of.
        status: National status of the grant.
    """
    return tuple(_issue(draft, of, status, kind, at) for kind in kinds)


def _issue(
    draft: Draft, of: tuple[int, str, int], status: int, kind: str, at: datetime
) -> e.Issued:
    unit, item, attempt = of
    project = draft.project
    paper = papers.Paper(
        number=papers.number(project.code, kind, unit, item, attempt),
        document=kind,
        project=project.code,
        owner=project.owner,
        unit=unit,
        item=item,
        attempt=attempt,
        status=int(status),
        issued_on=local_date(at).isoformat(),
        valid_until=_valid_until(draft, kind, at),
        catalogue=project.catalogue,
    )
    return e.Issued(
        document=kind,
        valid_until=paper.valid_until,
        number=paper.number,
        sha256=paper.sha256,
    )


def _valid_until(draft: Draft, kind: str, at: datetime) -> str | None:
    document: DocumentKind = draft.facts.catalogue.documents[kind]
    if document.validity is None:
        return None
    return months_later(local_date(at), document.validity.months).isoformat()


def _end_pairs(draft: Draft, run: StageRun, at: datetime) -> None:
    """End each started pair of the run whose two attempts have ended."""
    for pair in list(draft.project.pairs.values()):
        here = (pair.stage, pair.unit) == (run.stage, run.unit)
        if pair.status is not PairStatus.STARTED or not here:
            continue
        attempts = [
            attempt
            for code in pair.key
            for attempt in draft.state(code, pair.unit).attempts
            if attempt.pair == pair.id
        ]
        if all(attempt.ended_at is not None for attempt in attempts):
            last = _latest(at, *(attempt.ended_at for attempt in attempts))
            draft.record(e.PairEnded(pair=pair.id, stage=pair.stage, unit=pair.unit), last)


def _reach_milestone(draft: Draft, key: str, at: datetime) -> None:
    """Record the milestone once, and open the next stage by the lifecycle."""
    run = draft.project.runs[key]
    if run.milestone_at is not None or f"{draft.net(run).id}:milestone" not in run.tokens:
        return
    stage, unit = run.stage, run.unit
    at = _latest(at, *_ends(draft, run, [i.mark.code for i in draft.net(run).milestone_items]))
    tokens = _lifecycle(draft, f"milestone_{stage}") if unit == 0 else None
    draft.record(e.MilestoneReached(stage=stage, unit=unit, tokens=tokens), at)
    if stage >= STAGES:
        return
    for number, beginning in sorted(draft.project.units.items()):
        begins = number == unit or (unit == 0 and beginning.stage == stage + 1)
        if begins and run_key(stage + 1, number) not in draft.project.runs:
            open_stage(draft, stage + 1, number, at)


def _ends(draft: Draft, run: StageRun, codes: Iterable[str]) -> list[datetime | None]:
    """Return when the run was filed and when the last attempts of *codes* ended."""
    lasts = [draft.state(code, run.unit).attempts[-1:] for code in codes]
    return [run.filed_at, *(attempt.ended_at for last in lasts for attempt in last)]


def _end_stage(draft: Draft, key: str, at: datetime) -> None:
    run = draft.project.runs[key]
    if run.ended_at is not None or f"{draft.net(run).id}:ended" not in run.tokens:
        return
    at = _latest(at, run.milestone_at, *_ends(draft, run, draft.net(run).items))
    tokens = _lifecycle(draft, f"stage_{run.stage}") if run.unit == 0 else None
    draft.record(e.StageEnded(stage=run.stage, unit=run.unit, tokens=tokens), at)
    _complete_project(draft, at)


def _complete_project(draft: Draft, at: datetime) -> None:
    """Complete the project when the lifecycle is through and every unit's last stage has ended."""
    project = draft.project
    lifecycle = draft.facts.nets[project.lifecycle]
    last = [project.runs.get(run_key(STAGES, unit)) for unit in project.units]
    through = f"{lifecycle.id}:ended" in project.lifecycle_tokens
    nothing_open = all(run.ended_at is not None for run in project.runs.values())
    if through and nothing_open and all(run is not None for run in last):
        ends = (run.ended_at for run in project.runs.values())
        draft.record(e.ProjectCompleted(), _latest(at, *ends))


def _lifecycle(draft: Draft, node: str) -> e.Tokens | None:
    """Move the lifecycle: a milestone fires, or a stage completes."""
    project = draft.project
    net = draft.facts.nets[project.lifecycle]
    before = net.marking(project.lifecycle_tokens)
    path = f"{net.id}/{node}"
    case = draft.case(0)
    if path not in project.lifecycle_tokens:
        return None  # passed before; the run was opened again by a revocation or by new facts
    if node.startswith("milestone"):
        after = game.fire(net, before, path, case).marking
    else:
        after = game.complete(net, before, path, case).marking
    return e.Tokens(took=net.paths(before & ~after), put=net.paths(after & ~before))
