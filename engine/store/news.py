"""Finds positions in the log and what lies around them, for readers that name a place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, TextClause, bindparam, select, text, update

from engine.store import following
from engine.store.following import Place
from engine.store.receipts import insert_new
from engine.store.work_tables import FollowerRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.store.following import Name

_ROW = {"postgresql": "xid", "sqlite": "rowid"}
# Whether an event lies at or before the place; only words of this module are filled in.
_READ = "({event}.{row}, {event}.stream, {event}.number) <= (:place, :stream, :number)"
_HELD = """
SELECT event.stream, event.number
FROM event
JOIN event AS earlier ON earlier.stream = event.stream AND earlier.number = event.number - 1
WHERE earlier.{row} >= :place AND event.{row} <= :place AND {read} AND NOT {before}
"""
_LATER = """
SELECT event.number FROM event
WHERE event.stream = :of AND event.number > :after AND {read}
"""
_DROP = """
DELETE FROM delivery WHERE consumer = :consumer AND EXISTS (
    SELECT 1 FROM event
    WHERE event.stream = delivery.stream AND event.number = delivery.number AND NOT {read})
"""
_PLACE = "SELECT {row} FROM event WHERE stream = :stream AND number = :number"
_DROP_ONE = """
DELETE FROM delivery WHERE consumer = :consumer AND stream = :stream AND number = :number
"""


def place_of(connection: Connection, stream: str, number: int) -> Place | None:
    """Return the place behind one event; None if there is no such event."""
    given = {"stream": stream, "number": number}
    query = text(_PLACE.format(row=_ROW[connection.dialect.name]))
    found = connection.execute(query, given).scalar_one_or_none()
    return None if found is None else standing(connection, found, stream, number)


def standing(connection: Connection, place: int, stream: str, number: int) -> Place:
    """Return the whole place that stands behind an event: with what was read too early there."""
    held = frozenset(_held(connection, place, stream, number))
    return Place(place=place, stream=stream, number=number, held=held)


def ahead(connection: Connection, consumer: str) -> bool:
    """Tell whether a reader has anything before it; nothing is locked."""
    columns = (FollowerRow.place, FollowerRow.stream, FollowerRow.number)
    found = connection.execute(
        select(*columns).where(FollowerRow.consumer == consumer)
    ).one_or_none()
    at = Place() if found is None else Place(place=found[0], stream=found[1], number=found[2])
    return bool(following.after(connection, at, 1))


def rewind(connection: Connection, consumer: str, name: str, to: Place) -> None:
    """Put a receiver's reader back to *to*: what comes after it is delivered once more.

    Args:
        consumer: Of the follower.
        name: Under which the deliveries are kept.
    """
    held = json.dumps(sorted(to.held), ensure_ascii=False)
    cells = {"place": to.place, "stream": to.stream, "number": to.number, "held": held}
    if not insert_new(connection, FollowerRow, {"consumer": consumer, **cells}):
        connection.execute(
            update(FollowerRow).where(FollowerRow.consumer == consumer).values(**cells)
        )
    given = {"place": to.place, "stream": to.stream, "number": to.number}
    connection.execute(_query(connection, _DROP), {"consumer": name, **given})
    for stream, number in to.held:
        connection.execute(text(_DROP_ONE), {"consumer": name, "stream": stream, "number": number})


def _held(connection: Connection, place: int, stream: str, number: int) -> Iterator[Name]:
    """Yield the events read up to there whose predecessors were not."""
    if connection.dialect.name == "sqlite":
        return  # one writer at a time: the order of rows is that of each stream
    given = {"place": place, "stream": stream, "number": number}
    for row in connection.execute(_query(connection, _HELD), given).all():
        yield row.stream, row.number
        more = {**given, "of": row.stream, "after": row.number}
        for later in connection.execute(_query(connection, _LATER), more).scalars():
            yield row.stream, later


def _query(connection: Connection, query: str) -> TextClause:
    row = _ROW[connection.dialect.name]
    read, before = (_READ.format(event=event, row=row) for event in ("event", "earlier"))
    written = query.format(row=row, read=read, before=before)
    return text(written).bindparams(bindparam("place", type_=BigInteger))
