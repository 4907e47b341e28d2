"""What happened, with its results. Bodies are frozen by golden files: a new meaning is a new version.

An event names BPMN elements by path, never by bit, and people and free text by reference only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from enum import StrEnum

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time


class How(StrEnum):
    """How an attempt came to be filed."""

    STAGE = "stage"  # listed and filed with the stage's joint application
    HELD = "held"  # listed with the stage, filed when its last hard document came
    SERIAL = "serial"  # filed when its predecessor let it
    PULLED = "pulled"  # not mandated itself, but a mandated item needs its document
    PAIR = "pair"
    SINGLE = "single"  # the odd one, with a slot
    ALONE = "alone"  # 单办: a pairable item without a slot
    FREE = "free"
    AGAIN = "again"  # a mandated or serial item filed again after its attempt ended


class Policy(StrEnum):
    """Who found a pair."""

    CHOSEN = "chosen"
    DRAWN = "drawn"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened:
    """A task that became open.

    Attributes:
        path: BPMN element path; the last part is the step.
        item: None for the joint intake.
        performer: window, department, inspector, agent, owner or external.
    """

    path: str
    item: str | None
    attempt: int
    performer: str
    department: str | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerArmed:
    """A boundary timer that began to run, and the instant at which it is due."""

    path: str
    item: str
    attempt: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One move of the token game: bits taken and put, by path, and what it opened."""

    took: tuple[str, ...]
    put: tuple[str, ...]
    opened: tuple[TaskOpened, ...] = ()
    armed: tuple[TimerArmed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit as it stood when the attempt was filed."""

    days: int
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One attempt that begins.

    Attributes:
        without: Documents of soft needs that did not exist yet.
        slot: Whether it holds a pair slot.
    """

    item: str
    attempt: int
    how: How
    department: str
    committed: Limit | None
    statutory: Limit | None
    without: tuple[str, ...] = ()
    slot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A result document that came into being."""

    document: str
    valid_until: str | None = None  # ISO date, None = without end


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoad:
    """What the assignment saw of one agent: running projects and whether away."""

    agent: str
    township: str
    load: int
    away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiled:
    code: str
    flow: int
    facts: dict[str, bool | str]
    township: str
    owner: str
    name: Note
    catalogue: str
    lifecycle: str
    applicable: tuple[str, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAssigned:
    """Rule: least_loaded_in_township, least_loaded_elsewhere or leader."""

    agent: str
    rule: str
    seen: tuple[AgentLoad, ...]
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOpened:
    stage: int
    unit: int
    net: str
    slots: int
    mode: str
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A listed item that waits for documents."""

    item: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledIn:
    """An item that counts as mandated because *needed_by* needs its *document*."""

    item: str
    needed_by: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFiled:
    """The joint application: the mandated set in full, what was filed at once, what is held."""

    stage: int
    unit: int
    mandated: tuple[str, ...]
    filings: tuple[Filing, ...]
    held: tuple[Held, ...]
    pulled_in: tuple[PulledIn, ...]
    left_out: tuple[str, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFiled:
    stage: int
    unit: int
    filing: Filing
    tokens: Tokens
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """Status is the national status BLZT of the attempt after the step."""

    stage: int
    unit: int
    item: str
    attempt: int
    step: str
    performer: str
    outcome: str
    status: int
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A due timer happened; *accepted_on* is the filing day when it is deemed acceptance."""

    stage: int
    unit: int
    item: str
    attempt: int
    timer: str
    due_at: datetime
    status: int
    accepted_at: datetime | None
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEnded:
    """An attempt ended: granted, refused, lapsed or withdrawn, with its national status."""

    stage: int
    unit: int
    item: str
    attempt: int
    result: str
    status: int
    issued: tuple[Issued, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWithdrawn:
    stage: int
    unit: int
    item: str
    attempt: int
    reason: Note
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeclined:
    """Tokens is None when the item's stage run is not open yet."""

    stage: int
    unit: int
    item: str
    reason: Note
    tokens: Tokens | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReached:
    """The stage's milestone items are granted; tokens move the lifecycle (None beside unit 0)."""

    stage: int
    unit: int
    tokens: Tokens | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEnded:
    stage: int
    unit: int
    tokens: Tokens | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A draw that anyone can repeat: SHA-256(seed|run|round|a|b), the smallest digest wins.

    Attributes:
        candidates: (first, second, hex digest), sorted by digest.
    """

    seed: str
    run: str
    round: int
    candidates: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairProposed:
    """Days saved, in working days, against *baseline* (the two committed limits one by one)."""

    pair: str
    stage: int
    unit: int
    first: str
    second: str
    policy: Policy
    days_saved: int
    baseline: str
    draw: Draw | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStarted:
    """Both members filed at the same instant, each with a slot."""

    pair: str
    stage: int
    unit: int
    filings: tuple[Filing, Filing]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEnded:
    """The second of the two attempts ended."""

    pair: str
    stage: int
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDissolved:
    """Cause: asked, filed_alone, declined or closed."""

    pair: str
    stage: int
    unit: int
    cause: str
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAdded:
    unit: int
    stage: int
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed:
    unit: int
    stage: int
    item: str
    attempt: int
    path: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned:
    unit: int
    stage: int
    item: str
    attempt: int
    path: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReleased:
    unit: int
    stage: int
    item: str
    attempt: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCompleted:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAttempt:
    """An attempt that ended because its project did."""

    unit: int
    item: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWithdrawn:
    closed: tuple[ClosedAttempt, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTerminated:
    closed: tuple[ClosedAttempt, ...]
    reason: Note


Body = (
    ProjectFiled
    | AgentAssigned
    | StageOpened
    | StageFiled
    | ItemFiled
    | StepCompleted
    | TimerFired
    | ItemEnded
    | ItemWithdrawn
    | ItemDeclined
    | MilestoneReached
    | StageEnded
    | PairProposed
    | PairStarted
    | PairEnded
    | PairDissolved
    | UnitAdded
    | TaskClaimed
    | TaskAssigned
    | TaskReleased
    | ProjectCompleted
    | ProjectWithdrawn
    | ProjectTerminated
)

KINDS: dict[str, type[Body]] = {
    kind.__name__: kind
    for kind in (
        ProjectFiled,
        AgentAssigned,
        StageOpened,
        StageFiled,
        ItemFiled,
        StepCompleted,
        TimerFired,
        ItemEnded,
        ItemWithdrawn,
        ItemDeclined,
        MilestoneReached,
        StageEnded,
        PairProposed,
        PairStarted,
        PairEnded,
        PairDissolved,
        UnitAdded,
        TaskClaimed,
        TaskAssigned,
        TaskReleased,
        ProjectCompleted,
        ProjectWithdrawn,
        ProjectTerminated,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One numbered event of a project's stream, as the rules see it.

    The store's envelope adds stream, version, hashes and the command id (engine/store).

    Attributes:
        number: Dense from 1 in its stream.
        happened_at: When it was true, in UTC; never after *recorded_at*.
        actor: Id of the person or "system".
    """

    number: int
    happened_at: datetime
    recorded_at: datetime
    actor: str
    body: Body
