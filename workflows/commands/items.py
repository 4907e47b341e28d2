"""Orders about stages and single items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


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
        reason: Why an application is refused, which must be said; or why the step is recorded on a
            later day than it was done (补录).
    """

    unit: int = 0
    item: str
    attempt: int
    step: str
    outcome: str
    happened_at: datetime | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer:
    """Let a due timer of an attempt happen."""

    unit: int = 0
    item: str
    attempt: int
    timer: str


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
