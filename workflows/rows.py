"""The derived rows of a project: what lists, work-lists and reports read. Never a source of truth.

Here are their shapes; `workflows.derivation` makes them out of a project, and `workflows.changes`
tells which of them a step changed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from workflows.deadlines import DeadlineRow
from workflows.dues import DueRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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
