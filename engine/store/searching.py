"""Finds projects, attempts and documents by a piece of text, within what a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from engine.store import rights
from engine.store.tables import DocumentRow, ItemRunRow, NoteRow, ProjectRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from workflows.facts import Actor

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectHit:
    """A project whose code or name holds the text."""

    project: str
    name: str | None
    township: str
    status: str
    stage: int
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHit:
    """The latest attempt at an item that was looked for."""

    project: str
    unit: int
    item: str
    attempt: int
    stage: int
    status: int
    result: str | None
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHit:
    """An issued document of a kind that was looked for."""

    project: str
    unit: int
    document: str
    item: str
    issued_at: datetime


def projects(
    connection: Connection, words: str, viewer: Actor, limit: int
) -> tuple[ProjectHit, ...]:
    """Return projects whose code or name holds *words*, the newest first."""
    query = (
        select(
            ProjectRow.project,
            NoteRow.text.label("name"),
            ProjectRow.township,
            ProjectRow.status,
            ProjectRow.stage,
            ProjectRow.filed_at,
        )
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
        .where(
            rights.seen(ProjectRow, viewer),
            or_(_holds(ProjectRow.project, words), _holds(NoteRow.text, words)),
        )
        .order_by(ProjectRow.filed_at.desc(), ProjectRow.project.desc())
        .limit(limit)
    )
    found = connection.execute(query)
    return tuple(ProjectHit(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def items(
    connection: Connection, codes: Collection[str], viewer: Actor, limit: int
) -> tuple[ItemHit, ...]:
    """Return the attempts at some items, the newest first."""
    names = ("project", "unit", "item", "attempt", "stage", "status", "result", "filed_at")
    query = (
        select(*(getattr(ItemRunRow, name) for name in names))
        .join(ProjectRow, ProjectRow.project == ItemRunRow.project)
        .where(ItemRunRow.item.in_(codes), rights.seen(ProjectRow, viewer))
        .order_by(ItemRunRow.filed_at.desc(), ItemRunRow.project, ItemRunRow.unit, ItemRunRow.item)
        .limit(limit)
    )
    found = connection.execute(query)
    return tuple(ItemHit(**row._mapping) for row in found)  # noqa: SLF001 - as above


def documents(
    connection: Connection, kinds: Collection[str], viewer: Actor, limit: int
) -> tuple[DocumentHit, ...]:
    """Return issued documents of some kinds, the newest first."""
    table = DocumentRow
    query = (
        select(table.project, table.unit, table.document, table.item, table.issued_at)
        .join(ProjectRow, ProjectRow.project == table.project)
        .where(table.document.in_(kinds), rights.seen(ProjectRow, viewer))
        .order_by(table.issued_at.desc(), table.project, table.unit, table.document)
        .limit(limit)
    )
    found = connection.execute(query)
    return tuple(DocumentHit(**row._mapping) for row in found)  # noqa: SLF001 - as above


def visible(connection: Connection, codes: Collection[str], viewer: Actor) -> frozenset[str]:
    """Return which of some projects a reader sees."""
    if not codes:
        return frozenset()
    query = select(ProjectRow.project).where(
        ProjectRow.project.in_(codes), rights.seen(ProjectRow, viewer)
    )
    return frozenset(connection.execute(query).scalars())


def of_words(words: str) -> ColumnElement[bool]:
    """Say of a project's row that its code or name holds *words*."""
    named = select(NoteRow.ref).where(_holds(NoteRow.text, words))
    return or_(_holds(ProjectRow.project, words), ProjectRow.name.in_(named))


def _holds(column: Any, words: str) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped column
    """Say that a text holds *words*, big or small letters; % and _ are letters like any other."""
    plain = words
    for special in (_ESCAPE, "%", "_"):
        plain = plain.replace(special, _ESCAPE + special)
    found: ColumnElement[bool] = func.lower(column).like(func.lower(f"%{plain}%"), escape=_ESCAPE)
    return found
