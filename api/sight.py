"""Who sees what: the table of workflows/access.py, asked before a project is shown or touched.

What an actor does not see does not exist for them: both are answered alike. Lists ask the same
table in SQL (engine/store/rights.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parts import parts
from workflows.access import READS, Read, Scope, may
from workflows.errors import UnknownProjectError

if TYPE_CHECKING:
    from workflows.facts import Actor
    from workflows.project import Project


def project(code: str, actor: Actor) -> Project:
    """Return a project within the actor's sight.

    Raises:
        UnknownProjectError: If there is none, or it lies out of sight.
    """
    found = parts().handle.project(code)
    if not sees(actor, found):
        raise UnknownProjectError(project=code)
    return found


def sees(actor: Actor, project: Project) -> bool:
    """Tell whether the actor may read a project."""
    return may(actor, READS[Read.PROJECT], Scope.of(project))
