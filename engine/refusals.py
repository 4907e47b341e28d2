"""Refusals that stand: no try of a command is carried out after another one of it was refused.

A client that hears nothing sends its command again under the same key. Where the first try was only
held up on the way, it may arrive last; by then what stood in its way may be gone. So a refusal is
kept under the key, in the transaction that judged it, before anybody hears of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.errors import ConcurrentChangeError
from engine.store import receipts
from workflows.errors import Refusal
from workflows.masking import without_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.port import Connection, Recorded


def keep(connection: Connection, recorded: Recorded, refusal: Refusal) -> None:
    """Keep *refusal* under the key of *recorded*, within the transaction that judged it."""
    params = {name: _told(value) for name, value in refusal.params.items()}
    made = json.dumps([refusal.code, params], ensure_ascii=False, default=str)
    receipts.put(connection, recorded, made)


def kept(connection: Connection, recorded: Recorded) -> Refusal:
    """Return the refusal that was kept under a key, as it was told; lists stand for tuples."""
    _, made = receipts.kept(connection, recorded.actor, recorded.key) or ("", None)
    if made is None:  # it was dropped this very instant: the key is about to be free again
        return ConcurrentChangeError(reason=recorded.key)
    code, params = json.loads(made)
    refusal = _kind(code)(**params)
    refusal.code = code
    return refusal


def _told(value: object) -> object:
    """Return a parameter without the numbers of people that may have been mistyped into it."""
    return without_numbers(value) if isinstance(value, str) else value


def _kind(code: str) -> type[Refusal]:
    """Return the class of a code, so that callers who know it by its class find it."""
    return next((kind for kind in _kinds(Refusal) if kind.code == code), Refusal)


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
