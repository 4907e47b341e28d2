"""Orders that stop the clock of attempts and let it run again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSupplement:
    """Tell the owner, once, everything that is missing (补正); the clock stops until the answer.

    Attributes:
        missing: Material codes of the item's list.
        answer_by: ISO date until which the owner may answer; None = none was told.
        reason: What is wrong with them, in words.
        happened_at: When it was told; None = now. Another day than today needs a reason.
    """

    unit: int = 0
    item: str
    attempt: int
    missing: tuple[str, ...]
    answer_by: str | None = None
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSupplement:
    """The owner has handed in what was missing.

    Attributes:
        reason: Why it is recorded on a later day than it happened.
    """

    unit: int = 0
    item: str
    attempt: int
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartProcedure:
    """Begin a special procedure (特别程序) that the catalogue lists for the item.

    Attributes:
        expected_end: ISO date; must be told in writing (行政许可法 art. 45).
        approved_by: Person who approved it.
    """

    unit: int = 0
    item: str
    attempt: int
    procedure: str
    expected_end: str
    approved_by: str
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndProcedure:
    """End the item's open special procedure.

    Attributes:
        reason: Why it is recorded on a later day than it happened.
    """

    unit: int = 0
    item: str
    attempt: int
    procedure: str
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartJointVisit:
    """Begin one site inspection for several items at once (联合踏勘).

    Attributes:
        happened_at: When it began; None = now. Another day than today needs a reason.
    """

    unit: int = 0
    items: tuple[str, ...]
    procedure: str
    expected_end: str
    approved_by: str
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndJointVisit:
    """End a joint inspection for all its items.

    Attributes:
        reason: Why it is recorded on a later day than it happened.
    """

    visit: str
    reason: Note | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendProject:
    """Stop the whole project: every open attempt stands still."""

    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeProject:
    """Let a suspended project go on."""

    reason: Note | None = None
