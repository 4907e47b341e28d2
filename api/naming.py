"""What townships and organisations are called: read by everybody, kept by administrators."""

from __future__ import annotations

from typing import Any

from api import actors
from api.contract import orders, reads
from api.cursors import page_of, place_of, read_cursor, write_cursor
from api.desk import order
from api.parser import Nouns
from api.parts import parts
from api.schemas.naming import NamedSchema, NamePageSchema, NameQuerySchema, NamingSchema
from engine.store.naming import Asked, Kind, Named
from workflows.catalogue.values import Name
from workflows.facts import Role

nouns = Nouns("names", __name__, description="What townships and organisations are called")
Row = dict[str, Any]
_PLACE = ("kind", "code")


@nouns.route("/names", methods=["GET"])
@reads(nouns, "listNames", NamePageSchema, query=NameQuerySchema)
def list_names(query: Row) -> Row:
    """List what townships and organisations are called.

    An owner is told of every township, and of the own organisation.
    """
    actor, limit, kind = actors.current(), query["limit"], query.get("kind")
    asked = Asked(
        kind=None if kind is None else Kind(kind),
        organisation=None if actor.roles - {Role.OWNER} else actor.organisation or "",
    )
    after = read_cursor(query.get("cursor"), _PLACE)
    page, last = page_of(parts().naming.page(asked, after=after, limit=limit + 1), limit)
    return {
        "data": [_told(each) for each in page],
        "next": None if last is None else write_cursor(place_of(last, _PLACE)),
    }


@nouns.route("/names", methods=["POST"])
@orders(nouns, "setName", NamingSchema, answer=NamedSchema, tagged=False)
def set_name(body: Row) -> Row:
    """Say what a township or an organisation is called from now on.

    For administrators. Pages, lists and files show the name beside the code or in its place.
    """
    actors.administrator("names")
    name = Name(zh=body["zh"], en=body["en"])
    named = Named(kind=Kind(body["kind"]), code=body["code"], name=name)
    parts().naming.change(named, order("setName", body))
    return _told(named)


def _told(named: Named) -> Row:
    return {"kind": named.kind.value, "code": named.code, "name": named.name}
