"""Who sees what: one table, asked before a project is shown or touched.

What an actor does not see does not exist for them: both are answered alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parts import parts
from workflows.access import Grant, Relation, Scope, may
from workflows.errors import UnknownProjectError
from workflows.facts import Role

if TYPE_CHECKING:
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
