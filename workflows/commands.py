"""Orders that people and timers give. Values only; workflows.decide says what comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Free text by reference: the words lie in an erasable table, the log keeps a salted digest."""

    ref: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProject:
    """File a project.

    Attributes:
        code: National project code.
        flow: Flow type 1-6.
        facts: Answers to the catalogue's questions, by fact code.
        owner: Organisation that builds.
    """

    code: str
    flow: int
    facts: dict[str, bool | str]
    township: str
    owner: str
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAgent:
    """A leader gives the project to another agent."""

    agent: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStage:
    """Joint intake: file the stage's mandated items together."""

    stage: int
    unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileItem:
    """File one item: free, again after a refusal, or a pairable one alone or as the odd one.

    Attributes:
        single: Take a pair slot as the odd one out; False files a pairable item alone (单办).
    """

    item: str
    unit: int = 0
    single: bool = False
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep:
    """Complete one step of an attempt with an outcome.

    Attributes:
        happened_at: When it was done; None = now.
    """

    unit: int = 0
    item: str
    attempt: int
    step: str
    outcome: str
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer:
    """Let a due timer of an attempt happen."""

    unit: int = 0
    item: str
    attempt: int
    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePair:
    """Propose two items; *policy* is "chosen" or "planned"."""

    first: str
    second: str
    unit: int = 0
    policy: str = "chosen"
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPair:
    """Draw one pair by lot among all legal ready pairs of the stage run."""

    stage: int
    unit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPair:
    """File both members of a proposed pair at the same instant."""

    pair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DissolvePair:
    """Give up a proposed pair."""

    pair: str
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawItem:
    """End the running attempt at the owner's wish; the item is wanted again."""

    item: str
    unit: int = 0
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineItem:
    """Do without a pairable or free item (不办)."""

    item: str
    unit: int = 0
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnit:
    """Add a building or phase that runs the stages from *stage* on by itself."""

    unit: int
    stage: int
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask:
    """Take an open task for oneself."""

    unit: int = 0
    item: str
    attempt: int
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTask:
    """A leader gives an open task to a person."""

    unit: int = 0
    item: str
    attempt: int
    step: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTask:
    """Give a claimed task back to everyone who may do it."""

    unit: int = 0
    item: str
    attempt: int
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawProject:
    """The owner gives the project up."""

    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateProject:
    """The authority ends the project."""

    reason: Note


TaskCommand = ClaimTask | AssignTask | ReleaseTask
Command = (
    FileProject
    | AssignAgent
    | FileStage
    | FileItem
    | CompleteStep
    | FireTimer
    | ProposePair
    | DrawPair
    | StartPair
    | DissolvePair
    | WithdrawItem
    | DeclineItem
    | AddUnit
    | ClaimTask
    | AssignTask
    | ReleaseTask
    | WithdrawProject
    | TerminateProject
)
