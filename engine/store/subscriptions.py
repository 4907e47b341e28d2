"""Reads and writes webhook subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a receipt is read by the annotations
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from engine.store.message_tables import SubscriptionRow
from engine.store.work_tables import DeliveryRow, FollowerRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody outside who is told what happens.

    Attributes:
        person: Who made it.
        secret: Key of the signatures; leaves the machine once, when it is made.
        kinds: Kinds of events; empty = all.
    """

    id: str
    person: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    created_at: datetime


def put(connection: Connection, one: Subscription) -> None:
    """Store a new subscription."""
    connection.execute(
        insert(SubscriptionRow).values(
            id=one.id,
            person=one.person,
            url=one.url,
            secret=one.secret,
            kinds=" ".join(one.kinds),
            created_at=one.created_at,
        )
    )


def all_of(connection: Connection) -> tuple[Subscription, ...]:
    """Return the subscriptions, the oldest first."""
    query = select(*SubscriptionRow.__table__.c)
    query = query.order_by(SubscriptionRow.created_at, SubscriptionRow.id)
    return tuple(
        Subscription(**{**row._mapping, "kinds": tuple(row.kinds.split())})  # noqa: SLF001 - SQLAlchemy's public name
        for row in connection.execute(query)
    )


def get(connection: Connection, identity: str) -> Subscription | None:
    """Return one subscription, or None."""
    return next((each for each in all_of(connection) if each.id == identity), None)


def set_secret(connection: Connection, identity: str, secret: str) -> bool:
    """Give a subscription another secret, and tell whether there was one."""
    mine = update(SubscriptionRow).where(SubscriptionRow.id == identity)
    return connection.execute(mine.values(secret=secret)).rowcount == 1


def drop(connection: Connection, identity: str, consumer: str, name: str) -> bool:
    """Drop a subscription with its place and its deliveries, and tell whether there was one."""
    connection.execute(delete(DeliveryRow).where(DeliveryRow.consumer == name))
    connection.execute(delete(FollowerRow).where(FollowerRow.consumer == consumer))
    dropped = delete(SubscriptionRow).where(SubscriptionRow.id == identity)
    return connection.execute(dropped).rowcount == 1


def counts(connection: Connection, names: Sequence[str]) -> dict[tuple[str, str], int]:
    """Return how many deliveries there are by receiver and status."""
    query = select(DeliveryRow.consumer, DeliveryRow.status, func.count().label("rows"))
    query = query.where(DeliveryRow.consumer.in_(names))
    found = connection.execute(query.group_by(DeliveryRow.consumer, DeliveryRow.status))
    return {(row.consumer, row.status): row.rows for row in found}
