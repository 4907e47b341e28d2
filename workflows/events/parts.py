"""Values that events are made of: moves of tokens, filings, limits, draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from enum import StrEnum


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
class Stood:
    """A suspension of the project that an attempt has to count, though it was closed meanwhile."""

    since: datetime
    until: datetime


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
    """A result document that came into being.

    Attributes:
        valid_until: ISO date; None = without end.
        number: What it is quoted by (文号); empty in logs that are older than numbers.
        sha256: Digest of its content, as workflows/papers.py writes it; empty likewise.
    """

    document: str
    valid_until: str | None = None
    number: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoad:
    """What the assignment saw of one agent: running projects and whether away."""

    agent: str
    township: str
    load: int
    away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A listed item that waits for documents, or for materials where the local rule asks so."""

    item: str
    documents: tuple[str, ...]
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledIn:
    """An item that counts as mandated because *needed_by* needs its *document*."""

    item: str
    needed_by: str
    document: str


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
class ClosedAttempt:
    """An attempt that ended because its project did."""

    unit: int
    item: str
    attempt: int
