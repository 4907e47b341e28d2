"""People and their tokens: who may knock, and as whom. All of it can be erased."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from engine.store import people, queries

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from engine.clock import Clock
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

TOKEN_BYTES = 32
PREFIX = "abreast_"  # lets a leaked token be recognised by scanners


class People:
    """The register of people and of the tokens by which machines act for them."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Keep where they are stored and what time it is."""
        self._new_uow = new_uow
        self._clock = clock

    def put(self, *persons: Person) -> None:
        """Store people, new or changed, all or none."""
        with self._new_uow() as uow:
            uow.begin()
            for person in persons:
                people.put_person(uow.connection, person)
            uow.commit()

    def erase(self, identity: str) -> None:
        """Erase a person with every token; the log keeps the bare id."""
        with self._new_uow() as uow:
            uow.begin()
            people.erase_person(uow.connection, identity)
            uow.commit()

    def get(self, identity: str) -> Person | None:
        """Return a person, active or not, or None."""
        with self._new_uow() as uow:
            return queries.person(uow.connection, identity)

    def all(self) -> tuple[Person, ...]:
        """Return the active people, by id."""
        with self._new_uow() as uow:
            return queries.people(uow.connection)

    def issue_token(self, identity: str, lifetime: timedelta) -> str:
        """Return a new token for a person; it is shown this once and stored as a hash only."""
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock.now()
        with self._new_uow() as uow:
            uow.begin()
            people.put_token(
                uow.connection,
                hash_=digest(token),
                person=identity,
                created_at=now,
                expires_at=now + lifetime,
            )
            uow.commit()
        return token

    def revoke_token(self, token: str) -> bool:
        """Take a token back at once and tell whether there was one."""
        with self._new_uow() as uow:
            uow.begin()
            dropped = people.drop_token(uow.connection, digest(token))
            uow.commit()
        return dropped

    def actor_by_token(self, token: str) -> Actor | None:
        """Return whom a token speaks for: an active person, or None."""
        with self._new_uow() as uow:
            identity = people.holder(uow.connection, digest(token), self._clock.now())
            person = None if identity is None else queries.person(uow.connection, identity)
        return None if person is None or not person.active else person.actor


def digest(token: str) -> str:
    """Return the hash under which a token is stored; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
