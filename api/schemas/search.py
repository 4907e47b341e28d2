"""Finding by a piece of text."""

from __future__ import annotations

from api.schemas.base import NameSchema, Strict, figure, instant, many, one, said, whole, words

_MOST = 50


class SearchQuerySchema(Strict):
    """What is looked for."""

    q = words("Piece of a code or a name, at least two characters", longest=100, example="住宅")
    limit = whole("Most of each kind", least=1, most=_MOST, default=20, query=True)


class ProjectHitSchema(Strict):
    """A project."""

    project = said("Project code")
    name = said("Name; null once it was erased", none=True)
    township = said("Township")
    status = said("Status")
    stage = figure("Furthest stage")
    filed_at = instant("Filed at, UTC")


class ItemHitSchema(Strict):
    """An attempt at an item."""

    project = said("Project code")
    unit = figure("Unit")
    item = said("Item code")
    name = one(NameSchema, "Name of the item")
    attempt = figure("Attempt")
    stage = figure("Stage")
    status = figure("National status")
    result = said("Result, once it ended", none=True)
    filed_at = instant("Filed at, UTC")


class DocumentHitSchema(Strict):
    """An issued document."""

    project = said("Project code")
    unit = figure("Unit")
    document = said("Kind of document")
    name = one(NameSchema, "Name of the kind")
    item = said("Item that issued it")
    issued_at = instant("Issued at, UTC")


class SearchSchema(Strict):
    """What was found, within the sender's sight."""

    projects = many(ProjectHitSchema, "By code or name, the newest first")
    items = many(ItemHitSchema, "By code or name of the item, the newest attempts first")
    documents = many(DocumentHitSchema, "By name of the document, the newest first")
