"""Writes people and tokens; reads are in queries.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from engine.store.tables import PersonRow, TokenRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.store.queries import Person


def put_person(connection: Connection, person: Person) -> None:
    """Store a person, new or changed."""
    cells = {
        "name": person.name,
        "roles": " ".join(sorted(person.roles)),
        "organisation": person.organisation,
        "department": person.department,
        "township": person.township,
        "active": person.active,
        "phone": person.phone,
    }
    changed = connection.execute(update(PersonRow).where(PersonRow.id == person.id).values(**cells))
    if changed.rowcount == 0:
        connection.execute(insert(PersonRow).values(id=person.id, **cells))


def erase_person(connection: Connection, identity: str) -> None:
    """Erase a person with every token; the log keeps the id alone."""
    connection.execute(delete(TokenRow).where(TokenRow.person == identity))
    connection.execute(delete(PersonRow).where(PersonRow.id == identity))


def put_token(
    connection: Connection, *, hash_: str, person: str, created_at: datetime, expires_at: datetime
) -> None:
    """Store a token by its hash."""
    connection.execute(
        insert(TokenRow).values(
            hash=hash_, person=person, created_at=created_at, expires_at=expires_at
        )
    )


def drop_token(connection: Connection, hash_: str) -> bool:
    """Take a token back and tell whether there was one."""
    return connection.execute(delete(TokenRow).where(TokenRow.hash == hash_)).rowcount == 1


def holder(connection: Connection, hash_: str, now: datetime) -> str | None:
    """Return the id of the person whose unexpired token has this hash, or None."""
    query = select(TokenRow.person).where(TokenRow.hash == hash_, TokenRow.expires_at > now)
    return connection.execute(query).scalar_one_or_none()
