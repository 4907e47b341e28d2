"""The list of all streams' heads, signed: kept elsewhere, it shows when the end of a log is cut.

A chain of hashes shows what was changed in the middle. Who cuts the tail and sets the head back
leaves a chain without a flaw: that shows only against a list that was out of reach.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadHeadsError, HeadsKeyError
from engine.settings import SHORTEST_HEADS_KEY
from engine.store import log
from engine.verify import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.unit_of_work import UnitOfWork


class HeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """The last event of one stream."""

    stream: str
    number: int
    hash: str


class Heads(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every stream's head at one moment.

    Attributes:
        signature: HMAC-SHA256 of the rest, in hex.
    """

    made_at: datetime
    heads: tuple[HeadLine, ...]
    signature: str


def signed(new_uow: Callable[[], UnitOfWork], now: datetime, key: str) -> Heads:
    """Return the heads of all streams, signed with *key*.

    Raises:
        HeadsKeyError: If there is no key, or one that is too short.
    """
    with new_uow() as uow:
        lines = tuple(
            HeadLine(stream=stream, number=number, hash=hash_)
            for stream, number, hash_ in log.heads(uow.connection)
        )
    return Heads(made_at=now, heads=lines, signature=_signature(now, lines, key))


def exported(heads: Heads) -> bytes:
    """Return the list as it is kept: JSON, a stream a line."""
    return msgspec.json.format(msgspec.json.encode(heads), indent=1) + b"\n"


def read(data: bytes, key: str) -> Heads:
    """Return a list that was exported, its signature checked.

    Raises:
        HeadsKeyError: If there is no key, or one that is too short.
        BadHeadsError: If it is no such list, or was not signed with *key*.
    """
    try:
        found = msgspec.json.decode(data, type=Heads)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadHeadsError(reason=str(error)) from error
    if not hmac.compare_digest(found.signature, _signature(found.made_at, found.heads, key)):
        raise BadHeadsError(reason="signature")
    return found


def compare(new_uow: Callable[[], UnitOfWork], heads: Heads) -> Iterator[Violation]:
    """Yield where the logs are not what they were when the list was made.

    Rules: `cut` where the event of then is gone, `rewritten` where another one stands.
    """
    with new_uow() as uow:
        for line in heads.heads:
            hash_ = log.event_hash(uow.connection, line.stream, line.number)
            if hash_ != line.hash:
                rule = "cut" if hash_ is None else "rewritten"
                yield Violation(stream=line.stream, number=line.number, rule=rule)


def _signature(made_at: datetime, heads: tuple[HeadLine, ...], key: str) -> str:
    if len(key) < SHORTEST_HEADS_KEY:
        raise HeadsKeyError(shortest=SHORTEST_HEADS_KEY)
    said = msgspec.json.encode([made_at, heads])
    return hmac.new(key.encode(), said, sha256).hexdigest()
