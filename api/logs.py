"""Logs of other systems: handed in, read in the background, their facts fetched."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, send_file

from api import actors
from api.contract import serves, uploads
from api.desk import order
from api.jobs import ordered, row_of
from api.parser import Nouns
from api.parts import parts
from api.schemas.jobs import JobSchema
from api.schemas.kinds import CLEAN_PATTERN
from api.uploads import received
from engine.errors import UnknownJobError
from engine.importing import IMPORT, mapping_said
from exchange import importing
from workflows.access import KEEPERS, Keep, Scope, may
from workflows.errors import NotAllowedError

if TYPE_CHECKING:
    from workflows.facts import Actor

nouns = Nouns("logs", __name__, description="Logs of other systems, taken in to be compared")
Row = dict[str, Any]
Accepted = tuple[Row, dict[str, str]]
LONGEST_MAPPING = 8 * 1024  # bytes; characters may have four
FACTS = "application/octet-stream"
_MAPPING_FIELD = {
    "type": "string",
    "maxLength": LONGEST_MAPPING // 4,
    "pattern": CLEAN_PATTERN,
    "default": "",
    "description": "TOML that says what the log itself leaves open: columns, time zone, phases",
}


@nouns.route("/logs", methods=["POST"])
@uploads(
    nouns,
    "importLog",
    {"mapping": _MAPPING_FIELD},
    status=HTTPStatus.ACCEPTED,
    answer=JobSchema,
    tagged=False,
)
def import_log() -> Accepted:
    """Take in a log of another system.

    XES, CSV or the national tables, for planners and administrators. Answers 202 and a job: its
    first line reads the log, the others tell reason by reason which events could not be used, and
    what a reader has to know of those that were. Nothing of ours is changed.
    """
    actor = _keeper()
    upload = received(parts().logs, frozenset({"mapping"}), LONGEST_MAPPING)
    mapping = upload.fields.get("mapping", "")
    importing.format_of(upload.name, mapping_said(mapping))
    said = {"file": upload.kept.sha256, "name": upload.name, "mapping": mapping}
    identity = parts().bulk.queue(order("importLog", said), IMPORT, {**said, "actor": actor.id})
    row = row_of(parts().jobs.get(identity))
    return row, {"Location": row["link"]}


@nouns.route("/jobs/<word:job>/facts", methods=["GET"])
@serves(nouns, "getJobFacts", FACTS)
def serve_facts(job: str) -> Response:
    """Fetch the facts of a log that was taken in.

    A file for `abreast report --facts`; kept for a month.
    """
    known = ordered(job)
    if known.kind != IMPORT:
        raise UnknownJobError(job=job)
    opened = parts().imports.facts(known.parameters)
    name = f"{known.id}.facts"
    return send_file(opened, mimetype=FACTS, as_attachment=True, download_name=name)


def _keeper() -> Actor:
    """Return the sender.

    Raises:
        NotAllowedError: If they neither plan nor administer.
    """
    actor = actors.current()
    if not may(actor, KEEPERS[Keep.LOGS], Scope()):
        raise NotAllowedError(actor=actor.id, command="ImportLog")
    return actor
