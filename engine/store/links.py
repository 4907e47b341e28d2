"""Reads and writes links that speak for a person; a link is known by the hash of its token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a receipt is read by the annotations
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, update

from engine.store.message_tables import LinkRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COLUMNS = tuple(column for column in LinkRow.__table__.c if column.name != "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that lets its holder do one thing as *person*.

    Attributes:
        task: UNIT/ITEM/ATTEMPT/STEP, or of a supplement UNIT/ITEM/ATTEMPT.
        expires_at: None = until it is revoked.
        used_at: When its one answer was given.
    """

    id: str
    purpose: str
    project: str | None
    task: str | None
    person: str
    issuer: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None


def put(connection: Connection, hash_: str, link: Link) -> None:
    """Store a new link."""
    cells = {column.name: getattr(link, column.name) for column in _COLUMNS}
    connection.execute(insert(LinkRow).values(hash=hash_, **cells))


def by_hash(connection: Connection, hash_: str) -> Link | None:
    """Return the link of a token, or None."""
    found = connection.execute(select(*_COLUMNS).where(LinkRow.hash == hash_)).one_or_none()
    return None if found is None else Link(**found._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def get(connection: Connection, identity: str) -> Link | None:
    """Return a link by its id, or None."""
    found = connection.execute(select(*_COLUMNS).where(LinkRow.id == identity)).one_or_none()
    return None if found is None else Link(**found._mapping)  # noqa: SLF001 - as above


def of_issuer(connection: Connection, issuer: str, limit: int) -> tuple[Link, ...]:
    """Return the links that somebody made, the newest first."""
    query = select(*_COLUMNS).where(LinkRow.issuer == issuer)
    query = query.order_by(LinkRow.created_at.desc(), LinkRow.id).limit(limit)
    return tuple(Link(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - as above


def about(connection: Connection, person: str) -> tuple[Link, ...]:
    """Return the links that speak for a person or that they made, the newest first."""
    query = select(*_COLUMNS).where(or_(LinkRow.person == person, LinkRow.issuer == person))
    query = query.order_by(LinkRow.created_at.desc(), LinkRow.id)
    return tuple(Link(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - as above


def use(connection: Connection, identity: str, now: datetime) -> None:
    """Write down that a link was used."""
    mine = update(LinkRow).where(LinkRow.id == identity, LinkRow.used_at.is_(None))
    connection.execute(mine.values(used_at=now))


def drop_of_person(connection: Connection, person: str, purpose: str) -> None:
    """Revoke a person's links of one purpose."""
    mine = delete(LinkRow).where(LinkRow.person == person, LinkRow.purpose == purpose)
    connection.execute(mine)


def drop(connection: Connection, identity: str, issuer: str) -> bool:
    """Revoke a link of *issuer*, and tell whether there was one."""
    mine = delete(LinkRow).where(LinkRow.id == identity, LinkRow.issuer == issuer)
    return connection.execute(mine).rowcount == 1
