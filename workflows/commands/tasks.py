"""Orders about who holds a task."""

from __future__ import annotations

from dataclasses import dataclass


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
