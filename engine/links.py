"""Links that speak for a person without an account: one purpose, one answer, for a while."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec.json import decode, encode

from engine.errors import BadLinkError, UnknownLinkError
from engine.receipts import once
from engine.store import links
from engine.store.links import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.errors import Refusal

TOKEN_BYTES = 32
LONGEST_TOKEN = 100
_MOST = 200


class Purpose(StrEnum):
    """The one thing that a link lets do."""

    COMPLETE = "complete"  # complete one open task with one of its outcomes
    SUPPLEMENT = "supplement"  # say that a supplement was handed in
    CALENDAR = "calendar"  # read one's own due dates; used again and again, for a year at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new link; *token* is shown this once, None on a repetition."""

    link: Link
    token: str | None


class Links:
    """The register of links."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Keep where they are stored and what time it is."""
        self._new_uow = new_uow
        self._clock = clock

    def issue(  # noqa: PLR0913 - what a link is for
        self,
        order: Order,
        purpose: Purpose,
        person: str,
        *,
        project: str | None = None,
        task: str | None = None,
        lifetime: timedelta | None = None,
        against: Refusal | None = None,
    ) -> Issued:
        """Make a link, once for each key.

        Args:
            against: What stands against it, which is the caller's to judge; told of new orders
                only, for things have gone on since one that came before.

        Raises:
            Refusal: That one, or the one that the key heard before.
            KeyReusedError: If the key came with another request.
        """
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        link = Link(
            id=uuid4().hex,
            purpose=purpose.value,
            project=project,
            task=task,
            person=person,
            issuer=order.actor,
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        )

        def put(connection: Connection) -> str:
            links.put(connection, digest(token), link)
            return encode(link).decode()

        first = decode(once(self._new_uow, order, now, put, against), type=Link)
        return Issued(link=first, token=token if first.id == link.id else None)

    def find(self, token: str, *purposes: Purpose) -> Link:
        """Return the link of a token that is good for one of *purposes*, used or not.

        Raises:
            BadLinkError: If there is none, or its time is over.
        """
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise BadLinkError
        with self._new_uow() as uow:
            found = links.by_hash(uow.connection, digest(token))
        if found is None or found.purpose not in purposes:
            raise BadLinkError
        if found.expires_at is not None and found.expires_at <= self._clock.now():
            raise BadLinkError
        return found

    def use(self, link: Link) -> None:
        """Write down that the link's one answer was given."""
        with self._new_uow() as uow:
            uow.begin()
            links.use(uow.connection, link.id, self._clock.now())
            uow.commit()

    def of(self, issuer: str) -> tuple[Link, ...]:
        """Return the links that somebody made, the newest first."""
        with self._new_uow() as uow:
            return links.of_issuer(uow.connection, issuer, _MOST)

    def revoke(self, order: Order, identity: str) -> tuple[Link, ...]:
        """Revoke a link that the order's sender made, at once, and return those that are left.

        Raises:
            UnknownLinkError: If they made none of that id; others' look the same.
            KeyReusedError: If the key came with another request.
        """

        def drop(connection: Connection) -> str:
            if not links.drop(connection, identity, order.actor):
                raise UnknownLinkError(link=identity)
            return encode(links.of_issuer(connection, order.actor, _MOST)).decode()

        told = once(self._new_uow, order, self._clock.now(), drop)
        return decode(told, type=tuple[Link, ...])


def digest(token: str) -> str:
    """Return the hash under which a token is stored; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
