"""What time it is by the database's machine, and which stored instants have come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.elements import SQLCoreOperations

SKEW = timedelta(minutes=1)  # by which honest clocks may differ


def now(connection: Connection) -> datetime:
    """Return the present instant by PostgreSQL's clock, aware; SQLite has none of its own."""
    told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told


def has_come(at: SQLCoreOperations[Any], now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Return the condition that an instant up to which something waits has come at *now*.

    Nobody waits for more than *longest*: an instant farther off was written by a clock that was
    ahead, and what waits for it would stand still until that day.
    """
    return or_(at <= now, at > now + longest + SKEW)
