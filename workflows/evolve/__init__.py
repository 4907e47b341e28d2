"""What an event makes of a project. Uses the event alone: no net, no catalogue, no calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from workflows import events as e
from workflows.evolve._adjust import adjusted
from workflows.evolve._changes import (
    RECEIVING,
    attempt_changed,
    attempts_begun,
    items_changed,
    lifecycle_moved,
    moved,
    run_changed,
    runs_moved,
    tokens_moved,
    with_pair,
)
from workflows.evolve._corrections import correction_followed, pause_corrected
from workflows.evolve._law import set_right
from workflows.evolve._papers import filed_papers
from workflows.evolve._pauses import paused_or_resumed, suspended_or_resumed
from workflows.frozen import replace
from workflows.project import (
    SEPARATE,
    Attempt,
    Document,
    ItemState,
    Pair,
    PairStatus,
    Project,
    ProjectStatus,
    Round,
    StageRun,
    Unit,
    item_key,
    run_key,
)
from workflows.status import end_status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["evolve"]

# BLZT with which a step accepts: by the window, or beyond; 7 and 10 only end a pause.
ACCEPTED = frozenset({3, 8, 11, 12})
# Whose taking a task in hand begins the work on an attempt: those beyond the window.
WORKING = frozenset({"department", "inspector", "external"})
DECIDING = ("decide", "decide_on_commitment", "opinion", "plan")


def evolve(project: Project | None, event: e.Event) -> Project:
    """Return the project after *event*; the first event of a stream makes it.

    Raises:
        ValueError: If the event is not the next of the stream.
    """
    body = event.body
    if project is None and event.number == 1 and isinstance(body, e.ProjectFiled):
        return _filed(body, event)
    if project is None or event.number != project.number + 1:
        have = 0 if project is None else project.number
        message = f"event {event.number} does not follow event {have}"
        raise ValueError(message)
    after = _evolved(project, body, event)
    return replace(after, number=event.number, last_at=event.recorded_at)


def _filed(body: e.ProjectFiled, event: e.Event) -> Project:
    return Project(
        code=body.code,
        flow=body.flow,
        facts=body.facts,
        township=body.township,
        owner=body.owner,
        name=body.name,
        catalogue=body.catalogue,
        lifecycle=body.lifecycle,
        lifecycle_tokens=frozenset(body.tokens.put),
        applicable=body.applicable,
        number=event.number,
        filed_at=event.happened_at,
        last_at=event.recorded_at,
        units={0: Unit(number=0, stage=1, name=body.name)},
    )


def _evolved(project: Project, body: e.Body, event: e.Event) -> Project:  # noqa: C901, PLR0912
    """One line an event: the table of contents of this module."""
    at = event.happened_at
    match body:
        case e.ProjectFiled():
            raise ValueError("a project is filed once")
        case e.AgentAssigned():
            return replace(project, agent=body.agent)
        case e.StageOpened():
            return _stage_opened(project, body, event)
        case e.StageFiled():
            return _stage_filed(project, body, event)
        case e.ItemFiled():
            project = moved(project, body.stage, body.unit, body.tokens, event)
            # An item wanted again after its stage had ended opens the stage again.
            project = run_changed(project, body, lambda run: replace(run, ended_at=None))
            return attempts_begun(project, body.stage, body.unit, (body.filing,), at)
        case e.StepCompleted():
            return _step_completed(project, body, event)
        case e.TimerFired():
            return _timer_fired(project, body, event)
        case e.ItemEnded():
            return _item_ended(project, body, event)
        case e.ItemWithdrawn():
            return moved(project, body.stage, body.unit, body.tokens, event)
        case e.ItemDeclined():
            return _item_declined(project, body, event)
        case e.MilestoneReached():
            project = lifecycle_moved(project, body.tokens)
            return run_changed(project, body, lambda run: replace(run, milestone_at=at))
        case e.StageEnded():
            project = lifecycle_moved(project, body.tokens)
            return run_changed(project, body, lambda run: replace(run, ended_at=at))
        case e.PairProposed():
            return _pair_proposed(project, body, event)
        case e.PairStarted():
            return _pair_started(project, body, event)
        case e.PairEnded():
            pair = replace(project.pairs[body.pair], status=PairStatus.ENDED, ended_at=at)
            return with_pair(project, pair)
        case e.PairDissolved():
            return _pair_dissolved(project, body, event)
        case e.UnitAdded():
            unit = Unit(number=body.unit, stage=body.stage, name=body.name)
            return replace(project, units={**project.units, body.unit: unit})
        case e.TaskClaimed() | e.TaskAssigned():
            project = _begun(project, body, at)
            return run_changed(project, body, lambda run: _held_by(run, body.path, body.person))
        case e.TaskReleased():
            return run_changed(project, body, lambda run: _held_by(run, body.path, None))
        case e.ItemPaused() | e.ItemResumed():
            return paused_or_resumed(project, body, event)
        case e.ProjectSuspended() | e.ProjectResumed():
            return suspended_or_resumed(project, body, at)
        case (
            e.LimitExtended()
            | e.ItemLapsed()
            | e.ItemRevoked()
            | e.GrantedByDefault()
            | e.FactsChanged()
            | e.TimeCorrected()
            | e.StepReverted()
            | e.ExtensionReverted()
            | e.LapseReverted()
            | e.IssueConfirmed()
        ):
            return set_right(project, body, event)
        case e.PauseCorrected():
            return pause_corrected(project, body)
        case e.CorrectionFollowed():
            return correction_followed(project, body)
        case e.MaterialSupplied() | e.Tolerated() | e.ToleranceMet():
            return filed_papers(project, body, event)
        case e.DeadlineReached():
            return project  # people were told; nothing else came of it
        case e.CatalogueFollowed() | e.TimersRearmed():
            return adjusted(project, body)
        case e.ProjectCompleted():
            return replace(project, status=ProjectStatus.COMPLETED, ended_at=at)
        case e.ProjectWithdrawn():
            return _closed(project, body.closed, ProjectStatus.WITHDRAWN, at)
        case e.ProjectTerminated():
            return _closed(project, body.closed, ProjectStatus.TERMINATED, at)
        case _:
            assert_never(body)


def _stage_opened(project: Project, body: e.StageOpened, event: e.Event) -> Project:
    run = StageRun(
        stage=body.stage,
        unit=body.unit,
        net=body.net,
        slots=body.slots,
        mode=body.mode,
        tokens=frozenset(),
        opened_at=event.happened_at,
        round=Round(number=1, opened_by=event.number),
    )
    run = tokens_moved(run, body.tokens, event)
    return replace(project, runs={**project.runs, run.key: run})


def _stage_filed(project: Project, body: e.StageFiled, event: e.Event) -> Project:
    project = moved(project, body.stage, body.unit, body.tokens, event)
    project = run_changed(
        project,
        body,
        lambda run: replace(
            run,
            mandated=body.mandated,
            pulled_in=body.pulled_in,
            filed_at=event.happened_at,
            round=Round(number=1, opened_by=event.number),
        ),
    )
    return attempts_begun(project, body.stage, body.unit, body.filings, event.happened_at)


def _step_completed(project: Project, body: e.StepCompleted, event: e.Event) -> Project:
    at = event.happened_at
    late = (event.recorded_at - at).total_seconds()

    def stepped(attempt: Attempt) -> Attempt:
        accepted = attempt.accepted_at
        if accepted is None and body.status in ACCEPTED and body.outcome != "refused":
            accepted = at
        return replace(
            attempt,
            status=body.status,
            accepted_at=accepted,
            received_at=attempt.received_at or (at if body.step == RECEIVING else None),
            decided_at=at if body.step in DECIDING else attempt.decided_at,
            last_at=at,
            duties=_duties(attempt, body.performer, event.actor),
            recorded_late=max(attempt.recorded_late, late),
        )

    # In one go: nearly every event is such a step, and a project has many fields.
    return replace(
        project,
        runs=runs_moved(project, body.stage, body.unit, body.tokens, event),
        items=items_changed(project, body.unit, body.item, stepped),
    )


def _duties(attempt: Attempt, performer: str, actor: str) -> dict[str, str]:
    """Keep who did which of the separate duties; several persons may share one of them."""
    if performer not in SEPARATE:
        return attempt.duties
    return {**attempt.duties, actor: performer}


def _timer_fired(project: Project, body: e.TimerFired, event: e.Event) -> Project:
    project = moved(project, body.stage, body.unit, body.tokens, event)

    def fired(attempt: Attempt) -> Attempt:
        accepted = attempt.accepted_at or body.accepted_at
        return replace(
            attempt,
            status=body.status,
            accepted_at=accepted,
            last_at=event.happened_at,
            deemed=attempt.accepted_at is None,
        )

    return attempt_changed(project, body.unit, body.item, fired)


def _item_ended(project: Project, body: e.ItemEnded, event: e.Event) -> Project:
    at = event.happened_at

    def ended(attempt: Attempt) -> Attempt:
        return replace(
            attempt,
            ended_at=at,
            last_at=at,
            result=body.result,
            status=body.status,
            slot=False,
            pauses=tuple(replace(pause, until=pause.until or at) for pause in attempt.pauses),
        )

    project = attempt_changed(project, body.unit, body.item, ended)
    documents = {
        item_key(body.unit, issued.document): Document(
            document=issued.document,
            unit=body.unit,
            item=body.item,
            attempt=body.attempt,
            issued_at=at,
            valid_until=issued.valid_until,
        )
        for issued in body.issued
    }
    return replace(project, documents={**project.documents, **documents})


def _item_declined(project: Project, body: e.ItemDeclined, event: e.Event) -> Project:
    if body.tokens is not None:
        project = moved(project, body.stage, body.unit, body.tokens, event)
    key = item_key(body.unit, body.item)
    state = project.items.get(key) or ItemState(unit=body.unit, stage=body.stage, item=body.item)
    return replace(project, items={**project.items, key: replace(state, declined=True)})


def _pair_proposed(project: Project, body: e.PairProposed, event: e.Event) -> Project:
    run = project.runs[run_key(body.stage, body.unit)]
    pair = Pair(
        id=body.pair,
        stage=body.stage,
        unit=body.unit,
        first=body.first,
        second=body.second,
        policy=body.policy,
        status=PairStatus.PROPOSED,
        days_saved=body.days_saved,
        baseline=body.baseline,
        round=run.round.number,
        proposer=event.actor,
        proposed_at=event.happened_at,
        draw=body.draw,
        reason=body.reason,
    )
    project = with_pair(project, pair)
    if body.policy is not e.Policy.DRAWN:
        return project
    return run_changed(
        project, body, lambda run: replace(run, round=replace(run.round, drawn=True))
    )


def _pair_started(project: Project, body: e.PairStarted, event: e.Event) -> Project:
    at = event.happened_at
    project = moved(project, body.stage, body.unit, body.tokens, event)
    pair = replace(project.pairs[body.pair], status=PairStatus.STARTED, started_at=at)
    project = with_pair(project, pair)
    return attempts_begun(project, body.stage, body.unit, body.filings, at, pair.id)


def _pair_dissolved(project: Project, body: e.PairDissolved, event: e.Event) -> Project:
    pair = project.pairs[body.pair]
    project = with_pair(
        project, replace(pair, status=PairStatus.DISSOLVED, ended_at=event.happened_at)
    )
    if pair.policy is not e.Policy.DRAWN:
        return project

    def excluded(run: StageRun) -> StageRun:
        if run.round.number != pair.round:
            return run
        round_ = replace(run.round, excluded=(*run.round.excluded, pair.key))
        return replace(run, round=round_)

    return run_changed(project, body, excluded)


def _begun(project: Project, body: e.TaskClaimed | e.TaskAssigned, at: datetime) -> Project:
    """Keep when somebody beyond the window first took a task of the attempt in hand."""
    task = project.runs[run_key(body.stage, body.unit)].tasks[body.path].task
    if task.item is None or task.performer not in WORKING:
        return project
    return attempt_changed(
        project, body.unit, task.item, lambda a: replace(a, begun_at=a.begun_at or at)
    )


def _held_by(run: StageRun, path: str, person: str | None) -> StageRun:
    return replace(run, tasks={**run.tasks, path: replace(run.tasks[path], person=person)})


def _closed(
    project: Project,
    closed: Iterable[e.ClosedAttempt],
    status: ProjectStatus,
    at: datetime,
) -> Project:
    """Close every attempt, task, timer and slot in one go."""
    for one in closed:
        project = attempt_changed(
            project,
            one.unit,
            one.item,
            lambda a: _withdrawn(a, at),
        )
    runs = {
        key: replace(run, tokens=frozenset(), tasks={}, timers={}, ended_at=run.ended_at or at)
        for key, run in project.runs.items()
    }
    pairs = {
        key: replace(pair, status=_closed_status(pair), ended_at=at) if pair.live else pair
        for key, pair in project.pairs.items()
    }
    stretches = tuple(replace(each, until=each.until or at) for each in project.suspensions)
    return replace(
        project,
        status=status,
        ended_at=at,
        runs=runs,
        pairs=pairs,
        suspended=False,
        suspensions=stretches,
    )


def _withdrawn(attempt: Attempt, at: datetime) -> Attempt:
    """End an attempt with its project: no clock runs on, none stands still."""
    return replace(
        attempt,
        ended_at=at,
        last_at=at,
        result="withdrawn",
        status=end_status("withdrawn", accepted=attempt.accepted_at is not None),
        slot=False,
        pauses=tuple(replace(pause, until=pause.until or at) for pause in attempt.pauses),
    )


def _closed_status(pair: Pair) -> PairStatus:
    return PairStatus.ENDED if pair.status is PairStatus.STARTED else PairStatus.DISSOLVED
