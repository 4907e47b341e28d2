"""The derived rows of a project: what lists, work-lists and reports read. Never a source of truth.

`rows` is a pure function of the project, so every row can be made again from the log. `changes` is
the difference of two states' rows, found by looking only at what the events between them touched.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from workflows.deadlines import DeadlineRow, deadlines
from workflows.dues import DueRow
from workflows.events import How
from workflows.project import run_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
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

STAGES_WITH_MILESTONE = range(1, 5)
WANTED, SLOT = ":wanted", ":slot"
# All that a project's row, and a stage run's, is made of beside their keys.
_PROJECT = attrgetter(
    "agent", "township", "owner", "name", "flow", "status", "catalogue", "filed_at", "ended_at"
)
_RUN = attrgetter(
    "net", "slots", "mode", "round", "opened_at", "filed_at", "milestone_at", "ended_at"
)
# What the waiting of a run's items counts from.
_BEGUN = attrgetter("opened_at", "filed_at")
# What moves every told day of a project.
_STANDS = attrgetter("status", "suspended", "suspensions")
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project; *stage* is the furthest of stages 1 to 4 that the whole project has opened."""

    table: ClassVar[str] = "project"
    key: ClassVar[tuple[str, ...]] = ("project",)

    project: str
    flow: int
    township: str
    owner: str
    agent: str | None
    name: str
    status: str
    stage: int
    catalogue: str
    filed_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A building or phase; *name* refers to an erasable text."""

    table: ClassVar[str] = "unit"
    key: ClassVar[tuple[str, ...]] = ("project", "unit")

    project: str
    unit: int
    stage: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRunRow:
    """One stage of one unit."""

    table: ClassVar[str] = "stage_run"
    key: ClassVar[tuple[str, ...]] = ("project", "stage", "unit")

    project: str
    stage: int
    unit: int
    net: str
    slots: int
    mode: str
    round: int
    opened_at: datetime
    filed_at: datetime | None
    milestone_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRow:
    """An item at the door: held, offered, or to be filed again."""

    table: ClassVar[str] = "wanted"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "item")

    project: str
    unit: int
    item: str
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRunRow:
    """One attempt of an item: the fact table of reports.

    Attributes:
        wanted_at: When it could have been filed but for documents, a slot or a partner: the joint
            application for mandated items, the stage's opening for others, the end of the attempt
            before for a later one. `filed_at - wanted_at` is how long it waited.
        held: Listed with its stage and filed later, when its last hard document came.
        alone: A pairable item filed without a slot (单办).
        recorded_late: Longest delay between a step and its recording, in seconds.
    """

    table: ClassVar[str] = "item_run"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "item", "attempt")

    project: str
    unit: int
    item: str
    attempt: int
    stage: int
    department: str
    how: str
    held: bool
    alone: bool
    pair: str | None
    status: int
    wanted_at: datetime
    filed_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    result: str | None
    committed_days: int | None
    committed_unit: str | None
    statutory_days: int | None
    statutory_unit: str | None
    recorded_late: float
    received_at: datetime | None
    begun_at: datetime | None
    extension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPauseRow:
    """One stretch in which an attempt's clock stood still, or, if *counted*, did not."""

    table: ClassVar[str] = "item_pause"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "item", "attempt", "pause")

    project: str
    unit: int
    item: str
    attempt: int
    pause: int
    kind: str
    counted: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """An open task; township, agent and owner are the project's, so that a work-list is one scan.

    Attributes:
        item: None for the joint intake of a stage.
        outcomes: Parted by blanks.
    """

    table: ClassVar[str] = "task"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "path")

    project: str
    unit: int
    path: str
    stage: int
    item: str | None
    attempt: int
    step: str
    performer: str
    department: str | None
    outcomes: str
    person: str | None
    opened_at: datetime
    township: str
    agent: str | None
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """An armed timer."""

    table: ClassVar[str] = "timer"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "path")

    project: str
    unit: int
    path: str
    stage: int
    item: str
    attempt: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSlotRow:
    """A held pair slot: the key admits one holder, and the table no slot above *slots*."""

    table: ClassVar[str] = "pair_slot"
    key: ClassVar[tuple[str, ...]] = ("project", "stage", "unit", "slot")

    project: str
    stage: int
    unit: int
    slot: int
    slots: int
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair and what became of it."""

    table: ClassVar[str] = "pair"
    key: ClassVar[tuple[str, ...]] = ("project", "pair")

    project: str
    pair: str
    stage: int
    unit: int
    first: str
    second: str
    policy: str
    status: str
    days_saved: int
    baseline: str
    round: int
    proposer: str
    reason: str | None
    proposed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A result document that exists."""

    table: ClassVar[str] = "document"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "document")

    project: str
    unit: int
    document: str
    item: str
    attempt: int
    issued_at: datetime
    valid_until: str | None


