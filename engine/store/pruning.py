"""Drops rows that were kept long enough, some at a time, so that nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, select, tuple_

from engine.store.deliveries import DeliveryStatus
from engine.store.fact_tables import ForecastRow
from engine.store.jobs import JobStatus
from engine.store.message_tables import ReceiptRow
from engine.store.tables import CommandRow
from engine.store.work_tables import DeliveryRow, JobRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from engine.store.tables import Base


def prune_keys(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to *limit* keys older than *before* with what was answered, and return how many.

    Those that lines of an unfinished job were given stay: the job may yet ask again.
    """
    name = "job-" + JobRow.id + "-%"
    asked_again = exists().where(JobRow.status != JobStatus.DONE.value, CommandRow.key.like(name))
    old = and_(CommandRow.recorded_at < before, ~asked_again)
    number = _prune(connection, CommandRow, old, limit)
    same = and_(CommandRow.actor == ReceiptRow.actor, CommandRow.key == ReceiptRow.key)
    connection.execute(delete(ReceiptRow).where(~exists().where(same)))
    return number


def prune_deliveries(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to *limit* deliveries sent before *before*, and return how many.

    Dead ones stay until somebody has seen to them.
    """
    sent = DeliveryRow.status == DeliveryStatus.SENT.value
    return _prune(connection, DeliveryRow, and_(sent, DeliveryRow.next_try_at < before), limit)


def prune_forecasts(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to *limit* forecasts made before *before*, and return how many."""
    return _prune(connection, ForecastRow, ForecastRow.made_at < before, limit)


def _prune(
    connection: Connection, table: type[Base], which: ColumnElement[bool], limit: int
) -> int:
    key = list(table.__table__.primary_key)
    some = select(*key).where(which).limit(limit)
    return connection.execute(delete(table).where(tuple_(*key).in_(some))).rowcount
