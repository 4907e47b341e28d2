"""What happened since a position: for live pages, and for those who ask again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine import streams
from engine.follower import end, in_order
from engine.store import following, log, news, searching
from engine.store.following import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from engine.envelope import Envelope
    from engine.store.following import Found, Name
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

LARGEST = 2**62
LONGEST = 120  # characters of a position
_PROJECT = "project:"
_BATCHES = 5  # of events that concern others, looked through for one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One event as news, and the place behind it."""

    behind: Place
    project: str
    envelope: Envelope

    @property
    def position(self) -> str:
        """Return the place as one word."""
        return write_position(self.behind)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was found.

    Attributes:
        position: Where to go on; moves on also where nothing concerned the reader.
    """

    pieces: tuple[Piece, ...]
    position: str


class BadPositionError(ValueError):
    """A position that no answer of ours ever named."""


def write_position(at: Place) -> str:
    """Return a place as one word.

    >>> write_position(Place(place=7, stream="project:X-1", number=3))
    '7.3.project:X-1'
    """
    return f"{at.place}.{at.number}.{at.stream}"


def read_position(word: str) -> tuple[int, int, str]:
    """Return (place, number, stream) of a word.

    >>> read_position("7.3.project:X-1")
    (7, 3, 'project:X-1')

    Raises:
        BadPositionError: If it is none of ours.
    """
    place, _, rest = word.partition(".")
    number, dot, stream = rest.partition(".")
    numbers = place.isascii() and place.isdigit() and number.isascii() and number.isdigit()
    if not dot or not numbers or not stream.isprintable():
        raise BadPositionError(word)
    if len(word) > LONGEST or int(place) > LARGEST or int(number) > LARGEST >> 32:
        raise BadPositionError(word)
    return int(place), int(number), stream


def of_project(
    new_uow: Callable[[], UnitOfWork], code: str, after: int, limit: int
) -> tuple[Envelope, ...]:
    """Return the next events of one project; in its stream the number is the position."""
    with new_uow() as uow:
        return log.envelopes(uow.connection, streams.of_project(code), after + 1, after + limit)


def now(new_uow: Callable[[], UnitOfWork]) -> str:
    """Return the position behind everything that is settled."""
    with new_uow() as uow:
        return write_position(end(uow.connection))


def since(
    new_uow: Callable[[], UnitOfWork], position: str, viewer: Actor, limit: int = 100
) -> News:
    """Return the events after *position* in the projects that *viewer* sees.

    Raises:
        BadPositionError: If the position is none of ours.
    """
    place, number, stream = read_position(position)
    pieces: tuple[Piece, ...] = ()
    with new_uow() as uow:
        at = begun = news.standing(uow.connection, place, stream, number)
        for _ in range(_BATCHES):
            found = following.after(uow.connection, at, limit)
            batch, at = _told(uow.connection, found, at)
            seen = searching.visible(uow.connection, {each.project for each in batch}, viewer)
            pieces = tuple(
                replace(each, behind=_shown(each.behind, seen))
                for each in batch
                if each.project in seen
            )
            if pieces or not found:
                break
    stayed = not pieces and at == begun
    return News(pieces=pieces, position=position if stayed else write_position(_shown(at, seen)))


def _shown(at: Place, seen: Collection[str]) -> Place:
    """Return a place that names no project out of sight, with the same in sight behind it.

    A transaction writes to one stream: where that is out of sight, so is the rest of it.
    """
    project = at.stream.removeprefix(_PROJECT)
    if not at.stream or (at.stream != project and project in seen):
        return at
    return Place(place=at.place + 1)


def _told(
    connection: Connection, found: Sequence[Found], at: Place
) -> tuple[tuple[Piece, ...], Place]:
    """Return what *found* lets tell, in order, and the place behind it.

    Each piece names a place from which nothing after it is missed; where an event set free others
    that had been read before it, all but the last name the place before: told twice, never lost.
    """
    pieces: list[Piece] = []
    for each in found:
        names, held = in_order((each,), at.held)
        stream, number = each.envelope.stream, each.envelope.number
        before = at
        at = Place(place=each.place, stream=stream, number=number, held=held)
        envelopes = [
            each.envelope if name == (stream, number) else _stored(connection, name)
            for name in names
        ]
        places = [*([before] * (len(names) - 1)), at]
        pieces += [
            Piece(
                behind=behind,
                project=envelope.stream.removeprefix(_PROJECT),
                envelope=envelope,
            )
            for envelope, behind in zip(envelopes, places, strict=False)
            if envelope.stream.startswith(_PROJECT)
        ]
    return tuple(pieces), at


def _stored(connection: Connection, name: Name) -> Envelope:
    (envelope,) = log.envelopes(connection, name[0], name[1], name[1])
    return envelope