Row = (
    ProjectRow
    | UnitRow
    | StageRunRow
    | WantedRow
    | ItemRunRow
    | ItemPauseRow
    | TaskRow
    | TimerRow
    | PairSlotRow
    | PairRow
    | DocumentRow
    | DeadlineRow
    | DueRow
)
Key = tuple[Any, ...]

ROWS: tuple[type[Row], ...] = (
    ProjectRow,
    UnitRow,
    StageRunRow,
    WantedRow,
    ItemRunRow,
    ItemPauseRow,
    TaskRow,
    TimerRow,
    PairSlotRow,
    PairRow,
    DocumentRow,
    DeadlineRow,
)
# Due dates hang on the calendar beside the project: their rows are not among those of `rows`.
STORED: tuple[type[Row], ...] = (*ROWS, DueRow)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    row.table: tuple(field.name for field in fields(row)) for row in STORED
}
KEYS: Mapping[str, tuple[str, ...]] = {row.table: row.key for row in STORED}
_KEY_OF = {table: attrgetter(*key) for table, key in KEYS.items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row of one project, by table and key."""

    by_key: Mapping[tuple[str, Key], Row]

    def of(self, table: str) -> tuple[Row, ...]:
        """Return the rows of *table*, by key."""
        keys = sorted(key for name, key in self.by_key if name == table)
        return tuple(self.by_key[table, key] for key in keys)


@dataclass(frozen=True, slots=True)
class Difference:
    """What turns one set of rows into another; each sorted by table and key."""

    inserts: tuple[Row, ...] = ()
    updates: tuple[Row, ...] = ()
    deletes: tuple[Row, ...] = ()


def key_of(row: Row) -> tuple[str, Key]:
    """Return the table and the primary key of *row*."""
    key = _KEY_OF[row.table](row)
    return row.table, key if len(row.key) > 1 else (key,)


def rows(project: Project) -> Rows:
    """Return every derived row of *project*."""
    return Rows({key_of(row): row for row in _all(project)})


def difference(before: Rows, after: Rows) -> Difference:
    """Return the inserts, updates and deletes that make *before* into *after*."""
    return _difference(before.by_key, after.by_key)


def changes(before: Project | None, after: Project) -> Difference:
    """Return the difference of the two projects' rows, looking only at what changed.

    Rows made of the very same values are skipped unseen; `evolve` keeps what it does not touch.
    """
    if before is None:
        return _difference({}, rows(after).by_key)
    beside = _Beside(before, after)
    beside.compare()
    old, new = ({key_of(row): row for row in side} for _, side in beside.sides)
    return _difference(old, new)


def _difference(
    before: Mapping[tuple[str, Key], Row], after: Mapping[tuple[str, Key], Row]
) -> Difference:
    return Difference(
        inserts=tuple([after[key] for key in sorted(after.keys() - before.keys())]),
        updates=tuple(
            [after[k] for k in sorted(after.keys() & before.keys()) if after[k] != before[k]]
        ),
        deletes=tuple([before[key] for key in sorted(before.keys() - after.keys())]),
    )


def _all(project: Project) -> Iterator[Row]:
    yield from _project(project)
    for unit in project.units.values():
        yield from _unit(project, unit)
    for run in project.runs.values():
        yield from _run(project, run)
    for state in project.items.values():
        yield from _item_runs(project, state)
        yield from deadlines(project, state)
    for pair in project.pairs.values():
        yield from _pair(project, pair)
    for document in project.documents.values():
        yield from _document(project, document)


class _Beside:
    """Two states of a project, each with the rows of what is not the very same in the other."""

    def __init__(self, before: Project, after: Project) -> None:
        self.sides: tuple[tuple[Project, list[Row]], ...] = ((before, []), (after, []))

    def compare(self) -> None:
        (before, _), (after, _) = self.sides
        if _of_project(before) != _of_project(after):
            for project, rows in self.sides:
                rows.extend(_project(project))
        self._put(_unit, _unlike(before.units, after.units))
        items = _unlike(before.items, after.items)
        self._put(_item_runs, items)
        # A project that stopped or went on moves every told day.
        moved = _STANDS(before) != _STANDS(after)
        self._put(deadlines, _both(before.items, after.items) if moved else items)
        self._put(_pair, _unlike(before.pairs, after.pairs))
        self._put(_document, _unlike(before.documents, after.documents))
        if before.agent != after.agent:  # every task changes hands
            self._put(_run, _both(before.runs, after.runs))
        for was, now in _unlike(before.runs, after.runs):
            self._compare_runs(was, now)

    def _put(
        self,
        make: Callable[[Project, _V], Iterable[Row]],
        found: Iterable[tuple[_V | None, _V | None]],
    ) -> None:
        """Add to each side the rows of its values."""
        (before, old), (after, new) = self.sides
        for was, now in found:
            if was is not None:
                old.extend(make(before, was))
            if now is not None:
                new.extend(make(after, now))

    def _compare_runs(self, was: StageRun | None, now: StageRun | None) -> None:
        if was is None or now is None:
            self._put(_run, [(was, now)])
            return
        if _RUN(was) != _RUN(now):
            self._put(_stage_run, [(was, now)])
        took, put = was.tokens - now.tokens, now.tokens - was.tokens
        for (project, rows), run, paths in zip(self.sides, (was, now), (took, put), strict=True):
            rows.extend(_wanted(project, run, paths))
        if any(path.endswith(SLOT) for path in (*took, *put)):
            self._put(_pair_slots, [(was, now)])
        self._put(partial(_task, run=now), _unlike(was.tasks, now.tasks))
        self._put(partial(_timer, run=now), _unlike(was.timers, now.timers))
        # A correction may move the opening as well, and the waiting counts from it.
        if _BEGUN(was) != _BEGUN(now):
            for (project, rows), run in zip(self.sides, (was, now), strict=True):
                rows.extend(_items_of(project, run))


def _unlike(was: Mapping[_K, _V], now: Mapping[_K, _V]) -> list[tuple[_V | None, _V | None]]:
    """Return the values before and after that are not the very same object; None = not there."""
    if was is now:
        return []
    found: list[tuple[_V | None, _V | None]] = [
        (was.get(key), value) for key, value in now.items() if was.get(key) is not value
    ]
    kept = len(now) - sum(old is None for old, _ in found)
    if len(was) == kept:
        return found
    return [*found, *((value, None) for key, value in was.items() if key not in now)]


def _both(was: Mapping[_K, _V], now: Mapping[_K, _V]) -> list[tuple[_V | None, _V | None]]:
    """Return every value before and after."""
    return [(was.get(key), now.get(key)) for key in {**was, **now}]


def _items_of(project: Project, run: StageRun) -> Iterator[Row]:
    """Yield the attempts of a run's items, whose waiting counts from its opening or filing."""
    for state in project.items.values():
        if (state.stage, state.unit) == (run.stage, run.unit):
            yield from _item_runs(project, state)


def _of_project(project: Project) -> tuple[object, ...]:
    """Return all of *project* that its own row is made of, and may change."""
    return (*_PROJECT(project), *project.runs)


def _project(project: Project) -> Iterator[Row]:
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


def _unit(project: Project, unit: Unit) -> Iterator[Row]:
    yield UnitRow(project=project.code, unit=unit.number, stage=unit.stage, name=unit.name.ref)


def _run(project: Project, run: StageRun) -> Iterator[Row]:
    yield from _stage_run(project, run)
    yield from _wanted(project, run, run.tokens)
    yield from _pair_slots(project, run)
    for task in run.tasks.values():
        yield from _task(project, task, run)
    for timer in run.timers.values():
        yield from _timer(project, timer, run)


def _stage_run(project: Project, run: StageRun) -> Iterator[Row]:
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


def _wanted(project: Project, run: StageRun, paths: Iterable[str]) -> Iterator[Row]:
    """Yield a row for each of *paths* that puts an item at its door."""
    for path in paths:
        if path.endswith(WANTED):
            yield WantedRow(
                project=project.code, unit=run.unit, item=item_of(path), stage=run.stage
            )


def _slots(run: StageRun) -> list[str]:
    """Return the codes of the items that hold a slot, sorted, so that each keeps to its number."""
    return sorted(item_of(path) for path in run.tokens if path.endswith(SLOT))


def _pair_slots(project: Project, run: StageRun) -> Iterator[Row]:
    for slot, item in enumerate(_slots(run), start=1):
        yield PairSlotRow(
            project=project.code,
            stage=run.stage,
            unit=run.unit,
            slot=slot,
            slots=run.slots,
            item=item,
        )


def _timer(project: Project, timer: TimerArmed, run: StageRun) -> Iterator[Row]:
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


def _task(project: Project, open_task: OpenTask, run: StageRun) -> Iterator[Row]:
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


def _item_runs(project: Project, state: ItemState) -> Iterator[Row]:
    code, run = project.code, project.runs.get(run_key(state.stage, state.unit))
    before: Attempt | None = None
    for attempt in state.attempts:
        yield _item_run(code, state, attempt, wanted_at(attempt, before, run))
        for pause in attempt.pauses:
            yield _item_pause(code, state, attempt, pause)
        before = attempt


def wanted_at(attempt: Attempt, before: Attempt | None, run: StageRun | None) -> datetime:
    """Return when an attempt could have been filed: see ItemRunRow."""
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


def _pair(project: Project, pair: Pair) -> Iterator[Row]:
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


def _document(project: Project, document: Document) -> Iterator[Row]:
    yield DocumentRow(
        project=project.code,
        unit=document.unit,
        document=document.document,
        item=document.item,
        attempt=document.attempt,
        issued_at=document.issued_at,
        valid_until=document.valid_until,
    )
