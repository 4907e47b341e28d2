"""Projects in the formats of other people's tools, for whoever may have reports on them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from api import actors
from api.contract import serves
from api.parser import Nouns
from api.parts import parts
from api.problems import RequestError
from engine import backdating
from engine.outgoing import Outgoing
from engine.store.queries import ProjectFilter
from exchange.ocel import OCEL_JSON, as_json
from exchange.xes import XES
from workflows.access import READS, Read, relations
from workflows.errors import NotAllowedError

nouns = Nouns("exchange", __name__, description="Projects in the formats of other tools")
MOST = 2000  # projects in one answer; `abreast export` has no limit
ZIP = "application/zip"


@nouns.route("/exchange/log", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN", "422": "UNPROCESSABLE_ENTITY"})
@serves(nouns, "exportEventLog", XES)
def export_log() -> Response:
    """Export the event log in XES.

    IEEE 1849-2023: a project is a case. Supervisors get their township's projects; stage leads,
    planners and administrators all of them. No names of people and no free text.
    """
    return _file(b"".join(_outgoing().log()), XES, "xes")


@nouns.route("/exchange/objects", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN", "422": "UNPROCESSABLE_ENTITY"})
@serves(nouns, "exportObjectLog", OCEL_JSON)
def export_objects() -> Response:
    """Export the object-centric log in OCEL 2.0.

    Projects, stages, items, pairs, departments, agents and documents, for the same people as the
    event log.
    """
    return _file(as_json(_outgoing().objects()), OCEL_JSON, "json")


@nouns.route("/exchange/national", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN", "422": "UNPROCESSABLE_ENTITY"})
@serves(nouns, "exportNational", ZIP)
def export_national() -> Response:
    """Export the tables of the national data standard 2.0.

    A zip with a CSV for each table, as of today, for the same people as the event log.
    """
    return _file(_outgoing().national_zip(), ZIP, "zip")


def _outgoing() -> Outgoing:
    """Return the projects that the sender may have reports on.

    Raises:
        NotAllowedError: If there is no project of which the sender could read any.
        RequestError: If there are more than go into one answer.
    """
    actor = actors.current()
    if not relations(actor, READS[Read.REPORT]):
        raise NotAllowedError(command="ReadReport", actor=actor.id)
    codes = backdating.codes(parts().new_uow, ProjectFilter(viewer=actor, read=Read.REPORT))
    if len(codes) > MOST:
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "api.exchange.long", most=MOST)
    return Outgoing(
        handle=parts().handle,
        known=parts().in_force,
        clock=parts().clock,
        codes=sorted(codes),
    )


def _file(content: bytes, kind: str, ending: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="abreast-projects.{ending}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
