"""Idempotency of orders outside the projects' logs: one key, one thing made, once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import streams
from engine.errors import KeyReusedError
from engine.short_streams import twice
from engine.store import receipts
from engine.store.port import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.store.port import Connection
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
) -> str:
    """Carry *order* out and return what it made; the second time only return it.

    What is done, the key and what was made are written in one transaction. An *act* that raises
    leaves no trace, so that the same key is judged anew.

    Args:
        order: None = of somebody who has no key: it is carried out every time.
        act: Does what is ordered and returns what it made, no secret and nothing of a person.

    Raises:
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
        ConcurrentChangeError: If the same key came twice at once, twice.
    """
    return twice(lambda: _once(new_uow, order, now, act))


def answered(connection: Connection, order: Order) -> str | None:
    """Return what *order* made when it came before; None when it comes for the first time.

    Raises:
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
    """
    streams.check_key(order.key)
    found = receipts.kept(connection, order.actor, order.key)
    if found is None:
        return None
    request, made = found
    if request != order.digest or made is None:
        raise KeyReusedError(key=order.key)
    return made


def keep(connection: Connection, order: Order, made: str, now: datetime) -> None:
    """Write down that *order* made *made*, within the transaction that did it."""
    kept = Recorded(
        actor=order.actor,
        key=order.key,
        id=streams.command_id(order.actor, order.key),
        stream=streams.NONE,
        request=order.digest,
        first=0,
        last=0,
        recorded_at=now,
    )
    receipts.put(connection, kept, made)


def _once(
    new_uow: Callable[[], UnitOfWork],
    order: Order | None,
    now: datetime,
    act: Callable[[Connection], str],
) -> str:
    with new_uow() as uow:
        uow.begin()
        before = None if order is None else answered(uow.connection, order)
        if before is not None:
            return before
        made = act(uow.connection)
        if order is not None:
            keep(uow.connection, order, made, now)
        uow.commit()
    return made
