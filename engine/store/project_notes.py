"""Reads and writes the notes that owner and agent leave each other on a project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, tuple_, update

from engine.store.message_tables import ProjectNoteRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_T = ProjectNoteRow
NoteCursor = tuple["datetime", str]  # (created_at, id) of the last line


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNote:
    """A note on a project; *text* is None once it was erased."""

    id: str
    project: str
    author: str
    created_at: datetime
    text: str | None
    erased_at: datetime | None = None


def put(connection: Connection, note: ProjectNote) -> None:
    """Store a new note."""
    cells = {column.name: getattr(note, column.name) for column in _T.__table__.c}
    connection.execute(insert(_T).values(cells))


def get(connection: Connection, project: str, identity: str) -> ProjectNote | None:
    """Return one note of a project, or None."""
    query = select(*_T.__table__.c).where(_T.project == project, _T.id == identity)
    found = connection.execute(query).one_or_none()
    return None if found is None else ProjectNote(**found._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def listed(
    connection: Connection, project: str, after: NoteCursor | None, limit: int
) -> tuple[ProjectNote, ...]:
    """Return a page of a project's notes, the oldest first."""
    query = select(*_T.__table__.c).where(_T.project == project)
    if after is not None:
        types = [_T.created_at.type, _T.id.type]
        query = query.where(tuple_(_T.created_at, _T.id) > tuple_(*after, types=types))
    query = query.order_by(_T.created_at, _T.id).limit(limit)
    return tuple(ProjectNote(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - as above


def erase(connection: Connection, identity: str, now: datetime) -> None:
    """Erase a note's words; that there was one stays."""
    mine = update(_T).where(_T.id == identity, _T.erased_at.is_(None))
    connection.execute(mine.values(text=None, erased_at=now))


def erase_author(connection: Connection, author: str, now: datetime) -> None:
    """Erase the words of every note of a person."""
    mine = update(_T).where(_T.author == author, _T.erased_at.is_(None))
    connection.execute(mine.values(text=None, erased_at=now))
