"""Who sees what: the table of workflows/access.py, asked before a project is shown or touched.

What an actor does not see does not exist for them: both are answered alike. Lists ask the same
table in SQL (engine/store/rights.py).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import g

from api.parts import parts
from api.problems import RequestError
from workflows.access import READS, Read, Scope, may
from workflows.errors import UnknownProjectError

if TYPE_CHECKING:
    from workflows.facts import Actor
    from workflows.project import Project

_EXPECTED = "expected_number"


def project(code: str, actor: Actor) -> Project:
    """Return a project within the actor's sight.

    Raises:
        UnknownProjectError: If there is none, or it lies out of sight.
        RequestError: 409 if the request expects it to be further on than it is.
    """
    found = parts().handle.project(code)
    if not sees(actor, found):
        raise UnknownProjectError(project=code)
    expected: int = g.get(_EXPECTED, 0)
    if found.number < expected:
        raise RequestError(
            HTTPStatus.CONFLICT, "api.behind", number=found.number, expected=expected
        )
    return found


def expect(number: int | None) -> None:
    """Have this request read no project that has not come to event *number* (read your write)."""
    setattr(g, _EXPECTED, number or 0)


def sees(actor: Actor, project: Project) -> bool:
    """Tell whether the actor may read a project."""
    return may(actor, READS[Read.PROJECT], Scope.of(project))
