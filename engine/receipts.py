"""Idempotency of orders outside the projects' logs: one key, one thing made, once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import streams
from engine.errors import KeyReusedError
from engine.store import receipts
from engine.store.message_tables import ReceiptRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.port import Connection


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


def answered(connection: Connection, order: Order) -> str | None:
    """Return what *order* made when it came before; None when it comes for the first time.

    Raises:
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
    """
    streams.check_key(order.key)
    found = receipts.kept(connection, order.actor, order.key)
    if found is None:
        if receipts.commanded(connection, order.actor, order.key):
            raise KeyReusedError(key=order.key)
        return None
    request, made = found
    if request != order.digest:
        raise KeyReusedError(key=order.key)
    return made


def take(connection: Connection, order: Order, made: str, now: datetime) -> str:
    """Write down that *order* made *made*, and return what it made when it came first.

    The caller compares the two: where they differ, the order is a repetition, and nothing of this
    transaction may be committed.

    Raises:
        KeyReusedError: If the key came with another request.
        BadKeyError: If it is none.
    """
    before = answered(connection, order)
    if before is not None:
        return before
    cells = {
        "actor": order.actor,
        "key": order.key,
        "request": order.digest,
        "made": made,
        "recorded_at": now,
    }
    receipts.insert_new(connection, ReceiptRow, cells)
    return answered(connection, order) or made
