"""Single items: filed, step by step, ended, withdrawn, declined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    Filing,
    Issued,
    Tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFiled:
    """An attempt began on its own: released, filed by someone, or filed again."""

    stage: int
    unit: int
    filing: Filing
    tokens: Tokens
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """Status is the national status BLZT of the attempt after the step.

    Attributes:
        reason: Why it was recorded on a later day than it was done.
    """

    stage: int
    unit: int
    item: str
    attempt: int
    step: str
    performer: str
    outcome: str
    status: int
    tokens: Tokens
    reason: Note | None = None


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
    """The owner ended the running attempt; ItemEnded follows with its status."""

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
