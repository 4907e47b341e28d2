"""The rows of a project, made of nothing else, so that each can be made again from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.deadlines import deadlines
from workflows.events import How
from workflows.project import run_key
from workflows.rows import (
    DocumentRow,
    ItemPauseRow,
    ItemRunRow,
    PairRow,
    PairSlotRow,
    ProjectRow,
    Rows,
    StageRunRow,
    TaskRow,
    TimerRow,
    UnitRow,
    WantedRow,
    key_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from workflows.events import TimerArmed
    from workflows.project import (
        Attempt,
        Document,
        ItemState,
        OpenTask,
        Pair,
        Pause,
        Project,
        StageRun,
        Unit,
    )
    from workflows.rows import Row

STAGES_WITH_MILESTONE = range(1, 5)
WANTED, SLOT = ":wanted", ":slot"


def rows(project: Project) -> Rows:
    """Return every derived row of *project*."""
    return Rows({key_of(row): row for row in _all(project)})


def _all(project: Project) -> Iterator[Row]:
    yield from project_rows(project)
    for unit in project.units.values():
        yield from unit_rows(project, unit)
    for run in project.runs.values():
        yield from run_rows(project, run)
    for state in project.items.values():
        yield from attempt_rows(project, state)
        yield from deadlines(project, state)
    for pair in project.pairs.values():
        yield from pair_rows(project, pair)
    for document in project.documents.values():
        yield from document_rows(project, document)


def project_rows(project: Project) -> Iterator[Row]:
    """Yield the project's own row."""
    stages = (run.stage for run in project.runs.values() if run.unit == 0)
    stage = max((stage for stage in stages if stage in STAGES_WITH_MILESTONE), default=0)
    yield ProjectRow(
        project=project.code,
        flow=project.flow,
        township=project.township,
        owner=project.owner,
        agent=project.agent,
        name=project.name.ref,
        status=project.status.value,
        stage=stage,
        catalogue=project.catalogue,
        filed_at=project.filed_at,
        ended_at=project.ended_at,
    )


def unit_rows(project: Project, unit: Unit) -> Iterator[Row]:
    """Yield the row of a building or phase."""
    yield UnitRow(project=project.code, unit=unit.number, stage=unit.stage, name=unit.name.ref)


def run_rows(project: Project, run: StageRun) -> Iterator[Row]:
    """Yield a stage run's row and those of its state bits, tasks and timers."""
    yield from stage_run_rows(project, run)
    yield from wanted_rows(project, run, run.tokens)
    yield from slot_rows(project, run)
    for task in run.tasks.values():
        yield from task_rows(project, task, run)
    for timer in run.timers.values():
        yield from timer_rows(project, timer, run)


def stage_run_rows(project: Project, run: StageRun) -> Iterator[Row]:
    """Yield a stage run's own row."""
    yield StageRunRow(
        project=project.code,
        stage=run.stage,
        unit=run.unit,
        net=run.net,
        slots=run.slots,
        mode=run.mode,
        round=run.round.number,
        opened_at=run.opened_at,
        filed_at=run.filed_at,
        milestone_at=run.milestone_at,
        ended_at=run.ended_at,
    )


def wanted_rows(project: Project, run: StageRun, paths: Iterable[str]) -> Iterator[Row]:
    """Yield a row for each of *paths* that puts an item at its door."""
    for path in paths:
        if path.endswith(WANTED):
            yield WantedRow(
                project=project.code, unit=run.unit, item=item_of(path), stage=run.stage
            )


def _slots(run: StageRun) -> list[str]:
    """Return the codes of the items that hold a slot, sorted, so that each keeps to its number."""
    return sorted(item_of(path) for path in run.tokens if path.endswith(SLOT))


def slot_rows(project: Project, run: StageRun) -> Iterator[Row]:
    """Yield a row for each pair slot that a run's items hold."""
    for slot, item in enumerate(_slots(run), start=1):
        yield PairSlotRow(
            project=project.code,
            stage=run.stage,
            unit=run.unit,
            slot=slot,
            slots=run.slots,
            item=item,
        )


def timer_rows(project: Project, timer: TimerArmed, run: StageRun) -> Iterator[Row]:
    """Yield the row of an armed timer."""
    yield TimerRow(
        project=project.code,
        unit=run.unit,
        path=timer.path,
        stage=run.stage,
        item=timer.item,
        attempt=timer.attempt,
        due_at=timer.due_at,
    )


