"""What may be asked of every list: which members of its lines, which lines, in which order.

All by whitelist: the names come from the schema of the line, so that a list that is added later is
asked in the same way. Lists that come in pages are sorted and filtered by the database; what is
short is sorted and filtered here, as it goes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g
from marshmallow import Schema, fields, validate

from api.schemas.base import Chosen, Strict, choice, coded, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, Any]
_DATA = "data"
_ASKED = "asked_of_list"
_PLAIN = (fields.String, fields.Integer, fields.Float, fields.DateTime, fields.Date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asked of a short list, and of the lines of any.

    Attributes:
        fields: Members that each line is to have; empty = all.
        sort: Member to sort by, "-" before it for descending; None = as it comes.
        filters: Values that lines must have, as text, by member.
    """

    fields: Sequence[str] = ()
    sort: str | None = None
    filters: Mapping[str, str]


def line_of(answer: type[Schema]) -> type[Schema] | None:
    """Return the schema of a list's lines; None where the answer is no list of objects."""
    data = answer._declared_fields.get(_DATA)  # noqa: SLF001 - marshmallow's register of fields
    inner = data.inner if isinstance(data, fields.List) else None
    return type(inner.schema) if isinstance(inner, fields.Nested) else None


def query_of(
    operation: str, query: type[Schema], line: type[Schema], filters: Sequence[str]
) -> type[Schema]:
    """Return *query* with what may be asked of the list besides."""
    members = line._declared_fields  # noqa: SLF001 - as above
    more: dict[str, object] = {"fields": _fields(members), "__module__": query.__module__}
    if "limit" not in query._declared_fields:  # noqa: SLF001 - as above
        more["sort"] = _sort(members)
        more |= {name: _filter(name, members[name]) for name in filters}
    made: type[Schema] = type(f"{operation[0].upper()}{operation[1:]}QuerySchema", (query,), more)
    return made


def keep(query: Row, filters: Sequence[str], *, paged: bool) -> None:
    """Take out of *query* what the view need not know, and keep it until the answer goes out."""
    asked = Asked(
        fields=query.pop("fields", ()),
        sort=None if paged else query.pop("sort", None),
        filters={} if paged else {name: str(query.pop(name)) for name in filters if name in query},
    )
    setattr(g, _ASKED, asked)


def narrowed(answer: object) -> object:
    """Return an answer with its list as it was asked for."""
    asked: Asked | None = g.get(_ASKED)
    if asked is None or not isinstance(answer, dict) or not isinstance(answer.get(_DATA), list):
        return answer
    return {**answer, _DATA: list(_lines(answer[_DATA], asked))}


def _lines(lines: Iterable[Row], asked: Asked) -> Iterable[Row]:
    kept = [
        line
        for line in lines
        if all(str(line.get(name)) == value for name, value in asked.filters.items())
    ]
    if asked.sort is not None:
        name = asked.sort.removeprefix("-")
        known = [line for line in kept if line[name] is not None]
        known.sort(key=lambda line: line[name], reverse=asked.sort.startswith("-"))
        kept = known + [line for line in kept if line[name] is None]
    if not asked.fields:
        return kept
    return [{name: line[name] for name in asked.fields if name in line} for line in kept]


def _fields(members: Mapping[str, fields.Field[Any]]) -> Chosen:
    return Chosen(
        [*members],
        metadata={"description": "Members of each line that are wanted, parted by commas"},
    )


def _sort(members: Mapping[str, fields.Field[Any]]) -> fields.String:
    plain = [name for name, member in members.items() if isinstance(member, _PLAIN)]
    both = [f"{sign}{name}" for name in plain for sign in ("", "-")]
    return choice("Order; with a minus, descending; null last", both, required=False)


def _filter(name: str, member: fields.Field[Any]) -> fields.Field[Any]:
    described = f"Only lines with this {name}"
    for rule in member.validators:
        if isinstance(rule, validate.OneOf):
            return choice(described, [*rule.choices], required=False)
    if isinstance(member, fields.Integer):
        return whole(described, required=False, query=True)
    return coded(described, required=False)


class NothingSchema(Strict):
    """A query that need not say anything."""
