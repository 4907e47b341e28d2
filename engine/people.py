"""People and their tokens: who may knock, and as whom. All of it can be erased."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.account_errors import (
    LastAdministratorError,
    PersonExistsError,
    PlaceMissingError,
    SpentIdError,
    UnknownPersonError,
)
from engine.receipts import once
from engine.store import people, personal, project_notes, queries
from engine.store.people import Token
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import timedelta

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

TOKEN_BYTES = 32
PREFIX = "abreast_"  # lets a leaked token be recognised by scanners
_ID_LENGTH = 16
_YES, _NO, _NOWHERE = "yes", "no", ""  # what a receipt says
# Without which a role gives its holder nothing to do.
PLACES: Mapping[Role, str] = {
    Role.OWNER: "organisation",
    Role.AGENT: "township",
    Role.REVIEWER: "department",
    Role.INSPECTOR: "department",
    Role.DEPARTMENT_LEAD: "department",
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was made; *secret* is shown this once, None on a repetition."""

    id: str
    secret: str | None


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

    def add(self, person: Person, order: Order) -> None:
        """Register somebody new, once for each key.

        Raises:
            PlaceMissingError: If a role is held nowhere.
            PersonExistsError: If the id is somebody's.
            SpentIdError: If it was that of a person who was erased.
            KeyReusedError: If the key came with another request.
        """
        check_place(person)

        def put(connection: Connection) -> str:
            if queries.person(connection, person.id) is not None:
                raise PersonExistsError(person=person.id)
            if personal.left_traces(connection, person.id):
                raise SpentIdError(person=person.id)
            people.put_person(connection, person)
            return _YES

        once(self._new_uow, order, self._clock.now(), put)

    def change(self, person: Person, order: Order) -> str | None:
        """Store what a person is from now on, once for each key.

        Returns:
            The township whose projects they were given before the order came first, see `home_of`.

        Raises:
            PlaceMissingError: If a role is held nowhere.
            UnknownPersonError: If there is no such person.
            LastAdministratorError: If nobody could administer any more.
            KeyReusedError: If the key came with another request.
        """
        check_place(person)

        def put(connection: Connection) -> str:
            before = queries.person(connection, person.id)
            if before is None:
                raise UnknownPersonError(person=person.id)
            if not person.active or Role.ADMINISTRATOR not in person.roles:
                _check_not_the_last(connection, before)
            people.put_person(connection, person)
            return home_of(before) or _NOWHERE

        home = once(self._new_uow, order, self._clock.now(), put)
        return None if home == _NOWHERE else home

    def erase(self, identity: str, order: Order | None = None) -> bool:
        """Erase a person with everything by which they sign in; the log keeps the bare id.

        Returns:
            Whether there was such a person.

        Raises:
            LastAdministratorError: If nobody could administer any more.
            KeyReusedError: If the key came with another request.
        """
        now = self._clock.now()

        def erase(connection: Connection) -> str:
            person = queries.person(connection, identity)
            if person is None:
                return _NO
            _check_not_the_last(connection, person)
            people.erase_person(connection, identity)
            project_notes.erase_author(connection, identity, now)
            return _YES

        return once(self._new_uow, order, now, erase) == _YES

    def get(self, identity: str) -> Person | None:
        """Return a person, active or not, or None."""
        with self._new_uow() as uow:
            return queries.person(uow.connection, identity)

    def some(self, identities: Sequence[str]) -> tuple[Person, ...]:
        """Return people by their ids, active or not; whom nobody knows is left out."""
        with self._new_uow() as uow:
            return queries.people(uow.connection, active=None, among=identities)

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
    ) -> str:
        """Return a new token for a person; it is shown this once and stored as a hash only."""
        return self._issued(None, identity, lifetime, scopes, label)[1]

    def order_token(
        self, order: Order, lifetime: timedelta, scopes: Iterable[Scope], label: str
    ) -> NewToken:
        """Make a token for the order's sender, once for each key.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        first, secret = self._issued(order, order.actor, lifetime, scopes, label)
        return NewToken(id=first, secret=secret if first == _token_id(secret) else None)

    def _issued(
        self,
        order: Order | None,
        identity: str,
        lifetime: timedelta,
        scopes: Iterable[Scope],
        label: str,
    ) -> tuple[str, str]:
        """Return the id of the token that the order made first, and the secret of a new one."""
        secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock.now()
        token = Token(
            id=_token_id(secret),
            person=identity,
            label=label,
            scopes=" ".join(sorted(scopes)),
            created_at=now,
            expires_at=now + lifetime,
        )

        def put(connection: Connection) -> str:
            people.put_token(connection, digest(secret), token)
            return token.id

        return once(self._new_uow, order, now, put), secret

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

    def revoke_token_of(self, identity: str, token: str, order: Order | None = None) -> bool:
        """Take back a person's token by its id and tell whether there was one.

        Raises:
            KeyReusedError: If the key came with another request.
        """

        def drop(connection: Connection) -> str:
            return _YES if people.drop_token_of(connection, identity, token) else _NO

        return once(self._new_uow, order, self._clock.now(), drop) == _YES

    def clients(self, agent: str) -> frozenset[str]:
        """Return the organisations whose running projects an agent has."""
        with self._new_uow() as uow:
            return people.clients(uow.connection, agent)

    def holder(self, token: str) -> Holder | None:
        """Return whom a token speaks for and how far: an active person, or None."""
        with self._new_uow() as uow:
            found = queries.holder(uow.connection, digest(token), self._clock.now())
        if found is None:
            return None
        person, scopes = found
        return Holder(actor=person.actor, scopes=frozenset(map(Scope, scopes.split())))


def digest(token: str) -> str:
    """Return the hash under which a token is stored; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def home_of(person: Person | None) -> str | None:
    """Return the township whose projects a person may be given; None = of none."""
    takes = person is not None and person.active and Role.AGENT in person.roles
    return person.township if person is not None and takes else None


def check_place(person: Person) -> None:
    """Check that whoever has a role that is held somewhere is said to be there.

    Raises:
        PlaceMissingError: Naming the role and what it asks for.
    """
    for role in sorted(person.roles & PLACES.keys()):
        if getattr(person, PLACES[role]) is None:
            raise PlaceMissingError(role=role.value, place=PLACES[role])


def _token_id(secret: str) -> str:
    """Return the id by which a token is named; it proves nothing."""
    return digest(f"id|{secret}")[:_ID_LENGTH]


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
