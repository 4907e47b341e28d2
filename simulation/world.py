"""What a journey needs beside the project: catalogue, calendar, people, habits and luck."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from simulation.habits import Habits, Luck
from workflows.catalogue.values import DayUnit
from workflows.facts import SYSTEM, Actor, Role
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.net import Net
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project

OPENS = time(9)  # office hours, in Shanghai
CLOSES = time(17)
MINUTES = 420  # of a day in which a step may be done, from OPENS on


class Cast(Protocol):
    """Names the person who does something in a project."""

    def __call__(self, project: Project, performer: str, department: str | None) -> Actor:
        """Return who acts as *performer* of *department* (None = no department's work)."""


_ROLES = {
    "window": Role.WINDOW,
    "department": Role.REVIEWER,
    "external": Role.REVIEWER,
    "inspector": Role.INSPECTOR,
}


def townspeople(project: Project, performer: str, department: str | None) -> Actor:
    """Cast one person of each duty: by role and department, or township at the window.

    Receiving, examining and inspecting are three persons (三分离), as their roles differ.
    """
    match performer:
        case "system":
            return SYSTEM
        case "agent" if project.agent is not None:
            return Actor(id=project.agent, roles=frozenset({Role.AGENT}), township=project.township)
        case "agent" | "owner":
            return Actor(
                id=f"owner-{project.owner}",
                roles=frozenset({Role.OWNER}),
                organisation=project.owner,
            )
        case "window":
            return Actor(
                id=f"window-{project.township}",
                roles=frozenset({Role.WINDOW}),
                township=project.township,
            )
        case _:
            role = _ROLES[performer]
            return Actor(
                id=f"{role.value}-{department}", roles=frozenset({role}), department=department
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything around a project that its journey depends on.

    Attributes:
        desks: Departments whose reviewers first take in hand what they examine; whose turn it is
            there hangs on all projects and is not for one journey to say.
    """

    catalogue: Catalogue
    calendar: Calendar
    nets: Mapping[str, Net]  # by content hash
    cast: Cast = townspeople
    habits: Habits = field(default_factory=Habits)
    luck: Luck = field(default_factory=lambda: Luck("0"))
    desks: frozenset[str] = frozenset()

    def after(self, start: datetime, days: int, unit: DayUnit, *key: object) -> datetime:
        """Return an instant in office hours, *days* counted days after *start*'s date.

        It falls on a working day; the minute is drawn by *key*. With 0 days it is soon.
        """
        if days == 0:
            return self.soon(start)
        day = self.calendar.add(local_date(start), days, unit)
        if not self.calendar.is_working(day):
            day = self.calendar.add(day, 1, DayUnit.WORKING_DAY)
        return _at(day, OPENS) + timedelta(minutes=int(self.luck.draw(*key) * MINUTES))

    def soon(self, instant: datetime) -> datetime:
        """Return the instant itself in office hours, else the next morning that has them."""
        local = instant.astimezone(SHANGHAI)
        working = self.calendar.is_working(local.date())
        if working and local.time() < CLOSES:
            return max(instant, _at(local.date(), OPENS))
        return _at(self.calendar.add(local.date(), 1, DayUnit.WORKING_DAY), OPENS)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)
