"""Who sees what: one table, asked before a project is shown or touched.

What an actor does not see does not exist for them: both are answered alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.parts import parts
from workflows.access import Grant, Relation, Scope, may
from workflows.errors import UnknownProjectError
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.facts import Actor
    from workflows.project import Project

# Owners see their own, agents and the window those of their township and what is assigned to
# them. Departments see every project: their item may come to apply, and its page shows no person.
SEEING: tuple[Grant, ...] = (
    (Role.OWNER, Relation.OWN),
    (Role.AGENT, Relation.ASSIGNED),
    (Role.AGENT, Relation.TOWNSHIP),
    (Role.WINDOW, Relation.TOWNSHIP),
    (Role.SUPERVISOR, Relation.TOWNSHIP),
    (Role.REVIEWER, Relation.ANY),
    (Role.INSPECTOR, Relation.ANY),
    (Role.DEPARTMENT_LEAD, Relation.ANY),
    (Role.STAGE_LEAD, Relation.ANY),
    (Role.PLANNER, Relation.ANY),
    (Role.ADMINISTRATOR, Relation.ANY),
    (Role.SYSTEM, Relation.ANY),
)


def project(code: str, actor: Actor) -> Project:
    """Return a project within the actor's sight.

    Raises:
        UnknownProjectError: If there is none, or it lies out of sight.
    """
    found = parts().handle.project(code)
    if not may(actor, SEEING, Scope.of(found)):
        raise UnknownProjectError(project=code)
    return found


def narrowed(actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return *asked* narrowed to what the actor sees of lists; None when that is nothing.

    Whoever sees by more than one relation (an agent: the township, and what is assigned
    elsewhere) gets the one that takes least away from what was asked.
    """
    fitting = [
        {**asked, **scope}
        for scope in scopes(actor)
        if all(asked.get(name, value) == value for name, value in scope.items())
    ]
    return min(fitting, key=len, default=None)


def scopes(actor: Actor) -> Iterator[Mapping[str, str]]:
    """Yield what each of the actor's grants means for a list, the widest first."""
    relations = {relation for role, relation in SEEING if role in actor.roles}
    if Relation.ANY in relations:
        yield {}
    if Relation.TOWNSHIP in relations:
        yield {} if actor.township is None else {"township": actor.township}
    if Relation.ASSIGNED in relations:
        yield {"agent": actor.id}
    if Relation.OWN in relations and actor.organisation is not None:
        yield {"owner": actor.organisation}
