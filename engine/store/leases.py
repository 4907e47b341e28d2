"""Reads and writes leases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.moments import has_come
from engine.store.work_tables import LeaseRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.orm import InstrumentedAttribute

# What a killed holder leaves undone waits for so long. A live one renews it three times meanwhile;
# one that is held up longer is fenced off, so that a short span costs repeated work at worst.
SPAN = timedelta(seconds=15)


def run_out(until: InstrumentedAttribute[Any], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a lease binds nobody any more at *now*.

    Fences make it harmless to take it from a live holder.
    """
    return has_come(until, now, SPAN)


def take(
    connection: Connection, name: str, holder: str, now: datetime, until: datetime
) -> int | None:
    """Take a lease that is free, run out or *holder*'s own, and return its new fence.

    Returns:
        None when another one holds it.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    free = {"name": name, "holder": "", "until": now, "fence": 0}
    connection.execute(insert(LeaseRow).values(free).on_conflict_do_nothing())
    taken = (
        update(LeaseRow)
        .where(LeaseRow.name == name, or_(run_out(LeaseRow.until, now), LeaseRow.holder == holder))
        .values(holder=holder, until=until, fence=LeaseRow.fence + 1)
    )
    if connection.execute(taken).rowcount == 0:
        return None
    fence = select(LeaseRow.fence).where(LeaseRow.name == name)
    return connection.execute(fence).scalar_one()


def prolong(connection: Connection, name: str, fence: int, until: datetime) -> bool:
    """Set how long a lease is held, and tell whether it is still that of *fence*."""
    mine = update(LeaseRow).where(LeaseRow.name == name, LeaseRow.fence == fence)
    return connection.execute(mine.values(until=until)).rowcount == 1
