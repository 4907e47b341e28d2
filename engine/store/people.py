"""Writes people and tokens; reads of people are in queries.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from engine.store.account_tables import AccountRow, SessionRow, VoucherRow
from engine.store.message_tables import ContactRow, LinkRow, NoticeRow
from engine.store.tables import PersonRow, ProjectRow, TokenRow
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.store.queries import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as its person sees it: everything but the token itself.

    Attributes:
        id: Names it, proves nothing.
        scopes: What it may be used for, parted by blanks.
        label: What it is for, in its person's words.
    """

    id: str
    person: str
    label: str
    scopes: str
    created_at: datetime
    expires_at: datetime


_TOKEN = (
    TokenRow.id,
    TokenRow.person,
    TokenRow.label,
    TokenRow.scopes,
    TokenRow.created_at,
    TokenRow.expires_at,
)


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
    """Erase a person with account, tokens, links and inbox; the log keeps the id alone."""
    told = (ContactRow, NoticeRow, LinkRow)
    for table in (AccountRow, SessionRow, VoucherRow, TokenRow, *told):
        connection.execute(delete(table).where(table.person == identity))
    connection.execute(delete(LinkRow).where(LinkRow.issuer == identity))
    connection.execute(delete(PersonRow).where(PersonRow.id == identity))


def put_token(connection: Connection, hash_: str, token: Token) -> None:
    """Store a token by its hash."""
    connection.execute(
        insert(TokenRow).values(
            hash=hash_,
            id=token.id,
            person=token.person,
            label=token.label,
            scopes=token.scopes,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def tokens(connection: Connection, identity: str) -> tuple[Token, ...]:
    """Return a person's tokens, the newest first; those that have ended too."""
    query = select(*_TOKEN).where(TokenRow.person == identity)
    found = connection.execute(query.order_by(TokenRow.created_at.desc(), TokenRow.id))
    return tuple(Token(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def token(connection: Connection, identity: str) -> Token | None:
    """Return the token with this id, whosever it is, or None."""
    found = connection.execute(select(*_TOKEN).where(TokenRow.id == identity)).one_or_none()
    return None if found is None else Token(**found._mapping)  # noqa: SLF001 - public name


def drop_token(connection: Connection, hash_: str) -> bool:
    """Take a token back and tell whether there was one."""
    return connection.execute(delete(TokenRow).where(TokenRow.hash == hash_)).rowcount == 1


def drop_token_of(connection: Connection, person: str, identity: str) -> bool:
    """Take back a person's token by its id and tell whether there was one."""
    statement = delete(TokenRow).where(TokenRow.person == person, TokenRow.id == identity)
    return connection.execute(statement).rowcount == 1


def drop_tokens_of(connection: Connection, person: str) -> None:
    """Take all of a person's tokens back."""
    connection.execute(delete(TokenRow).where(TokenRow.person == person))


def clients(connection: Connection, agent: str) -> frozenset[str]:
    """Return the organisations whose running projects an agent has."""
    query = select(ProjectRow.owner).distinct()
    query = query.where(ProjectRow.agent == agent, ProjectRow.status == ProjectStatus.RUNNING)
    return frozenset(connection.execute(query).scalars())


def drop_ended_tokens(connection: Connection, before: datetime) -> int:
    """Drop the tokens that ended before an instant and return how many there were."""
    return connection.execute(delete(TokenRow).where(TokenRow.expires_at <= before)).rowcount
