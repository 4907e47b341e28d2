"""Told days: what is due beside the limits, for whoever has to see to it."""

from __future__ import annotations

from typing import Any

from api import actors
from api.contract import reads
from api.cursors import page_of, place_of, read_cursor, write_cursor
from api.parser import Nouns
from api.parts import parts
from api.present import members
from api.schemas.deadlines import DeadlinePageSchema, DeadlineQuerySchema
from engine.store import deadlines, naming
from workflows.deadlines import DeadlineRow, told
from workflows.moments import local_date

nouns = Nouns("deadlines", __name__, description="Days that somebody was told")
Row = dict[str, Any]
_PLACE = ("due", "project", "unit", "item", "attempt", "kind")


@nouns.route("/deadlines", methods=["GET"])
@reads(nouns, "listDeadlines", DeadlinePageSchema, query=DeadlineQuerySchema)
def list_deadlines(query: Row) -> Row:
    """List the days that somebody was told.

    Those of projects within the sender's sight that are not met yet, the earliest first: answers
    to supplements, ends of procedures, materials let do without, documents of default grants.
    """
    limit, after = query.pop("limit"), read_cursor(query.pop("cursor", None), _PLACE)
    today = local_date(parts().clock.now())
    before = today.isoformat() if query.pop("passed", False) else None
    asked = deadlines.Asked(viewer=actors.current(), before=before, **query)
    with parts().new_uow() as uow:
        found = deadlines.page(uow.connection, asked, after=after, limit=limit + 1)  # type: ignore[arg-type]
        page, last = page_of(found, limit)
        names = naming.project_names(uow.connection, (each.project for each in page))
    end = None if last is None else write_cursor(place_of(last, _PLACE))
    lines = [{**members(each), **told_day(each), "name": names.get(each.project)} for each in page]
    return {"data": lines, "next": end}


def told_day(row: DeadlineRow) -> Row:
    """Return a told day for ToldDaySchema, as it stands today."""
    today = local_date(parts().clock.now())
    return members(told(row, parts().library.calendar, today))
