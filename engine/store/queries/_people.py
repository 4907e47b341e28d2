"""People, whose token it is, and the words behind notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.store.queries._pages import every_column
from engine.store.tables import NoteRow, PersonRow, TokenRow
from workflows.facts import Actor, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as stored."""

    id: str
    name: str
    roles: frozenset[Role]
    organisation: str | None = None
    department: str | None = None
    township: str | None = None
    active: bool = True
    phone: str | None = None

    @property
    def actor(self) -> Actor:
        """Return the person as one who gives commands."""
        return Actor(
            id=self.id,
            roles=self.roles,
            organisation=self.organisation,
            department=self.department,
            township=self.township,
        )


# Built once: each request asks them, and building one costs the client more than asking it does.
_PERSON = tuple(column.key for column in PersonRow.__table__.c)
_HOLDER = (
    select(*PersonRow.__table__.c, TokenRow.scopes)
    .join(TokenRow, TokenRow.person == PersonRow.id)
    .where(
        TokenRow.hash == bindparam("hash"),
        TokenRow.expires_at > bindparam("now"),
        PersonRow.active,
    )
)
_TEXTS = select(NoteRow.ref, NoteRow.text).where(NoteRow.ref.in_(bindparam("refs", expanding=True)))


def people(
    connection: Connection, *, active: bool | None = True, among: Sequence[str] | None = None
) -> tuple[Person, ...]:
    """Return the people, by id; *active* None = all, *among* = only some."""
    query = every_column(PersonRow).order_by(PersonRow.id)
    if among is not None:
        query = query.where(PersonRow.id.in_(sorted({*among})))
    if active is not None:
        query = query.where(PersonRow.active == active)
    return tuple(map(_person, connection.execute(query)))


def person(connection: Connection, identity: str) -> Person | None:
    """Return one person, active or not, or None."""
    found = connection.execute(
        every_column(PersonRow).where(PersonRow.id == identity)
    ).one_or_none()
    return None if found is None else _person(found)


def holder(connection: Connection, hash_: str, now: datetime) -> tuple[Person, str] | None:
    """Return whose token has this hash, and its scopes; None if it ended or they are not active."""
    found = connection.execute(_HOLDER, {"hash": hash_, "now": now}).one_or_none()
    if found is None:
        return None
    *cells, scopes = found
    return _person_of(dict(zip(_PERSON, cells, strict=True))), scopes


def texts(connection: Connection, refs: Sequence[str]) -> dict[str, str]:
    """Return the words behind notes, by reference; erased ones are left out."""
    found = connection.execute(_TEXTS, {"refs": tuple(refs)})
    return {row.ref: row.text for row in found}


def _person(row: Row[Any]) -> Person:
    return _person_of(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name


def _person_of(cells: Mapping[str, Any]) -> Person:
    return Person(**{**cells, "roles": frozenset(map(Role, cells["roles"].split()))})
