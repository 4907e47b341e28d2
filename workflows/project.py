"""The state of one project: what its events add up to. Frozen; workflows.evolve makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events import (  # noqa: TC001 - msgspec reads the annotations at run time
    Draw,
    How,
    Limit,
    PauseKind,
    Policy,
    PulledIn,
    TaskOpened,
    TimerArmed,
)
from workflows.moments import last_moment

# Receiving, examining and inspecting one attempt are three persons' duties (三分离).
SEPARATE = frozenset({"window", "department", "inspector"})


class ProjectStatus(StrEnum):
    """Where a project stands as a whole."""

    RUNNING = "running"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


class PairStatus(StrEnum):
    """proposed → started → ended, or proposed → dissolved."""

    PROPOSED = "proposed"
    STARTED = "started"
    ENDED = "ended"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One stretch in which an attempt's clock stood still, or, if *counted*, did not.

    Attributes:
        until: None while it is open.
        expected_end: ISO date that was told, or None.
        visit: Id of the joint visit it belongs to.
        bound: ISO date, the last that the law leaves out of the limit; None = without bound.
    """

    number: int
    kind: PauseKind
    since: datetime
    until: datetime | None = None
    counted: bool = False
    procedure: str | None = None
    visit: str | None = None
    missing: tuple[str, ...] = ()
    expected_end: str | None = None
    approved_by: str | None = None
    status_before: int = 1
    bound: str | None = None

    @property
    def stood_until(self) -> datetime | None:
        """Return until when the clock stood still at the latest; None while nobody can know.

        What is not ended in time stops nothing beyond its bound.
        """
        if self.bound is None:
            return self.until
        last = last_moment(date.fromisoformat(self.bound))
        return last if self.until is None else min(self.until, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """When, by which rule and why a limit was extended (延长审批)."""

    at: datetime
    source: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """When and why a result was taken back, and which documents with it (撤销)."""

    at: datetime
    documents: tuple[str, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One filing of an item, from its filing to its end.

    Attributes:
        status: National status BLZT.
        accepted_at: When the clock began; the filing instant under deemed acceptance.
        decided_at: When the decision was taken; the document follows on delivery.
        last_at: Last transition; nothing of the attempt may happen before it.
        duties: Who did which of the separate duties: person → performer (三分离).
        recorded_late: Longest recording delay of its steps, in seconds.
        extension: Days added to the committed limit, in its unit.
        extended: How that came about; None while there are none.
        by_default: Granted because it was overdue (超时默认).
        deemed: Accepted by silence; nobody may find it incomplete any more (行政许可法 art. 32).
        received_at: When the window took the file in (接件).
        begun_at: When somebody beyond the window first took a task of it in hand; None where
            nobody said so, for a task may be done without being claimed.
        issue_by: ISO date by which the late department must issue the document of a default grant.
        issued_at: When it did; None before, and where nothing was granted by default.
    """

    number: int
    how: How
    department: str
    filed_at: datetime
    last_at: datetime
    status: int = 1
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    result: str | None = None
    pair: str | None = None
    slot: bool = False
    committed: Limit | None = None
    statutory: Limit | None = None
    without: tuple[str, ...] = ()
    duties: dict[str, str] = field(default_factory=dict)
    recorded_late: float = 0.0
    pauses: tuple[Pause, ...] = ()
    extension: int = 0
    extended: Extended | None = None
    by_default: bool = False
    revoked: Revoked | None = None
    received_at: datetime | None = None
    begun_at: datetime | None = None
    deemed: bool = False
    issue_by: str | None = None
    issued_at: datetime | None = None

    @property
    def open_pauses(self) -> tuple[Pause, ...]:
        """Return the pauses that have not ended."""
        return tuple(pause for pause in self.pauses if pause.until is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Materials that one attempt may do without until a day (容缺受理).

    Attributes:
        attempt: It may not have been filed yet.
        due: ISO date.
        met_at: When the last of them was at hand.
    """

    attempt: int
    missing: tuple[str, ...]
    due: str
    since: datetime
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """One stretch in which the whole project stood still; *until* is None while it does."""

    since: datetime
    until: datetime | None = None


class FlagKind(StrEnum):
    """What was noted about an item that went on all the same."""

    NOT_APPLICABLE = "not_applicable"  # facts were stated anew, and it is not asked for any more
    REVOKED_DOCUMENT = "revoked_document"  # a document that it rests on was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A note on an item; the item itself is not touched.

    Attributes:
        by: Item whose result was taken back.   documents: Those taken back with it.
    """

    kind: FlagKind
    since: datetime
    reason: Note
    by: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """One item of one unit: its attempts, or that it was declined."""

    unit: int
    stage: int
    item: str
    attempts: tuple[Attempt, ...] = ()
    declined: bool = False
    tolerances: tuple[Tolerance, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def open(self) -> Attempt | None:
        """Return the running attempt."""
        last = self.attempts[-1] if self.attempts else None
        return last if last is not None and last.ended_at is None else None

    @property
    def granted(self) -> bool:
        """Tell whether the item was granted."""
        return any(attempt.result == "granted" for attempt in self.attempts)

    @property
    def touched(self) -> bool:
        """Tell whether it runs or was granted: what later decisions flag."""
        return self.open is not None or self.granted


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of pairing in a stage run.

    Attributes:
        opened_by: Number of the event that opened it; its hash seeds the round's draw.
        excluded: Drawn pairs that were dissolved in this round.
    """

    number: int
    opened_by: int
    drawn: bool = False
    excluded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """An open task and who holds it."""

    task: TaskOpened
    opened_at: datetime
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRun:
    """One stage of one unit, pinned to the net that was in force when it opened.

    Attributes:
        tokens: Paths of the marking's bits.
        tasks: Open tasks by path.
        timers: Armed timers by path.
        mandated: The set listed by the joint application, pulled-in items included.
    """

    stage: int
    unit: int
    net: str
    slots: int
    mode: str
    tokens: frozenset[str]
    opened_at: datetime
    round: Round
    tasks: dict[str, OpenTask] = field(default_factory=dict)
    timers: dict[str, TimerArmed] = field(default_factory=dict)
    mandated: tuple[str, ...] = ()
    pulled_in: tuple[PulledIn, ...] = ()
    filed_at: datetime | None = None
    milestone_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        """Return "stage/unit"."""
        return run_key(self.stage, self.unit)

    @property
    def held_slots(self) -> int:
        """Return how many pair slots are held."""
        return sum(path.endswith(":slot") for path in self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A result document that exists."""

    document: str
    unit: int
    item: str
    attempt: int
    issued_at: datetime
    valid_until: str | None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """A material that was handed in; a later version takes its place.

    Attributes:
        file: SHA-256 of the content, by which the file is kept.
        size: Bytes.
        first_at: When its first version was handed in.
        version: Counted from 1.
    """

    material: str
    unit: int
    file: str
    size: int
    media_type: str
    name: Note
    supplied_at: datetime
    first_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two items of one stage run, joined at run time; first < second."""

    id: str
    stage: int
    unit: int
    first: str
    second: str
    policy: Policy
    status: PairStatus
    days_saved: int
    baseline: str
    round: int
    proposer: str
    proposed_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    draw: Draw | None = None
    reason: Note | None = None

    @property
    def live(self) -> bool:
        """Tell whether it still binds its members."""
        return self.status in (PairStatus.PROPOSED, PairStatus.STARTED)

    @property
    def key(self) -> tuple[str, str]:
        """Return the two codes, sorted."""
        return self.first, self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A building or phase; unit 0 is the whole project and begins with stage 1."""

    number: int
    stage: int
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything the rules know of one project.

    Attributes:
        number: Number of its last event.
        catalogue: Hash of the catalogue it was filed under.
        lifecycle, lifecycle_tokens: The lifecycle net of unit 0 and its marking's paths.
        applicable: Item codes that apply under its flow and facts.
        runs: By "stage/unit".   items: By "unit/item".   documents: By "unit/document".
        materials: By "unit/material".
    """

    code: str
    flow: int
    facts: dict[str, bool | str]
    township: str
    owner: str
    name: Note
    catalogue: str
    lifecycle: str
    lifecycle_tokens: frozenset[str]
    applicable: tuple[str, ...]
    number: int
    filed_at: datetime
    last_at: datetime
    status: ProjectStatus = ProjectStatus.RUNNING
    ended_at: datetime | None = None
    agent: str | None = None
    suspended: bool = False
    suspensions: tuple[Suspension, ...] = ()
    units: dict[int, Unit] = field(default_factory=dict)
    runs: dict[str, StageRun] = field(default_factory=dict)
    items: dict[str, ItemState] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    materials: dict[str, Supplied] = field(default_factory=dict)


def run_key(stage: int, unit: int) -> str:
    """Return the key of a stage run, "stage/unit"."""
    return f"{stage}/{unit}"


def item_key(unit: int, item: str) -> str:
    """Return the key of an item of a unit, "unit/item"."""
    return f"{unit}/{item}"
