"""The audit trail, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app

from api import actors
from api.called import names_of
from api.contract import reads
from api.cursors import page_of, read_cursor, write_cursor
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.schemas.accounts import AuditPageSchema, AuditQuerySchema
from engine.store.audit import AuditFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

nouns = Nouns("audit", __name__, description="Who read and changed what")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_FILTERS = ("actor", "object", "operation", "since", "until")


@nouns.route("/audit", methods=["GET"])
@reads(nouns, "listAudit", AuditPageSchema, query=AuditQuerySchema)
def list_audit(query: dict[str, Any]) -> dict[str, Any]:
    """List who read and changed what.

    The newest first. It is kept for the number of days that is set, half a year at least.
    """
    actors.administrator("audit")
    after = read_cursor(query.get("cursor"), ("id",))
    readings = frozenset(_readings()) if query.get("changes") else frozenset()
    which = AuditFilter(but=readings, **{name: query.get(name) for name in _FILTERS})
    before = None if after is None else int(str(after[0]))
    lines = parts().audit.lines(which, before=before, limit=query["limit"] + 1)
    page, last = page_of(lines, query["limit"])
    names = names_of(("agent", each.seen.actor) for each in page)
    return {
        "data": [
            {**members(each.seen), "actor_name": names.get(("agent", each.seen.actor))}
            for each in page
        ],
        "next": None if last is None else write_cursor((str(last.id),)),
    }


def _readings() -> Iterator[str]:
    """Yield the operations that change nothing, whoever asks for them."""
    for rule in current_app.url_map.iter_rules():
        if not (rule.methods or set()) - _SAFE:
            yield rule.endpoint
