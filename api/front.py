"""What the start page of a demonstration shows: three doors, and some projects worth a look."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from api import outlook, pairs
from api.parts import parts
from engine.store import queries, standouts
from workflows import masking
from workflows.facts import Role
from workflows.moments import local_date
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from api.outlook import Outlook
    from engine.store.port import Connection
    from engine.store.queries import Person
    from engine.store.standouts import Late


_DOORS: tuple[tuple[str, dict[Role, int]], ...] = (  # how many of each role wait behind it
    ("owner", {Role.OWNER: 4}),
    ("agent", {Role.AGENT: 2, Role.WINDOW: 1, Role.REVIEWER: 2}),
    ("planner", {Role.PLANNER: 1, Role.SUPERVISOR: 1, Role.ADMINISTRATOR: 1}),
)
_SHOWN = 5  # projects
_ASKED = 12  # agents who are asked whether they have something to pair


class Why(StrEnum):
    """Why a project is worth a look."""

    LATE = "late"
    UNANSWERED = "unanswered"
    NEARLY_DONE = "nearly_done"
    NEW = "new"


# How many of each are shown before more of the next are.
_OF_EACH = {Why.LATE: 2, Why.UNANSWERED: 2, Why.NEARLY_DONE: 1, Why.NEW: _SHOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """One project worth a look, and why."""

    outlook: Outlook
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whom one may be behind a door.

    Attributes:
        shows: A project of theirs worth a look.
        called: What that project is called; its code once the name is erased.
    """

    person: Person
    shows: str | None = None
    called: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the start page shows.

    Attributes:
        doors: Each with the people that one may be behind it.
        running, all: Projects there are.
    """

    doors: tuple[tuple[str, tuple[Visitor, ...]], ...] = ()
    standouts: tuple[Standout, ...] = ()
    running: int = 0
    all: int = 0


def front() -> Front:
    """Return what the start page shows now.

    Owners come first whose projects are late where most are, and agents who have something to pair
    and most that is late.
    """
    with parts().new_uow() as uow:
        late = standouts.late(uow.connection, local_date(parts().clock.now()))
        counted = queries.statuses(uow.connection, queries.ProjectFilter())
        worth = tuple(_worth_a_look(uow.connection, late))
    return Front(
        doors=tuple(_doors(late)),
        standouts=tuple(Standout(outlook=outlook.looked_at(code), why=why) for code, why in worth),
        running=counted.get(ProjectStatus.RUNNING.value, 0),
        all=sum(counted.values()),
    )


def _worth_a_look(connection: Connection, late: Sequence[Late]) -> Iterator[tuple[str, Why]]:
    """Yield a handful of running projects and why; the newest where there is nothing better."""
    running = queries.ProjectFilter(status=ProjectStatus.RUNNING)
    newest = queries.projects(connection, running, limit=_SHOWN)
    found = {
        Why.LATE: tuple(one.project for one in late),
        Why.UNANSWERED: standouts.unanswered(connection, _SHOWN),
        Why.NEARLY_DONE: standouts.nearly_done(connection, _SHOWN),
        Why.NEW: tuple(line.project for line in newest),
    }
    told: dict[str, Why] = {}
    for why, most in _OF_EACH.items():
        fresh = (code for code in dict.fromkeys(found[why]) if code not in told)
        told |= dict.fromkeys(islice(fresh, min(most, _SHOWN - len(told))), why)
    yield from told.items()


def _doors(late: Sequence[Late]) -> Iterator[tuple[str, tuple[Visitor, ...]]]:
    visitors = _worth_first(_busiest_first(parts().people.all()), late)
    for door, roles in _DOORS:
        yield (
            door,
            tuple(
                _named(each)
                for role, most in roles.items()
                for each in _apart(_of_role(visitors, role, most))[:most]
            ),
        )


def _of_role(visitors: Sequence[Visitor], role: Role, most: int) -> tuple[Visitor, ...]:
    """Return those of a role; as many agents first as have a pair that could start now."""
    found = tuple(one for one in visitors if role in one.person.roles)
    if role is not Role.AGENT:
        return found
    able = islice(filter(_can_pair, found[:_ASKED]), most)
    return tuple(dict.fromkeys((*able, *found)))


def _can_pair(visitor: Visitor) -> bool:
    return any(map(pairs.startable, pairs.desks(visitor.person.actor, 1)))


def _named(visitor: Visitor) -> Visitor:
    """Return a visitor with the name of what they are to look at."""
    if visitor.shows is None:
        return visitor
    with parts().new_uow() as uow:
        line = queries.project(uow.connection, visitor.shows)
    name = "" if line is None else masking.without_numbers(line.name)
    return replace(visitor, called=name or visitor.shows)


def _apart(visitors: Iterable[Visitor]) -> tuple[Visitor, ...]:
    """Return the first visitor of each office, township and organisation."""
    found: dict[tuple[str | None, ...], Visitor] = {}
    for one in visitors:
        person = one.person
        found.setdefault((person.department, person.township, person.organisation), one)
    return tuple(found.values())


def _worth_first(people: tuple[Person, ...], late: Sequence[Late]) -> tuple[Visitor, ...]:
    """Return people in the order of what is late with them; others as before."""
    offices = Counter(one.department for one in late)
    worst = next((code for code, _ in offices.most_common(1)), "")
    there = [one for one in late if one.department == worst]
    owners, agents = Counter(one.owner for one in there), Counter(one.agent for one in late)
    shown = {one.owner: one.project for one in reversed(there)}
    visitors = (Visitor(person=one, shows=shown.get(one.organisation or "")) for one in people)
    return tuple(
        sorted(
            visitors,
            key=lambda one: (
                -owners[one.person.organisation or ""],
                -agents[one.person.id],
                -offices[one.person.department or ""],
            ),
        )
    )


def _busiest_first(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return people in the order of their departments' open tasks, most first; others as before."""
    with parts().new_uow() as uow:
        lines = queries.tasks(uow.connection, limit=queries.LARGEST_PAGE)
    load = Counter(line.department or line.township for line in lines)
    return tuple(sorted(people, key=lambda one: -load[one.department or one.township or ""]))
