"""Idempotency of orders outside the projects' logs: one key, one thing made, once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import refusals, streams
from engine.errors import KeyReusedError
from engine.short_streams import twice
from engine.store import receipts
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.store.port import Connection, Recorded
    from engine.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and what makes it this very one.

    Attributes:
        actor: Id of the person who gives it.
        key: Idempotency key, chosen by the sender for each intent.
        name: What is ordered.
        content: What the sender asked for, as JSON values.
    """

    actor: str
    key: str
    name: str
    content: Mapping[str, object]

    @property
    def digest(self) -> str:
        """Return the hash of what is asked for."""
        told = json.dumps([self.name, self.content], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()


def once(
    new_uow: Callable[[], UnitOfWork],
    order: Order | None,
    now: datetime,
    act: Callable[[Connection], str],
    against: Refusal | None = None,
) -> str:
    """Carry *order* out and return what it made; the second time only return it.

    What is done, the key and what was made are written in one transaction. What an *act* that
    raises has done is undone; a refusal stands under the key, unless it passes by itself.

    Args:
        order: None = of somebody who has no key: it is carried out every time.
        act: Does what is ordered and returns what it made, no secret and nothing of a person.
        against: What stands against it, as far as it was judged before.

    Raises:
        Refusal: The act's, or the one that the key heard before.
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
        ConcurrentChangeError: If the same key came twice at once, twice.
    """

    def judged(connection: Connection) -> str:
        if against is not None:
            raise against
        return act(connection)

    return twice(lambda: _once(new_uow, order, now, judged))


def answered(connection: Connection, order: Order) -> str | None:
    """Return what *order* made when it came before; None when it comes for the first time.

    Raises:
        Refusal: The one that it heard the first time.
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
    """
    streams.check_key(order.key)
    found = receipts.kept(connection, order.actor, order.key)
    if found is None:
        return None
    if found.request != order.digest or found.made is None:
        raise KeyReusedError(key=order.key)
    if streams.is_refused(found.stream, found.last):
        raise refusals.told(found.made)
    return found.made


def keep(connection: Connection, order: Order, made: str, now: datetime) -> None:
    """Write down that *order* made *made*, within the transaction that did it."""
    receipts.put(connection, _recorded(order, streams.NONE, now), made)


def _once(
    new_uow: Callable[[], UnitOfWork],
    order: Order | None,
    now: datetime,
    act: Callable[[Connection], str],
) -> str:
    refused: Refusal | None = None
    with new_uow() as uow:
        uow.begin()
        before = None if order is None else answered(uow.connection, order)
        if before is not None:
            return before
        try:
            made = act(uow.connection)
        except Refusal as refusal:
            refused = refusal
        else:
            if order is not None:
                keep(uow.connection, order, made, now)
            uow.commit()
            return made
    if order is not None and not refused.passes:
        _refuse(new_uow, order, refused, now)
    raise refused


def _refuse(
    new_uow: Callable[[], UnitOfWork], order: Order, refusal: Refusal, now: datetime
) -> None:
    """Have a refusal stand, in a transaction of its own: what the act had begun is undone.

    Raises:
        ConcurrentChangeError: If the key was answered meanwhile.
    """
    with new_uow() as uow:
        uow.begin()
        refusals.keep(uow.connection, _recorded(order, streams.REFUSED, now), refusal)
        uow.commit()


def _recorded(order: Order, stream: str, now: datetime) -> Recorded:
    return streams.eventless(order.actor, order.key, stream, order.digest, now)
