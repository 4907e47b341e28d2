"""Who holds a task."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed:
    """Someone took an open task."""

    unit: int
    stage: int
    item: str
    attempt: int
    path: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned:
    """A leader gave an open task to a person."""

    unit: int
    stage: int
    item: str
    attempt: int
    path: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReleased:
    """A task belongs to nobody again."""

    unit: int
    stage: int
    item: str
    attempt: int
    path: str
