"""Reads everything that is kept of one person, for the person to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select

from engine.store import links, tidings
from engine.store.account_tables import AuditRow
from engine.store.message_tables import NoticeRow, ProjectNoteRow
from engine.store.project_notes import ProjectNote
from engine.store.tables import CommandRow, EventRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.store.links import Link
    from engine.store.tidings import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What a person was told and wrote, and the links that speak for them or that they made.

    Attributes:
        mail: Where they get mail; None where they get none.
        told: Notices, the newest first.
        links: The newest first; without what proves them.
        notes: Notes on projects, the oldest first; *text* None = erased.
    """

    mail: str | None
    told: tuple[Notice, ...]
    links: tuple[Link, ...]
    notes: tuple[ProjectNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An event that a person brought about."""

    stream: str
    number: int
    kind: str
    recorded_at: datetime


def left_traces(connection: Connection, person: str) -> bool:
    """Tell whether the log or the audit trail names a person as the one who acted."""
    query = select(
        or_(
            exists().where(EventRow.actor == person),
            exists().where(CommandRow.actor == person),
            exists().where(AuditRow.actor == person),
        )
    )
    return bool(connection.execute(query).scalar_one())


def deeds(connection: Connection, person: str) -> tuple[Deed, ...]:
    """Return what a person brought about, the oldest first."""
    query = (
        select(EventRow.stream, EventRow.number, EventRow.kind, EventRow.recorded_at)
        .where(EventRow.actor == person)
        .order_by(EventRow.recorded_at, EventRow.stream, EventRow.number)
    )
    found = connection.execute(query)
    return tuple(Deed(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def letters(connection: Connection, person: str) -> Letters:
    """Return what a person was told and wrote, and the links about them."""
    contact = tidings.contact(connection, person)
    told = select(*NoticeRow.__table__.c).where(NoticeRow.person == person)
    told = told.order_by(NoticeRow.created_at.desc(), NoticeRow.id)
    notes = select(*ProjectNoteRow.__table__.c).where(ProjectNoteRow.author == person)
    notes = notes.order_by(ProjectNoteRow.created_at, ProjectNoteRow.id)
    return Letters(
        mail=None if contact is None else contact.mail,
        told=tuple(map(tidings.notice, connection.execute(told))),
        links=links.about(connection, person),
        notes=tuple(ProjectNote(**row._mapping) for row in connection.execute(notes)),  # noqa: SLF001 - as below
    )
