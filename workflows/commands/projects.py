"""Orders about a project as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.commands.parts import Note  # noqa: TC001 - msgspec reads the annotations at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProject:
    """File a project.

    Attributes:
        code: National project code.
        flow: Flow type 1-6.
        facts: Answers to the catalogue's questions, by fact code.
        owner: Organisation that builds.
    """

    code: str
    flow: int
    facts: dict[str, bool | str]
    township: str
    owner: str
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignAgent:
    """A leader gives the project to another agent."""

    agent: str
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnit:
    """Add a building or phase that runs the stages from *stage* on by itself."""

    unit: int
    stage: int
    name: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawProject:
    """The owner gives the project up."""

    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateProject:
    """The authority ends the project."""

    reason: Note
