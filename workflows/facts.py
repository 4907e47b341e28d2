"""What a decision may look at besides the project: one frozen value, made by the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bpmn.net import Net
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.events import AgentLoad, Event


class Role(StrEnum):
    """What a person may be."""

    OWNER = "owner"
    AGENT = "agent"
    WINDOW = "window"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    DEPARTMENT_LEAD = "department_lead"
    STAGE_LEAD = "stage_lead"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives a command.

    Attributes:
        organisation: For owners: the organisation they act for.
        department: For reviewers, inspectors and department leads.
        township: For agents and supervisors; None = the whole district.
        on_behalf_of: Person or organisation that entrusted the actor, if any.
    """

    id: str
    roles: frozenset[Role]
    organisation: str | None = None
    department: str | None = None
    township: str | None = None
    on_behalf_of: str | None = None


SYSTEM = Actor(id="system", roles=frozenset({Role.SYSTEM}))


class Materials(StrEnum):
    """What a district makes of an item whose materials are not complete."""

    SHOWN = "shown"  # said on every screen, holds nothing
    REQUIRED = "required"  # not filed until they are complete or tolerated


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Local rules: what a district may set.

    Attributes:
        park_after: Working days; a pause expected to last longer gives the pair slot back.
        overdue_default: Whether an overdue item counts as granted (超时默认; off by law).
        materials: Whether incomplete materials hold an item.
        tolerance_days: Working days; the longest that a tolerated material may be missing (A).
    """

    park_after: int = 10
    overdue_default: bool = False
    materials: Materials = Materials.SHOWN
    tolerance_days: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may use, as it stood when the command was taken.

    Attributes:
        recorded_at: Aware instant in UTC.
        nets: By content hash: those in force and those that open runs are pinned to.
        in_force: Content hash by process id ("stage_3").
        credit: Level (red, ordinary, black) by organisation; absent = ordinary.
        roster: Every agent of the district with load and absence.
        townships: Codes of the townships that have a roster.
        entropy: Seed of a draw: live, the hash of the event that opened the round.
        subject: The earlier event that a correction names, read from the log.
        history: The project's whole log, for corrections; empty for every other command.
        assignee: Whom a task is to be assigned to; None = no such person.
        approver: Who is said to have approved; None = no such person.
    """

    actor: Actor
    recorded_at: datetime
    calendar: Calendar
    catalogue: Catalogue
    nets: Mapping[str, Net]
    in_force: Mapping[str, str]
    credit: Mapping[str, str] = field(default_factory=dict)
    roster: tuple[AgentLoad, ...] = ()
    townships: tuple[str, ...] = ()
    entropy: str = ""
    subject: Event | None = None
    history: tuple[Event, ...] = ()
    rules: Rules = Rules()
    assignee: Actor | None = None
    approver: Actor | None = None
