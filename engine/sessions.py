"""Browsers that are signed in: kept here, so that they can be listed and ended at once."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from engine.links import Purpose
from engine.people import digest
from engine.receipts import once
from engine.store import accounts, links, people, queries
from engine.store.accounts import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

_BYTES = 32
_SEEN = timedelta(minutes=1)  # a session's last use is known to the minute


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Whose browser asks, and by which session."""

    actor: Actor
    session: Session


class Sessions:
    """The sessions of browsers, each by a random secret that only the browser holds."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        *,
        lifetime: timedelta,
        idle: timedelta,
    ) -> None:
        """Keep where they are stored and how long they live.

        Args:
            lifetime: However much it is used.
            idle: Without any use.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._lifetime = lifetime
        self._idle = idle

    def begin(self, person: str, way: str, instead_of: str | None = None) -> str:
        """Begin a session with a new secret and return the secret.

        Args:
            instead_of: The secret that the browser came with; it ends, whoever knows it.
        """
        secret = secrets.token_urlsafe(_BYTES)
        now = self._clock.now()
        session = Session(
            id=secrets.token_hex(8),
            person=person,
            way=way,
            created_at=now,
            seen_at=now,
            expires_at=now + self._lifetime,
        )
        with self._new_uow() as uow:
            uow.begin()
            if instead_of is not None:
                accounts.end_session(uow.connection, digest(instead_of))
            accounts.put_session(uow.connection, digest(secret), session)
            uow.commit()
        return secret

    def of(self, secret: str) -> SignedIn | None:
        """Return whose session a secret is: an active person's that lives, or None."""
        now, hash_ = self._clock.now(), digest(secret)
        with self._new_uow() as uow:
            found = accounts.session(uow.connection, hash_, now, now - self._idle)
            person = None if found is None else queries.person(uow.connection, found.person)
        if found is None or person is None or not person.active:
            return None
        if now - found.seen_at >= min(_SEEN, self._idle / 2):
            with self._new_uow() as uow:
                uow.begin()
                accounts.see_session(uow.connection, hash_, now)
                uow.commit()
        return SignedIn(actor=person.actor, session=found)

    def all(self, person: str) -> tuple[Session, ...]:
        """Return a person's living sessions, the newest first."""
        now = self._clock.now()
        with self._new_uow() as uow:
            return accounts.sessions(uow.connection, person, now, now - self._idle)

    def end(self, secret: str) -> bool:
        """End a session at once and tell whether there was one."""
        with self._new_uow() as uow:
            uow.begin()
            ended = accounts.end_session(uow.connection, digest(secret))
            uow.commit()
        return ended

    def end_of(self, person: str, identity: str, order: Order | None = None) -> int:
        """End a person's session by its id and return how many there were: one or none.

        Raises:
            KeyReusedError: If the key came with another request.
        """

        def end(connection: Connection) -> str:
            return str(int(accounts.end_session_of(connection, person, identity)))

        return int(once(self._new_uow, order, self._clock.now(), end))

    def end_all(self, person: str, order: Order | None = None) -> int:
        """End all of a person's sessions, their tokens and their calendar's links.

        Returns:
            How many sessions there were.

        Raises:
            KeyReusedError: If the key came with another request.
        """

        def end(connection: Connection) -> str:
            links.drop_of_person(connection, person, Purpose.CALENDAR)
            people.drop_tokens_of(connection, person)
            return str(accounts.end_sessions(connection, person))

        return int(once(self._new_uow, order, self._clock.now(), end))


def guard(secret: str) -> str:
    """Return the token that a page of ours sends beside the cookie; no other page can know it.

    It is derived, not stored: whoever has it cannot get back to the secret.
    """
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()
