"""Reads the log in the order of commits, and keeps how far each consumer has come."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.envelope import Envelope
from engine.store.tables import EventRow
from engine.store.work_tables import FollowerRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

Name = tuple[str, int]  # stream and number of an event

_NAMES = tuple(field.name for field in fields(Envelope))
_AFTER = """
SELECT {place} AS place, earlier.{row} AS previous, {columns}
FROM event
LEFT JOIN event AS earlier
    ON earlier.stream = event.stream AND earlier.number = event.number - 1
WHERE {place} >= :place AND ({place}, event.stream, event.number) > (:place, :stream, :number)
    AND {settled}
ORDER BY {place}, event.stream, event.number
LIMIT :limit
"""
_OLDEST = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# What tells the order of commits. In PostgreSQL transactions below the oldest one running have all
# ended: nothing can be added among what they wrote. SQLite has one writer at a time.
_ROW = {"postgresql": "xid", "sqlite": "rowid"}
_SETTLED = {"postgresql": f"event.xid < {_OLDEST}", "sqlite": "TRUE"}
_END = {
    "postgresql": f"SELECT {_OLDEST}",
    "sqlite": "SELECT coalesce(max(rowid), 0) + 1 FROM event",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far somebody has read.

    Attributes:
        place: Transaction (SQLite: row) that wrote the last event read.
        held: Events read before their predecessor and not handed out yet.
    """

    place: int = 0
    stream: str = ""
    number: int = 0
    held: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An event after a place; *previous* is the place of the one before it in its stream."""

    place: int
    previous: int | None
    envelope: Envelope


def after(connection: Connection, at: Place, limit: int) -> tuple[Found, ...]:
    """Return the next events after *at*, in an order into which nothing can come later."""
    dialect = connection.dialect.name
    row = _ROW[dialect]
    columns = ", ".join(f"event.{name}" for name in _NAMES)
    # Only words of this module are filled in.
    query = text(
        _AFTER.format(place=f"event.{row}", row=row, columns=columns, settled=_SETTLED[dialect])
    ).columns(
        column("place", BigInteger),
        column("previous", BigInteger),
        *(EventRow.__table__.c[name] for name in _NAMES),
    )
    given = {"place": at.place, "stream": at.stream, "number": at.number, "limit": limit}
    return tuple(
        Found(place=place, previous=previous, envelope=_envelope(cells))
        for place, previous, *cells in connection.execute(query, given)
    )


def end(connection: Connection) -> Place:
    """Return the place behind every event that can be read now."""
    place = connection.execute(text(_END[connection.dialect.name])).scalar_one()
    return Place(place=place)


def locked_place(connection: Connection, consumer: str) -> Place:
    """Lock how far *consumer* has come and return it; a new one stands before the first event."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    beginning = {"consumer": consumer, "place": 0, "stream": "", "number": 0, "held": "[]"}
    connection.execute(insert(FollowerRow).values(beginning).on_conflict_do_nothing())
    query = select(*FollowerRow.__table__.c).where(FollowerRow.consumer == consumer)
    row = connection.execute(query.with_for_update()).one()
    held = frozenset((stream, number) for stream, number in json.loads(row.held))
    return Place(place=row.place, stream=row.stream, number=row.number, held=held)


def move(connection: Connection, consumer: str, to: Place) -> None:
    """Write how far *consumer* has come."""
    connection.execute(
        update(FollowerRow)
        .where(FollowerRow.consumer == consumer)
        .values(
            place=to.place,
            stream=to.stream,
            number=to.number,
            held=json.dumps(sorted(to.held), ensure_ascii=False),
        )
    )


def _envelope(cells: list[Any]) -> Envelope:
    return Envelope(**dict(zip(_NAMES, cells, strict=True)))
