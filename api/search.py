"""Search: projects by code or name, items and documents by theirs, within the sender's sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, present, trail
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError
from api.schemas.search import SearchQuerySchema, SearchSchema
from engine.store import searching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Name

nouns = Nouns("search", __name__, description="Finding by a piece of text")
Row = dict[str, Any]
_SHORTEST = 2
_TOLD = 20  # projects that the audit trail names


@nouns.route("/search", methods=["GET"])
@reads(nouns, "search", SearchSchema, query=SearchQuerySchema)
def search(query: Row) -> Row:
    """Find by a piece of text.

    Big and small letters are the same, Chinese is found by any part of a name.
    """
    viewer, limit = actors.current(), query["limit"]
    sought = query["q"].strip()
    if len(sought) < _SHORTEST:
        raise InvalidError.at("/q", "api.field.length", min=_SHORTEST, max=100)
    catalogue = parts().library.catalogue
    items = _matching({code: item.name for code, item in catalogue.items.items()}, sought)
    kinds = _matching({code: kind.name for code, kind in catalogue.documents.items()}, sought)
    with parts().new_uow() as uow:
        found = (
            searching.projects(uow.connection, sought, viewer, limit),
            searching.items(uow.connection, items, viewer, limit),
            searching.documents(uow.connection, kinds, viewer, limit),
        )
    codes = dict.fromkeys(each.project for kind in found for each in kind)
    trail.mention(" ".join(list(codes)[:_TOLD]))
    return {
        "projects": [present.members(each) for each in found[0]],
        "items": [
            {**present.members(each), "name": catalogue.items[each.item].name} for each in found[1]
        ],
        "documents": [
            {**present.members(each), "name": catalogue.documents[each.document].name}
            for each in found[2]
        ],
    }


def _matching(names: Mapping[str, Name], sought: str) -> tuple[str, ...]:
    """Return the codes whose code or name, in either language, holds what is sought."""
    plain = sought.casefold()
    return tuple(
        code
        for code, name in names.items()
        if any(plain in each.casefold() for each in (code, name.zh, name.en))
    )