def item_of(path: str) -> str:
    """Return the item code of a state bit's path.

    >>> item_of("stage_3/pairs_3/S3_05:wanted")
    'S3-05'
    """
    return path.rpartition("/")[2].partition(":")[0].replace("_", "-")


def task_rows(project: Project, open_task: OpenTask, run: StageRun) -> Iterator[Row]:
    """Yield the row of an open task."""
    task = open_task.task
    yield TaskRow(
        project=project.code,
        unit=run.unit,
        path=task.path,
        stage=run.stage,
        item=task.item,
        attempt=task.attempt,
        step=task.path.rpartition("/")[2],
        performer=task.performer,
        department=task.department,
        outcomes=" ".join(task.outcomes),
        person=open_task.person,
        opened_at=open_task.opened_at,
        township=project.township,
        agent=project.agent,
        owner=project.owner,
    )


def attempt_rows(project: Project, state: ItemState) -> Iterator[Row]:
    """Yield the rows of an item's attempts and of their pauses."""
    code, run = project.code, project.runs.get(run_key(state.stage, state.unit))
    before: Attempt | None = None
    for attempt in state.attempts:
        yield _item_run(code, state, attempt, wanted_at(attempt, before, run))
        for pause in attempt.pauses:
            yield _item_pause(code, state, attempt, pause)
        before = attempt


def wanted_at(attempt: Attempt, before: Attempt | None, run: StageRun | None) -> datetime:
    """Return when an attempt could have been filed: see `rows.ItemRunRow`."""
    if before is not None:
        return before.ended_at or attempt.filed_at
    if run is None:
        return attempt.filed_at
    listed = attempt.how in (How.STAGE, How.HELD, How.SERIAL, How.PULLED)
    since = run.filed_at if listed and run.filed_at is not None else run.opened_at
    return min(since, attempt.filed_at)


def _item_run(code: str, state: ItemState, attempt: Attempt, wanted_at: datetime) -> ItemRunRow:
    committed, statutory = attempt.committed, attempt.statutory
    return ItemRunRow(
        project=code,
        unit=state.unit,
        item=state.item,
        attempt=attempt.number,
        stage=state.stage,
        department=attempt.department,
        how=attempt.how.value,
        held=attempt.how is How.HELD,
        alone=attempt.how is How.ALONE,
        pair=attempt.pair,
        status=attempt.status,
        wanted_at=wanted_at,
        filed_at=attempt.filed_at,
        accepted_at=attempt.accepted_at,
        decided_at=attempt.decided_at,
        ended_at=attempt.ended_at,
        result=attempt.result,
        committed_days=None if committed is None else committed.days,
        committed_unit=None if committed is None else committed.unit,
        statutory_days=None if statutory is None else statutory.days,
        statutory_unit=None if statutory is None else statutory.unit,
        recorded_late=attempt.recorded_late,
        received_at=attempt.received_at,
        begun_at=attempt.begun_at,
        extension=attempt.extension,
    )


def _item_pause(code: str, state: ItemState, attempt: Attempt, pause: Pause) -> ItemPauseRow:
    return ItemPauseRow(
        project=code,
        unit=state.unit,
        item=state.item,
        attempt=attempt.number,
        pause=pause.number,
        kind=pause.kind.value,
        counted=pause.counted,
        since=pause.since,
        until=pause.stood_until,
    )


def pair_rows(project: Project, pair: Pair) -> Iterator[Row]:
    """Yield a pair's row."""
    yield PairRow(
        project=project.code,
        pair=pair.id,
        stage=pair.stage,
        unit=pair.unit,
        first=pair.first,
        second=pair.second,
        policy=pair.policy.value,
        status=pair.status.value,
        days_saved=pair.days_saved,
        baseline=pair.baseline,
        round=pair.round,
        proposer=pair.proposer,
        reason=None if pair.reason is None else pair.reason.ref,
        proposed_at=pair.proposed_at,
        started_at=pair.started_at,
        ended_at=pair.ended_at,
    )


def document_rows(project: Project, document: Document) -> Iterator[Row]:
    """Yield the row of a result document."""
    yield DocumentRow(
        project=project.code,
        unit=document.unit,
        document=document.document,
        item=document.item,
        attempt=document.attempt,
        issued_at=document.issued_at,
        valid_until=document.valid_until,
    )


def waiting_rows(project: Project, run: StageRun) -> Iterator[Row]:
    """Yield the attempts of a run's items, whose waiting counts from its opening or filing."""
    for state in project.items.values():
        if (state.stage, state.unit) == (run.stage, run.unit):
            yield from attempt_rows(project, state)
