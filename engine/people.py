"""People and their tokens: who may knock, and as whom. All of it can be erased."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.account_errors import LastAdministratorError, TokenExistsError
from engine.store import people, project_notes, queries
from engine.store.people import Token
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta

    from engine.clock import Clock
    from engine.store.port import Connection
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

TOKEN_BYTES = 32
PREFIX = "abreast_"  # lets a leaked token be recognised by scanners
_ID_LENGTH = 16


class Scope(StrEnum):
    """What a token may be used for; never more than its person may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"  # people, accounts and the audit trail


USUAL = frozenset({Scope.READ, Scope.WRITE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a token speaks for, and how far."""

    actor: Actor
    scopes: frozenset[Scope]


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

    def erase(self, identity: str) -> bool:
        """Erase a person with everything by which they sign in; the log keeps the bare id.

        Returns:
            Whether there was such a person.

        Raises:
            LastAdministratorError: If nobody could administer any more.
        """
        with self._new_uow() as uow:
            uow.begin()
            person = queries.person(uow.connection, identity)
            if person is None:
                return False
            _check_not_the_last(uow.connection, person)
            people.erase_person(uow.connection, identity)
            project_notes.erase_author(uow.connection, identity, self._clock.now())
            uow.commit()
        return True

    def get(self, identity: str) -> Person | None:
        """Return a person, active or not, or None."""
        with self._new_uow() as uow:
            return queries.person(uow.connection, identity)

    def all(self) -> tuple[Person, ...]:
        """Return the active people, by id."""
        with self._new_uow() as uow:
            return queries.people(uow.connection)

    def issue_token(
        self,
        identity: str,
        lifetime: timedelta,
        *,
        scopes: Iterable[Scope] = USUAL,
        label: str = "",
        key: str | None = None,
    ) -> str:
        """Return a new token for a person; it is shown this once and stored as a hash only.

        Args:
            key: Idempotency key; one key makes one token.

        Raises:
            TokenExistsError: If the key made one before, which cannot be shown again.
        """
        secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock.now()
        token = Token(
            id=token_id(identity, secret if key is None else key),
            person=identity,
            label=label,
            scopes=" ".join(sorted(scopes)),
            created_at=now,
            expires_at=now + lifetime,
        )
        with self._new_uow() as uow:
            uow.begin()
            if people.token(uow.connection, token.id) is not None:
                raise TokenExistsError(token=token.id)
            people.put_token(uow.connection, digest(secret), token)
            uow.commit()
        return secret

    def tokens(self, identity: str) -> tuple[Token, ...]:
        """Return a person's tokens without what proves them, the newest first."""
        with self._new_uow() as uow:
            return people.tokens(uow.connection, identity)

    def revoke_token(self, token: str) -> bool:
        """Take a token back at once and tell whether there was one."""
        with self._new_uow() as uow:
            uow.begin()
            dropped = people.drop_token(uow.connection, digest(token))
            uow.commit()
        return dropped

    def revoke_token_of(self, identity: str, token: str) -> bool:
        """Take back a person's token by its id and tell whether there was one."""
        with self._new_uow() as uow:
            uow.begin()
            dropped = people.drop_token_of(uow.connection, identity, token)
            uow.commit()
        return dropped

    def holder(self, token: str) -> Holder | None:
        """Return whom a token speaks for and how far: an active person, or None."""
        with self._new_uow() as uow:
            found = people.holder(uow.connection, digest(token), self._clock.now())
            person = None if found is None else queries.person(uow.connection, found[0])
        if found is None or person is None or not person.active:
            return None
        return Holder(actor=person.actor, scopes=frozenset(map(Scope, found[1].split())))


def digest(token: str) -> str:
    """Return the hash under which a token is stored; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_id(identity: str, key: str) -> str:
    """Return the id of the token that a person has by an idempotency key."""
    return digest(f"{identity}|{key}")[:_ID_LENGTH]


def _check_not_the_last(connection: Connection, person: Person) -> None:
    """Check that somebody else can administer.

    Raises:
        LastAdministratorError: If there is nobody.
    """
    others = (each for each in queries.people(connection) if each.id != person.id)
    if Role.ADMINISTRATOR in person.roles and not any(
        Role.ADMINISTRATOR in each.roles for each in others
    ):
        raise LastAdministratorError(person=person.id)
