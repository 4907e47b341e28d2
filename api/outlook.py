"""What the public pages show of projects: progress, no person, no organisation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.parts import parts
from engine.store import queries, standouts
from engine.store.naming import Kind
from workflows import masking
from workflows.facts import Role
from workflows.moments import local_date
from workflows.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.store.queries import Person
    from engine.store.standouts import Late
    from workflows.catalogue.values import Catalogue, Name
    from workflows.progress import Progress
    from workflows.project import Project


_DOORS: tuple[tuple[str, dict[Role, int]], ...] = (  # how many of each role wait behind it
    ("owner", {Role.OWNER: 4}),
    ("agent", {Role.AGENT: 2, Role.WINDOW: 1, Role.REVIEWER: 2}),
    ("planner", {Role.PLANNER: 1, Role.SUPERVISOR: 1, Role.ADMINISTRATOR: 1}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One project in public.

    Attributes:
        name: None when it was erased.
        township: What it is called; None where nobody said.
        agent: How the agent is called; only in demonstrations, where everyone is invented.
        assigned: Whether there is an agent at all.
        catalogue: The one that the project runs under.
    """

    name: str | None
    township: Name | None
    agent: str | None
    assigned: bool
    seen: Progress
    catalogue: Catalogue


def listed(limit: int) -> tuple[Outlook, ...]:
    """Return the newest projects."""
    with parts().new_uow() as uow:
        lines = queries.projects(uow.connection, limit=limit)
    return tuple(_looked_at(parts().handle.project(line.project)) for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whom one may be behind a door; *shows* is a project of theirs worth a look."""

    person: Person
    shows: str | None = None


def doors() -> tuple[tuple[str, tuple[Visitor, ...]], ...]:
    """Return the demonstration's three doors, each with the people that one may be behind it.

    Owners come first whose projects are late where most are, and agents with most that is late.
    """
    with parts().new_uow() as uow:
        late = standouts.late(uow.connection, local_date(parts().clock.now()))
    visitors = _worth_first(_busiest_first(parts().people.all()), late)
    return tuple(
        (
            door,
            tuple(
                each
                for role, most in roles.items()
                for each in _apart(one for one in visitors if role in one.person.roles)[:most]
            ),
        )
        for door, roles in _DOORS
    )


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


def project(found: Project, seen: Progress, catalogue: Catalogue) -> Outlook:
    """Return one project beside its progress."""
    with parts().new_uow() as uow:
        texts = queries.texts(uow.connection, [found.name.ref])
        agent = None if seen.agent is None else queries.person(uow.connection, seen.agent)
    known = agent is not None and parts().settings.demo
    name = texts.get(found.name.ref)
    place = (Kind.TOWNSHIP, seen.township)
    return Outlook(
        name=None if name is None else masking.without_numbers(name),
        township=parts().naming.names([place]).get(place),
        agent=agent.name if agent is not None and known else None,
        assigned=seen.agent is not None,
        seen=seen,
        catalogue=catalogue,
    )


def _looked_at(found: Project) -> Outlook:
    library = parts().in_force.of(found)
    now = parts().clock.now()
    seen = progress(
        found, library.catalogue, library.calendar, now, parts().settings.rules.materials
    )
    return project(found, seen, library.catalogue)
