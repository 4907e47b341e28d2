"""A project as a whole: filed, its agent, its units, its end."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands import Note  # noqa: TC001 - msgspec reads the annotations at run time
from workflows.events.parts import (  # noqa: TC001 - msgspec reads the annotations at run time
    AgentLoad,
    ClosedAttempt,
    Tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiled:
    """A project entered the house, with the facts that decide what applies to it."""

    code: str
    flow: int
    facts: dict[str, bool | str]
    township: str
    owner: str
    name: Note
    catalogue: str
    lifecycle: str
    applicable: tuple[str, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAssigned:
    """Rule: least_loaded_in_township, least_loaded_elsewhere or leader."""

    agent: str
    rule: str
    seen: tuple[AgentLoad, ...]
    reason: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAdded:
    """A building or phase that runs the stages from *stage* on by itself."""

    unit: int
    stage: int
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCompleted:
    """Stage 4 has ended for every unit and nothing is open or wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWithdrawn:
    """The owner gave the project up; every open attempt was closed."""

    closed: tuple[ClosedAttempt, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTerminated:
    """The authority ended the project; every open attempt was closed."""

    closed: tuple[ClosedAttempt, ...]
    reason: Note
