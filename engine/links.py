"""Links that speak for a person without an account: one purpose, one answer, for a while."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from engine import receipts
from engine.errors import BadLinkError
from engine.store import links
from engine.store.links import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.unit_of_work import UnitOfWork

TOKEN_BYTES = 32
LONGEST_TOKEN = 100
_MOST = 200


class Purpose(StrEnum):
    """The one thing that a link lets do."""

    COMPLETE = "complete"  # complete one open task with one of its outcomes
    SUPPLEMENT = "supplement"  # say that a supplement was handed in
    CALENDAR = "calendar"  # read one's own due dates; used again and again, until it is revoked


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
    ) -> Issued:
        """Make a link; whether its issuer may is the caller's to ask.

        Raises:
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
        with self._new_uow() as uow:
            uow.begin()
            first = receipts.take(uow.connection, order, link.id, now)
            if first != link.id:
                return Issued(link=links.get(uow.connection, first) or link, token=None)
            links.put(uow.connection, digest(token), link)
            uow.commit()
        return Issued(link=link, token=token)

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

    def revoke(self, identity: str, issuer: str) -> None:
        """Revoke a link at once.

        Raises:
            BadLinkError: If the issuer made none such.
        """
        with self._new_uow() as uow:
            uow.begin()
            if not links.drop(uow.connection, identity, issuer):
                raise BadLinkError
            uow.commit()


def digest(token: str) -> str:
    """Return the hash under which a token is stored; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
