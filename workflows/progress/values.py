"""What a person asks of a project, as values: where it stands, what blocks it, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.clock import Lamp

if TYPE_CHECKING:
    from datetime import date, datetime

    from workflows.catalogue.values import Coupling
    from workflows.commands import Note
    from workflows.deadlines import Told
    from workflows.events import How, PulledIn
    from workflows.progress.times import Clock, ItemTime
    from workflows.project import Document, Flag, Pair, Pause, ProjectStatus


class StageState(StrEnum):
    """Where a stage run stands; *blocked* is filed, short of its milestone, with nothing moving."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    FILED = "filed"
    BLOCKED = "blocked"
    MILESTONE = "milestone"
    ENDED = "ended"


class ItemStanding(StrEnum):
    """Where an item stands.

    Refused, lapsed, withdrawn and revoked say how the last attempt ended; such an item is wanted
    again.
    Closed: the project ended before the item was granted.
    """

    LEFT_OUT = "left_out"
    DECLINED = "declined"
    NOT_OPEN = "not_open"
    HELD = "held"
    WANTED = "wanted"
    LACKS_MATERIALS = "lacks_materials"  # held by its materials alone, where the local rule is on
    RUNNING = "running"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CLOSED = "closed"


class Cause(StrEnum):
    """Why something is not done yet."""

    NOT_FILED = "not_filed"  # the stage's joint application is to be handed in
    RUNNING = "running"  # an office or the owner has a step to do
    SUPPLEMENT = "supplement"  # the owner is to hand in what was missing (补正)
    PROCEDURE = "procedure"  # a special procedure or a joint visit goes on
    SUSPENDED = "suspended"  # the whole project was stopped
    TO_BE_FILED = "to_be_filed"  # ready, and nobody has filed it
    MATERIALS_MISSING = "materials_missing"  # the owner is to hand in what it cannot do without
    FILE_AGAIN = "file_again"  # its last attempt ended without a grant
    DOCUMENT_MISSING = "document_missing"  # held, and no applicable item can still produce it
    NOT_OPEN = "not_open"  # it belongs to a stage that has not opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn it is.

    Attributes:
        performer: window, department, inspector, agent, owner or external; during a special
            procedure "procedure", of a suspended project "leader".
        department: Set when the performer acts for a department.
        person: Id of the person who holds the task; never shown in public.
    """

    performer: str
    department: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The open step of a running attempt; *status* is the national status of the attempt now."""

    name: str
    path: str
    status: int
    since: datetime
    turn: Turn
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A longer limit, which the owner is told of with its reason.

    Attributes:
        days: In *unit*, that of the committed limit; contained in its length.
    """

    days: int
    unit: str
    source: str
    at: datetime
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A result that was taken back, and by which attempt it had been reached."""

    attempt: int
    at: datetime
    documents: tuple[str, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProgress:
    """One item of one unit.

    Attributes:
        mandated: Filed with the stage: mandated, serial or pulled in.
        missing: Hard documents that do not exist yet, sorted; only while it is held.
        pauses: Open pauses, the one that counts first.
        stops: Every stretch in which the clock of the last attempt stood still, oldest first.
        attempt: Number of the last attempt, 0 before the first.
        acceptance: How the days stand in which silence accepts the last attempt; None where it does
            not, or was accepted. Without a day while it stands still.
        time: Of the last attempt, or of the wait so far; None before the calendar.
        extension: Of the last attempt's limit.
        revocation: The last one, also when the item was granted again since.
        flags: Those that still hold: it runs or is granted, and does not apply, or rests on
            documents that were taken back and not issued again.
        told: Days that somebody was told beside the limits and that are not met yet.
    """

    item: str
    stage: int
    unit: int
    department: str
    coupling: Coupling
    mandated: bool
    milestone: bool
    state: ItemStanding
    pulled_in: PulledIn | None
    missing: tuple[str, ...]
    step: Step | None
    pauses: tuple[Pause, ...]
    stops: tuple[Pause, ...]
    attempt: int
    how: How | None
    pair: str | None
    slot: bool
    without: tuple[str, ...]
    filed_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    acceptance: Clock | None
    committed: Clock | None
    statutory: Clock | None
    delivery: Clock | None
    time: ItemTime | None
    extension: Extension | None
    revocation: Revocation | None
    flags: tuple[Flag, ...]
    told: tuple[Told, ...]

    @property
    def clock(self) -> Clock | None:
        """Return the clock that runs, as the work list has it: to accept it, then to decide it."""
        if self.state is not ItemStanding.RUNNING or self.decided_at is not None:
            return None
        return self.acceptance if self.accepted_at is None else self.committed

    @property
    def lamp(self) -> Lamp:
        """Return the colour of that clock; what waits for acceptance may stand without one."""
        waits = self.state is ItemStanding.RUNNING and self.accepted_at is None
        if waits and any(not pause.counted for pause in self.pauses):
            return Lamp.PAUSED
        return Lamp.NONE if self.clock is None else self.clock.lamp

    @property
    def shown(self) -> bool:
        """Tell whether its page shows it; a result that was taken back is never hidden."""
        return self.counts or self.revocation is not None

    @property
    def reasons(self) -> tuple[Note, ...]:
        """Return the notes that say why: of its extension, its revocation, its flags."""
        told = (self.extension, self.revocation, *self.flags)
        return tuple(each.reason for each in told if each is not None)

    @property
    def counts(self) -> bool:
        """Tell whether it is one of the items that the stage has to see granted."""
        return self.state not in (ItemStanding.LEFT_OUT, ItemStanding.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One thing that the milestone waits for, now.

    Attributes:
        item: None for the joint application of the stage.
        missing: Documents that nobody can still produce.
        since: When it became the next thing to do.
        told: The earliest day that somebody was told for it, if any was.
        told_passed: That day lies behind.
    """

    unit: int
    stage: int
    item: str | None
    cause: Cause
    turn: Turn
    since: datetime
    missing: tuple[str, ...] = ()
    step: str | None = None
    told: date | None = None
    told_passed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A stage stands still: nothing on the way to its milestone has moved since *since*."""

    by: tuple[Blocker, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """One stage of one unit; items in catalogue order.

    Attributes:
        limit_days: What the flow type allows; None for stage 5, as is its source.
        used_days: On which an accepted attempt of the stage ran unpaused.
        used_source: Of the rule by which these days count.
        counts: What both count.
    """

    stage: int
    unit: int
    state: StageState
    blocked: Blocked | None
    opened_at: datetime | None
    filed_at: datetime | None
    milestone_at: datetime | None
    ended_at: datetime | None
    limit_days: int | None
    limit_source: str | None
    used_days: int | None
    used_source: str
    counts: str
    lamp: Lamp
    slots: int
    slots_held: int
    round: int | None
    items: tuple[ItemProgress, ...]
    pairs: tuple[Pair, ...]

    @property
    def wanted(self) -> int:
        """Return how many items the stage has to see granted."""
        return sum(item.counts for item in self.items)

    @property
    def granted(self) -> int:
        """Return how many of them are granted."""
        return sum(item.state is ItemStanding.GRANTED for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One unit (0 = the whole project) and its stages in order."""

    unit: int
    stages: tuple[StageProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What the project waits for.

    Attributes:
        stage: Stage whose milestone is next; None when only the rest is still open.
        since: Since when the oldest of the blockers has been waiting.
    """

    unit: int
    stage: int | None
    blockers: tuple[Blocker, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A project as its owner, its agent and the office see it.

    Attributes:
        number: Number of the last event; the entity tag of the view.
        next: None when the project has ended.
    """

    code: str
    number: int
    flow: int
    status: ProjectStatus
    township: str
    owner: str
    agent: str | None
    suspended: bool
    filed_at: datetime
    ended_at: datetime | None
    units: tuple[UnitProgress, ...]
    documents: tuple[Document, ...]
    next: Next | None

    @property
    def items(self) -> tuple[ItemProgress, ...]:
        """Return the items of every unit and stage."""
        return tuple(item for u in self.units for stage in u.stages for item in stage.items)

    @property
    def reasons(self) -> tuple[Note, ...]:
        """Return the notes of its items; whoever shows them resolves them together."""
        return tuple(note for item in self.items for note in item.reasons)

    def stage(self, stage: int, unit: int = 0) -> StageProgress | None:
        """Return one stage of one unit, or None."""
        found = (s for u in self.units if u.unit == unit for s in u.stages if s.stage == stage)
        return next(found, None)
