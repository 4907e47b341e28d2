"""What the public pages show of projects: progress, no person, no organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.parts import parts
from engine.store import queries
from engine.store.naming import Kind
from workflows import masking
from workflows.progress import progress

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue, Name
    from workflows.progress import Progress
    from workflows.project import Project


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


def looked_at(code: str) -> Outlook:
    """Return one project beside its progress, now."""
    found = parts().handle.project(code)
    library = parts().in_force.of(found)
    now = parts().clock.now()
    seen = progress(
        found, library.catalogue, library.calendar, now, parts().settings.rules.materials
    )
    return project(found, seen, library.catalogue)
