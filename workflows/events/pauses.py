"""Pauses of attempts: each names what stopped the clock, since when, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    TimerArmed,
    Tokens,
)


class PauseKind(StrEnum):
    """Whose time a pause is."""

    SUPPLEMENT = "supplement"  # 补正: the owner's
    PROCEDURE = "procedure"  # 特别程序: nobody's, by law
    JOINT = "joint"  # 联合踏勘: one procedure shared by several items
    SUSPENSION = "suspension"  # the whole project stands still


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """One attempt that a pause begins or ends for.

    Attributes:
        pause: Number of the pause within its attempt, from 1.
        status: National status BLZT after the event.
        tokens: The pair slot that a long pause gives back, else None.
    """

    stage: int
    item: str
    attempt: int
    pause: int
    status: int
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPaused:
    """The clock of one or, for a joint visit or a suspension, of several attempts stopped.

    Attributes:
        visit: Names a joint visit.
        counted: The clock runs on all the same (a procedure that the law counts).
        missing: Material codes that a supplement asks for.
        expected_end: ISO date that was told, for a supplement the last day for the answer; None
            when nobody knows.
        bound: ISO date, the last that the law leaves out of the limit; None = without bound. The
            clock runs again after it, whether or not the procedure was ended.
    """

    unit: int
    kind: PauseKind
    paused: tuple[Paused, ...]
    counted: bool = False
    procedure: str | None = None
    visit: str | None = None
    missing: tuple[str, ...] = ()
    expected_end: str | None = None
    approved_by: str | None = None
    bound: str | None = None
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResumed:
    """The clock of the attempts runs again; timers are armed anew with their new due instants.

    Attributes:
        reason: Why it was recorded on a later day than it happened.
    """

    unit: int
    kind: PauseKind
    resumed: tuple[Paused, ...]
    procedure: str | None = None
    visit: str | None = None
    armed: tuple[TimerArmed, ...] = ()
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSuspended:
    """Nothing moves in the project until it is resumed; ItemPaused follows for each unit."""

    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectResumed:
    """The project goes on."""

    reason: Note | None = None
