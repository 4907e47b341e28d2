"""Reads the log: envelopes of a stream, in order."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, select

from engine.envelope import Envelope
from engine.store.port import Head
from engine.store.tables import EventRow, HeadRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_COLUMNS = tuple(EventRow.__table__.c[field.name] for field in fields(Envelope))
NEWEST = 2**31 - 1  # no stream has as many events
# Built once: whoever reads a project asks them, and building one costs more than asking it.
_ENVELOPES = (
    select(*_COLUMNS)
    .where(EventRow.stream == bindparam("stream"))
    .where(EventRow.number >= bindparam("first"), EventRow.number <= bindparam("last"))
    .order_by(EventRow.number)
)
_UNKNOWN = HeadRow.hash != bindparam("known")
_HEAD = select(
    HeadRow.stream,
    HeadRow.number,
    HeadRow.hash,
    HeadRow.recorded_at,
    case((_UNKNOWN, HeadRow.state)).label("state"),
    case((_UNKNOWN, HeadRow.archive)).label("archive"),
).where(HeadRow.stream == bindparam("stream"))


def envelopes(
    connection: Connection, stream: str, first: int = 1, last: int | None = None
) -> tuple[Envelope, ...]:
    """Return the envelopes *first* to *last* of *stream*, by number."""
    asked = {"stream": stream, "first": first, "last": NEWEST if last is None else last}
    found = connection.execute(_ENVELOPES, asked)
    return tuple(Envelope(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name


def event_hash(connection: Connection, stream: str, number: int) -> str | None:
    """Return the hash of one event."""
    query = select(EventRow.hash).where(EventRow.stream == stream, EventRow.number == number)
    return connection.execute(query).scalar_one_or_none()


def head(connection: Connection, stream: str, known: str = "") -> Head | None:
    """Return the head of *stream*, read without a lock.

    Args:
        known: Hash of an event; the state after it, if it is the last, is not read.
    """
    found = connection.execute(_HEAD, {"stream": stream, "known": known}).one_or_none()
    return None if found is None else Head(**found._mapping)  # noqa: SLF001 - public name


def streams(connection: Connection) -> Iterator[str]:
    """Yield every stream's name, sorted; those that lost their head, and heads without events."""
    with_events = select(EventRow.stream)
    with_head = select(HeadRow.stream)
    yield from sorted(connection.execute(with_events.union(with_head)).scalars())


def heads(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """Yield (stream, number, hash) of every stream's last event, by stream."""
    query = select(HeadRow.stream, HeadRow.number, HeadRow.hash).order_by(HeadRow.stream)
    yield from ((row.stream, row.number, row.hash) for row in connection.execute(query))
