"""What an adjusted catalogue or calendar made of a running project."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.events.parts import (
    TimerArmed,  # noqa: TC001 - msgspec reads the annotations at run time
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFollowed:
    """The project goes on under another catalogue; stages that are open stay as they were drawn.

    Attributes:
        applicable: All items that apply now, in catalogue order.
        added, dropped: Items of stages yet to open that came, and that fell away.
    """

    catalogue: str
    applicable: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRearmed:
    """The timers of one stage run that are due at another instant now."""

    stage: int
    unit: int
    armed: tuple[TimerArmed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimersRearmed:
    """Timers were set by another calendar.

    Attributes:
        calendar: Its version.
    """

    calendar: str
    runs: tuple[RunRearmed, ...]
