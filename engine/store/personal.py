"""Reads everything that is kept of one person, for the person to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.store.tables import EventRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An event that a person brought about."""

    stream: str
    number: int
    kind: str
    recorded_at: datetime


def deeds(connection: Connection, person: str) -> tuple[Deed, ...]:
    """Return what a person brought about, the oldest first."""
    query = (
        select(EventRow.stream, EventRow.number, EventRow.kind, EventRow.recorded_at)
        .where(EventRow.actor == person)
        .order_by(EventRow.recorded_at, EventRow.stream, EventRow.number)
    )
    found = connection.execute(query)
    return tuple(Deed(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name
