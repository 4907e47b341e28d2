"""Orders that change what stands: limits, results, facts, wrong entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendLimit:
    """Lengthen an attempt's limit, once, with a leader's approval (延长审批)."""

    unit: int = 0
    item: str
    attempt: int
    days: int
    approved_by: str
    reason: Note


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
    """Take a wrong step of a running attempt back: its task is open again.

    Attributes:
        event: Number of the wrong StepCompleted; it must be the attempt's last one.
    """

    event: int
    reason: Note
