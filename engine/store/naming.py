"""Reads and writes what townships and organisations are called; reads it of projects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, or_, select, tuple_, update

from engine.store.message_tables import NamingRow
from engine.store.tables import NoteRow, ProjectRow
from workflows.catalogue.values import Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

_KEY = (NamingRow.kind, NamingRow.code)


class Kind(StrEnum):
    """What has a name beside the people and what the catalogue names."""

    TOWNSHIP = "township"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a township or an organisation is called."""

    kind: Kind
    code: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which names.

    Attributes:
        kind: None = of any kind.
        organisation: Of organisations only this one; None = all of them.
    """

    kind: Kind | None = None
    organisation: str | None = None


def put(connection: Connection, named: Named) -> None:
    """Store a name in place of the one that was there."""
    cells = {"zh": named.name.zh, "en": named.name.en}
    key = and_(NamingRow.kind == named.kind.value, NamingRow.code == named.code)
    changed = connection.execute(update(NamingRow).where(key).values(**cells))
    if changed.rowcount == 0:
        row = insert(NamingRow).values(kind=named.kind.value, code=named.code, **cells)
        connection.execute(row)


def names(connection: Connection, keys: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], Name]:
    """Return what some townships and organisations are called; who has no name is left out."""
    asked = sorted((kind.value, code) for kind, code in set(keys))
    if not asked:
        return {}
    found = connection.execute(
        select(*_KEY, NamingRow.zh, NamingRow.en).where(tuple_(*_KEY).in_(asked))
    )
    return {(Kind(row.kind), row.code): Name(zh=row.zh, en=row.en) for row in found}


def project_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return what some projects are called; whose name was erased is left out."""
    query = select(ProjectRow.project, NoteRow.text).join(NoteRow, NoteRow.ref == ProjectRow.name)
    found = connection.execute(query.where(ProjectRow.project.in_(sorted({*codes}))))
    return {row.project: row.text for row in found}


def page(
    connection: Connection, asked: Asked, *, after: tuple[object, ...] | None, limit: int
) -> tuple[Named, ...]:
    """Return a page of names, by kind and code."""
    query = select(*_KEY, NamingRow.zh, NamingRow.en).where(*_conditions(asked))
    if after is not None:
        query = query.where(tuple_(*_KEY) > tuple_(*after))
    found = connection.execute(query.order_by(*_KEY).limit(limit))
    return tuple(
        Named(kind=Kind(row.kind), code=row.code, name=Name(zh=row.zh, en=row.en)) for row in found
    )


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.kind is not None:
        found.append(NamingRow.kind == asked.kind.value)
    if asked.organisation is not None:
        own = NamingRow.code == asked.organisation
        found.append(or_(NamingRow.kind != Kind.ORGANISATION.value, own))
    return found
