"""Reads and writes what people are told, and where they get mail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, tuple_, update

from engine.store.message_tables import ContactRow, NoticeRow
from engine.store.receipts import insert_new
from engine.store.tables import PersonRow, ProjectRow
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Executable

NoticeCursor = tuple["datetime", str]  # (created_at, id) of the last line


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that a person is told.

    Attributes:
        id: Names the event and the piece of news in it; the same on every try.
        params: What the text of *code* names.
    """

    person: str
    id: str
    code: str
    params: Mapping[str, Any]
    project: str
    created_at: datetime
    read_at: datetime | None = None
    mailed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a person gets mail, and in which language.

    Attributes:
        confirmed_at: When the address's reader agreed; None = not yet, and nothing is mailed.
    """

    person: str
    mail: str
    locale: str
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who stands behind a project: people of the owner, and the agent."""

    owners: tuple[str, ...]
    agent: str | None


def put(connection: Connection, one: Notice) -> bool:
    """Store a notice unless it is there, and tell whether it was new."""
    cells = {
        "person": one.person,
        "id": one.id,
        "code": one.code,
        "parameters": json.dumps(dict(one.params), ensure_ascii=False, default=str),
        "project": one.project,
        "created_at": one.created_at,
        "read_at": None,
        "mailed_at": None,
    }
    return insert_new(connection, NoticeRow, cells)


def listed(
    connection: Connection,
    person: str,
    *,
    unread: bool,
    after: NoticeCursor | None,
    limit: int,
) -> tuple[Notice, ...]:
    """Return a page of what a person is told, the newest first."""
    query = select(*NoticeRow.__table__.c).where(NoticeRow.person == person)
    if unread:
        query = query.where(NoticeRow.read_at.is_(None))
    place = (NoticeRow.created_at, NoticeRow.id)
    if after is not None:
        types = [column.type for column in place]
        query = query.where(tuple_(*place) < tuple_(*after, types=types))
    query = query.order_by(NoticeRow.created_at.desc(), NoticeRow.id.desc()).limit(limit)
    return tuple(map(notice, connection.execute(query)))


def get(connection: Connection, person: str, identity: str) -> Notice | None:
    """Return one notice, or None."""
    query = select(*NoticeRow.__table__.c)
    query = query.where(NoticeRow.person == person, NoticeRow.id == identity)
    found = connection.execute(query).one_or_none()
    return None if found is None else notice(found)


def unread(connection: Connection, person: str) -> int:
    """Return how much a person has not read."""
    query = select(func.count()).select_from(NoticeRow)
    query = query.where(NoticeRow.person == person, NoticeRow.read_at.is_(None))
    return connection.execute(query).scalar_one()


def mark_read(connection: Connection, person: str, now: datetime, ids: Sequence[str] | None) -> int:
    """Mark some notices of a person as read (None = all), and return how many were not yet."""
    mine = update(NoticeRow).where(NoticeRow.person == person, NoticeRow.read_at.is_(None))
    if ids is not None:
        mine = mine.where(NoticeRow.id.in_(ids))
    return connection.execute(mine.values(read_at=now)).rowcount


def mark_mailed(connection: Connection, one: Notice, now: datetime) -> None:
    """Write down that a notice went out by mail."""
    mine = update(NoticeRow).where(NoticeRow.person == one.person, NoticeRow.id == one.id)
    connection.execute(mine.values(mailed_at=now))


def parties(connection: Connection, code: str) -> Parties | None:
    """Return who stands behind a project now; None if there is none such."""
    query = select(ProjectRow.owner, ProjectRow.agent).where(ProjectRow.project == code)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    owners = select(PersonRow.id, PersonRow.roles).where(
        PersonRow.organisation == found.owner, PersonRow.active
    )
    ids = [row.id for row in connection.execute(owners) if "owner" in row.roles.split()]
    return Parties(owners=tuple(sorted(ids)), agent=found.agent)


def leads(connection: Connection, department: str) -> tuple[str, ...]:
    """Return who leads a department now, by id."""
    query = select(PersonRow.id, PersonRow.roles).where(
        PersonRow.department == department, PersonRow.active
    )
    found = connection.execute(query)
    return tuple(sorted(row.id for row in found if Role.DEPARTMENT_LEAD.value in row.roles.split()))


_CONTACT = (ContactRow.person, ContactRow.mail, ContactRow.locale, ContactRow.confirmed_at)


def contact(connection: Connection, person: str) -> Contact | None:
    """Return where a person gets mail, or None."""
    return _contact(connection, select(*_CONTACT).where(ContactRow.person == person))


def put_contact(
    connection: Connection, person: str, to: Contact | None, *, keep: bool = False
) -> None:
    """Set where a person gets mail; None = they get none.

    Args:
        keep: The address is the one that was there: what its reader said stands.
    """
    if to is not None and keep:
        mine = update(ContactRow).where(ContactRow.person == person)
        connection.execute(mine.values(locale=to.locale))
        return
    connection.execute(delete(ContactRow).where(ContactRow.person == person))
    if to is not None:
        cells = {"person": person, "mail": to.mail, "locale": to.locale}
        connection.execute(insert(ContactRow).values({**cells, "confirmed_at": to.confirmed_at}))


def ask(connection: Connection, person: str, proof: str, until: datetime) -> None:
    """Keep the hash of the token that a letter to the person's address holds, and its term."""
    mine = update(ContactRow).where(ContactRow.person == person)
    connection.execute(mine.values(proof=proof, proof_until=until))


def asked(connection: Connection, proof: str, now: datetime) -> Contact | None:
    """Return the address that a token asks about, or None when its term is over."""
    query = select(*_CONTACT).where(ContactRow.proof == proof, ContactRow.proof_until > now)
    return _contact(connection, query)


def agree(connection: Connection, person: str, now: datetime) -> None:
    """Write down that the reader of a person's address agreed; the first yes counts."""
    mine = update(ContactRow).where(ContactRow.person == person, ContactRow.confirmed_at.is_(None))
    connection.execute(mine.values(confirmed_at=now))


def _contact(connection: Connection, query: Executable) -> Contact | None:
    found = connection.execute(query).one_or_none()
    return None if found is None else Contact(**found._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def notice(row: Any) -> Notice:  # noqa: ANN401 - a row
    """Return a notice from its row."""
    cells = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return Notice(params=json.loads(cells.pop("parameters")), **cells)
