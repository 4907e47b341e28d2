"""Reports: what the logs say about how the office works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, limits, present, sight
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.schemas.reports import BackdatingSchema, ReportQuerySchema
from api.worked_out import READING
from engine import backdating
from engine.store.queries import ProjectFilter
from workflows.access import READS, Read, Scope, may, relations
from workflows.errors import NotAllowedError, UnknownProjectError

if TYPE_CHECKING:
    from workflows.backdating_report import Tally
    from workflows.facts import Actor

nouns = Nouns("reports", __name__, description="What the logs say about how the office works")
Row = dict[str, Any]


@nouns.route("/reports/backdating", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "getBackdating", BackdatingSchema, query=ReportQuerySchema)
def show_backdating(query: Row) -> Row:
    """Report what was recorded late.

    How much was entered on a later day than it happened, by department and project, for
    supervisors (of their township), stage leads, planners and administrators.
    """
    actor = actors.current()
    codes = _codes(actor, query.get("project"))
    if "project" not in query:
        limits.count(actor.id, READING)
    found = backdating.report(parts().handle, codes)
    departments = parts().library.catalogue.departments
    return {
        **_figures(found.whole),
        "departments": [
            {
                **_figures(tally),
                "department": code,
                "name": departments[code].name if code in departments else None,
            }
            for code, tally in found.departments.items()
        ],
        "projects": [
            {**_figures(tally), "project": code} for code, tally in found.projects.items()
        ],
    }


def _which(actor: Actor) -> ProjectFilter:
    """Return the projects that the actor may have reports on.

    Raises:
        NotAllowedError: If the actor reads none at all.
    """
    if not relations(actor, READS[Read.REPORT]):
        raise NotAllowedError(command="ReadReport", actor=actor.id)
    return ProjectFilter(viewer=actor, read=Read.REPORT)


def _codes(actor: Actor, code: str | None) -> tuple[str, ...]:
    """Return the codes to read.

    Raises:
        NotAllowedError: If the actor reads no reports.
        UnknownProjectError: If the one asked for does not exist or lies out of sight.
    """
    which = _which(actor)
    if code is None:
        return backdating.codes(parts().new_uow, which)
    found = sight.project(code, actor)
    if not may(actor, READS[Read.REPORT], Scope.of(found)):
        raise UnknownProjectError(project=code)
    return (code,)


def _figures(tally: Tally) -> Row:
    return {**present.members(tally), "share": tally.share}
