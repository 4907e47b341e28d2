"""Reads and writes leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.work_tables import LeaseRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


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
        .where(LeaseRow.name == name, or_(LeaseRow.until <= now, LeaseRow.holder == holder))
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
