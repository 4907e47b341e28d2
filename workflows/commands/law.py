"""Orders that change what stands: limits, results, facts, wrong entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendLimit:
    """Lengthen an attempt's limit, once, with a leader's approval (延长审批).

    Attributes:
        happened_at: When it was approved, if that is entered later; None = now.
    """

    unit: int = 0
    item: str
    attempt: int
    days: int
    approved_by: str
    reason: Note
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseItem:
    """End an attempt whose owner let a supplement go unanswered."""

    unit: int = 0
    item: str
    attempt: int
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeItem:
    """Take a granted result back (撤销); its documents no longer count."""

    unit: int = 0
    item: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantByDefault:
    """Take an overdue item as granted (超时默认), where the local rule is on."""

    unit: int = 0
    item: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmIssue:
    """Say that the late department has issued the document of a default grant."""

    unit: int = 0
    item: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindDeadline:
    """Tell those whom it concerns that a day they were told is there, or has passed.

    Attributes:
        kind: Of deadline; see workflows/deadlines.py.
        due: ISO date as it is known; a deadline that was moved since is another.
    """

    unit: int = 0
    item: str
    attempt: int
    kind: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """State project facts anew; only the named ones change."""

    facts: dict[str, bool | str]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectTime:
    """Set right when an earlier event happened.

    Attributes:
        event: Number of the wrong entry in the project's stream.
    """

    event: int
    happened_at: datetime
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertStep:
    """Take a wrong entry back: a step of a running attempt, an extension of its limit, a lapse.

    Attributes:
        event: Number of the wrong StepCompleted, LimitExtended or ItemLapsed; nothing that rests
            on it may have happened since.
    """

    event: int
    reason: Note
