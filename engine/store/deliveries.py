"""Reads and writes deliveries: events on their way to receivers outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, select, update
from sqlalchemy.orm import aliased

from engine.store.moments import has_come
from engine.store.work_tables import DeliveryRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.envelope import Envelope


class DeliveryStatus(StrEnum):
    """Where a delivery stands: pending -> sent | dead; dead -> pending."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver."""

    consumer: str
    stream: str
    number: int
    status: DeliveryStatus
    tries: int
    next_try_at: datetime
    last_error: str | None


LONGEST_PAUSE = timedelta(hours=6)  # between two tries
_PENDING = DeliveryStatus.PENDING.value


def put(
    connection: Connection, consumer: str, envelopes: Iterable[Envelope], now: datetime
) -> None:
    """Store that *envelopes* are to be sent to *consumer*."""
    rows = [
        {
            "consumer": consumer,
            "stream": envelope.stream,
            "number": envelope.number,
            "status": _PENDING,
            "tries": 0,
            "next_try_at": now,
            "last_error": None,
        }
        for envelope in envelopes
    ]
    if rows:
        connection.execute(insert(DeliveryRow), rows)


def due(connection: Connection, consumer: str, now: datetime, limit: int) -> tuple[Delivery, ...]:
    """Return what is to be sent now; nothing that an earlier event of its stream waits for."""
    earlier = aliased(DeliveryRow)
    waits = select(earlier.number).where(
        earlier.consumer == DeliveryRow.consumer,
        earlier.stream == DeliveryRow.stream,
        earlier.number < DeliveryRow.number,
        earlier.status == _PENDING,
        ~has_come(earlier.next_try_at, now, LONGEST_PAUSE),
    )
    query = (
        select(*DeliveryRow.__table__.c)
        .where(
            DeliveryRow.consumer == consumer,
            DeliveryRow.status == _PENDING,
            has_come(DeliveryRow.next_try_at, now, LONGEST_PAUSE),
            ~waits.exists(),
        )
        .order_by(DeliveryRow.stream, DeliveryRow.number)
        .limit(limit)
    )
    return _made(connection, query)


def dead(connection: Connection) -> tuple[Delivery, ...]:
    """Return what could not be delivered."""
    query = select(*DeliveryRow.__table__.c).where(DeliveryRow.status == DeliveryStatus.DEAD.value)
    query = query.order_by(DeliveryRow.consumer, DeliveryRow.stream, DeliveryRow.number)
    return _made(connection, query)


def change(connection: Connection, delivery: Delivery, **cells: object) -> bool:
    """Write some columns of a delivery that stands as given, and tell whether it did."""
    same = and_(
        DeliveryRow.consumer == delivery.consumer,
        DeliveryRow.stream == delivery.stream,
        DeliveryRow.number == delivery.number,
        DeliveryRow.status == delivery.status.value,
        DeliveryRow.tries == delivery.tries,
    )
    return connection.execute(update(DeliveryRow).where(same).values(cells)).rowcount == 1


def revive(connection: Connection, delivery: Delivery, now: datetime) -> bool:
    """Let a dead delivery be tried again, from its first try on, and tell whether it was dead."""
    return change(connection, delivery, status=_PENDING, tries=0, next_try_at=now)


def _made(connection: Connection, query: object) -> tuple[Delivery, ...]:
    found = connection.execute(query)  # type: ignore[call-overload]
    rows = (dict(row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name
    return tuple(Delivery(**row | {"status": DeliveryStatus(row["status"])}) for row in rows)
