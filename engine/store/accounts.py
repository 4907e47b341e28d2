"""Reads and writes how people sign in: accounts, sessions, vouchers, and how often was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.account_tables import AccountRow, SessionRow, ThrottleRow, VoucherRow
from engine.store.tables import PersonRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How a person signs in; see the table."""

    person: str
    password: str | None = None
    changed_at: datetime | None = None
    totp: str | None = None
    totp_step: int = 0
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in, without what proves it.

    Attributes:
        id: Names it, proves nothing.
        way: By what: "password" or "oidc".
        expires_at: When it ends however much it is used.
    """

    id: str
    person: str
    way: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """What a secret for one use stands for."""

    kind: str
    person: str | None
    data: str


_SESSION = (
    SessionRow.id,
    SessionRow.person,
    SessionRow.way,
    SessionRow.created_at,
    SessionRow.seen_at,
    SessionRow.expires_at,
)


def account(connection: Connection, person: str) -> Account | None:
    """Return a person's account, or None."""
    found = connection.execute(
        select(AccountRow.__table__).where(AccountRow.person == person)
    ).one_or_none()
    return None if found is None else Account(**found._mapping)  # noqa: SLF001 - public name


def person_of_subject(connection: Connection, subject: str) -> str | None:
    """Return who signs in by a provider's name, or None."""
    query = select(AccountRow.person).where(AccountRow.subject == subject)
    return connection.execute(query).scalar_one_or_none()


def put_account(connection: Connection, person: str, **cells: Any) -> None:  # noqa: ANN401 - columns
    """Store some cells of a person's account, which is made if there is none."""
    statement = update(AccountRow).where(AccountRow.person == person).values(**cells)
    if connection.execute(statement).rowcount == 0:
        connection.execute(insert(AccountRow).values(person=person, **{"totp_step": 0, **cells}))


def use_step(connection: Connection, person: str, step: int) -> bool:
    """Mark a step of the one-time codes as used; False if it was, or a later one."""
    statement = update(AccountRow).where(AccountRow.person == person, AccountRow.totp_step < step)
    return connection.execute(statement.values(totp_step=step)).rowcount == 1


def put_session(connection: Connection, hash_: str, session: Session) -> None:
    """Store a session by its hash."""
    connection.execute(
        insert(SessionRow).values(
            hash=hash_,
            id=session.id,
            person=session.person,
            way=session.way,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
        )
    )


def session(
    connection: Connection, hash_: str, now: datetime, idle_since: datetime
) -> Session | None:
    """Return the session with this hash if it lives and was used since *idle_since*."""
    query = select(*_SESSION).where(
        SessionRow.hash == hash_, SessionRow.expires_at > now, SessionRow.seen_at > idle_since
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else Session(**found._mapping)  # noqa: SLF001 - public name


def sessions(
    connection: Connection, person: str, now: datetime, idle_since: datetime
) -> tuple[Session, ...]:
    """Return a person's living sessions, the newest first."""
    query = select(*_SESSION).where(
        SessionRow.person == person, SessionRow.expires_at > now, SessionRow.seen_at > idle_since
    )
    found = connection.execute(query.order_by(SessionRow.created_at.desc(), SessionRow.id))
    return tuple(Session(**row._mapping) for row in found)  # noqa: SLF001 - public name


def see_session(connection: Connection, hash_: str, now: datetime) -> None:
    """Note that a session was used."""
    connection.execute(update(SessionRow).where(SessionRow.hash == hash_).values(seen_at=now))


def end_session(connection: Connection, hash_: str) -> bool:
    """End the session with this hash and tell whether there was one."""
    return connection.execute(delete(SessionRow).where(SessionRow.hash == hash_)).rowcount == 1


def end_session_of(connection: Connection, person: str, identity: str) -> bool:
    """End a person's session by its id and tell whether there was one."""
    statement = delete(SessionRow).where(SessionRow.person == person, SessionRow.id == identity)
    return connection.execute(statement).rowcount == 1


def end_sessions(connection: Connection, person: str) -> int:
    """End all of a person's sessions and return how many there were."""
    return connection.execute(delete(SessionRow).where(SessionRow.person == person)).rowcount


def put_voucher(connection: Connection, hash_: str, voucher: Voucher, expires_at: datetime) -> None:
    """Store a voucher by its hash; a person has one of a kind, the last."""
    if voucher.person is not None:
        connection.execute(
            delete(VoucherRow).where(
                VoucherRow.person == voucher.person, VoucherRow.kind == voucher.kind
            )
        )
    connection.execute(
        insert(VoucherRow).values(
            hash=hash_,
            kind=voucher.kind,
            person=voucher.person,
            data=voucher.data,
            expires_at=expires_at,
        )
    )


def voucher(connection: Connection, hash_: str, kind: str, now: datetime) -> Voucher | None:
    """Return what a living voucher stands for; it stays as it is."""
    query = select(VoucherRow.kind, VoucherRow.person, VoucherRow.data).where(
        VoucherRow.hash == hash_, VoucherRow.kind == kind, VoucherRow.expires_at > now
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else Voucher(**found._mapping)  # noqa: SLF001 - public name


def use_voucher(connection: Connection, hash_: str) -> bool:
    """Use a voucher up; False if somebody was faster."""
    return connection.execute(delete(VoucherRow).where(VoucherRow.hash == hash_)).rowcount == 1


def count_try(
    connection: Connection, bucket: str, now: datetime, since: datetime
) -> tuple[int, datetime]:
    """Count one more try in *bucket*; return how many there are and when the first was.

    Args:
        since: A count that began at or before it is forgotten.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    old = ThrottleRow.began_at <= since
    first = dialect.insert(ThrottleRow).values(bucket=bucket, began_at=now, tries=1)
    statement = first.on_conflict_do_update(
        index_elements=["bucket"],
        set_={
            "tries": case((old, 1), else_=ThrottleRow.tries + 1),
            "began_at": case((old, first.excluded.began_at), else_=ThrottleRow.began_at),
        },
    )
    counted = statement.returning(ThrottleRow.tries, ThrottleRow.began_at)
    tries, began_at = connection.execute(counted).one()
    return tries, began_at


def take_back_try(connection: Connection, bucket: str) -> None:
    """Count one try less."""
    mine = update(ThrottleRow).where(ThrottleRow.bucket == bucket, ThrottleRow.tries > 0)
    connection.execute(mine.values(tries=ThrottleRow.tries - 1))


def forget_tries(connection: Connection, bucket: str) -> None:
    """Begin to count anew."""
    connection.execute(delete(ThrottleRow).where(ThrottleRow.bucket == bucket))


def sweep(connection: Connection, now: datetime, idle_since: datetime, since: datetime) -> int:
    """Drop sessions, vouchers and counts that have ended; return how many there were."""
    ended = (SessionRow.expires_at <= now) | (SessionRow.seen_at <= idle_since)
    statements = (
        delete(SessionRow).where(ended),
        delete(VoucherRow).where(VoucherRow.expires_at <= now),
        delete(ThrottleRow).where(ThrottleRow.began_at <= since),
    )
    return sum(connection.execute(statement).rowcount for statement in statements)


def has_password(connection: Connection) -> bool:
    """Tell whether anybody active can sign in by password."""
    query = (
        select(AccountRow.person)
        .join(PersonRow, PersonRow.id == AccountRow.person)
        .where(AccountRow.password.is_not(None), PersonRow.active)
        .limit(1)
    )
    return connection.execute(query).first() is not None
