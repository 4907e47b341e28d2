"""Names of townships and organisations."""

from __future__ import annotations

from api.schemas.base import NameSchema, Strict, choice, coded, lines, one, said, title
from api.schemas.tasks import PageSchema
from engine.store.naming import Kind

KINDS = [each.value for each in Kind]
_LONGEST = 100


class NameQuerySchema(PageSchema):
    """Which names."""

    kind = choice("Of what", KINDS, required=False)


class NamingSchema(Strict):
    """What a township or an organisation is called from now on."""

    kind = choice("Of what", KINDS)
    code = coded("Its code")
    zh = title("Chinese name", longest=_LONGEST)
    en = title("English name", longest=_LONGEST)


class NamedSchema(Strict):
    """What a township or an organisation is called."""

    kind = choice("Of what", KINDS)
    code = said("Its code")
    name = one(NameSchema, "Its name")


class NameLineSchema(NamedSchema):
    """A name in a list."""


class NamePageSchema(Strict):
    """A page of names, by kind and code."""

    data = lines(NameLineSchema, "Names")
    next = said("Cursor of the next page; null on the last", none=True)
