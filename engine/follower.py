"""Reads committed events for those who come after: outbox, live pages, roll-ups. Loses none.

A reader by plain sequence numbers overtakes writers that are slow to commit and never sees what
they wrote: 9 % of the events under load. Here each event comes once, those of one stream by number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.store import following, log
from engine.store.following import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.envelope import Envelope
    from engine.store.following import Found, Name
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

BEGINNING = Place()


def follow(uow: UnitOfWork, consumer: str, limit: int = 100) -> tuple[Envelope, ...]:
    """Return the next events for *consumer*, and move its place in the same transaction.

    The caller commits, together with what it made of the events: either both are done or none. A
    second process that follows as the same consumer waits until then.
    """
    uow.begin()
    at = following.locked_place(uow.connection, consumer)
    envelopes, to = read(uow.connection, at, limit)
    if to != at:
        following.move(uow.connection, consumer, to)
    return envelopes


def read(connection: Connection, at: Place, limit: int = 100) -> tuple[tuple[Envelope, ...], Place]:
    """Return the next events after *at* and the place behind them; nothing is written.

    For readers that keep their place themselves, as a live page does. Fewer than *limit* events,
    or none, do not mean that there is nothing more: look at the place.
    """
    found = following.after(connection, at, limit)
    if not found:
        return (), at
    names, held = in_order(found, at.held)
    known = {_name(each.envelope): each.envelope for each in found}
    envelopes = tuple(known.get(name) or _stored(connection, name) for name in names)
    last = found[-1]
    stream, number = _name(last.envelope)
    return envelopes, Place(place=last.place, stream=stream, number=number, held=held)


def end(connection: Connection) -> Place:
    """Return the place behind everything that is settled now, for readers of news only."""
    return following.end(connection)


def in_order(
    found: Sequence[Found], held: frozenset[Name]
) -> tuple[tuple[Name, ...], frozenset[Name]]:
    """Return which events may be handed out now, in order, and which are still held.

    An event is held until the one before it in its stream has been handed out. That they come the
    wrong way round takes a transaction that wrote something else before it locked the stream.
    """
    waiting: set[Name] = set(held)
    ready: list[Name] = []
    for each in found:
        name = _name(each.envelope)
        if _is_next(each, waiting):
            ready += _released(name, waiting)
        else:
            waiting.add(name)
    return tuple(ready), frozenset(waiting)


def _is_next(found: Found, waiting: set[Name]) -> bool:
    stream, number = _name(found.envelope)
    if number == 1:
        return True
    return (
        found.previous is not None
        and found.previous <= found.place
        and (stream, number - 1) not in waiting
    )


def _released(name: Name, waiting: set[Name]) -> Iterator[Name]:
    """Yield *name* and those of its stream that waited for it."""
    stream, number = name
    yield name
    while (stream, number := number + 1) in waiting:
        waiting.remove((stream, number))
        yield stream, number


def _name(envelope: Envelope) -> Name:
    return envelope.stream, envelope.number


def _stored(connection: Connection, name: Name) -> Envelope:
    stream, number = name
    (envelope,) = log.envelopes(connection, stream, number, number)
    return envelope
