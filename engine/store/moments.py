"""Asks the database's machine what time it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def now(connection: Connection) -> datetime:
    """Return the present instant by PostgreSQL's clock, aware; SQLite has none of its own."""
    told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return told
