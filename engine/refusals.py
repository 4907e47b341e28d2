"""Refusals that stand: no try of a command is carried out after another one of it was refused.

A client that hears nothing sends its command again under the same key. Where the first try was only
held up on the way, it may arrive last; by then what stood in its way may be gone. So a refusal is
kept under the key, in the transaction that judged it, before anybody hears of it.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine import streams
from engine.errors import ConcurrentChangeError
from engine.store import receipts
from workflows.errors import Refusal
from workflows.masking import without_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.store.port import Connection, Recorded
    from engine.unit_of_work import UnitOfWork


def keep(connection: Connection, recorded: Recorded, refusal: Refusal) -> None:
    """Keep *refusal* under the key of *recorded*, within the transaction that judged it."""
    params = {name: _told(value) for name, value in refusal.params.items()}
    made = json.dumps([refusal.code, params], ensure_ascii=False, default=str)
    receipts.put(connection, recorded, made)


@contextmanager
def standing(uow: UnitOfWork, recorded: Recorded) -> Iterator[None]:
    """Keep what refuses an order within the transaction that judges it; nothing else is written."""
    try:
        yield
    except Refusal as refusal:
        if not refusal.passes:
            keep(uow.connection, recorded, refusal)
            uow.commit()
        raise


def check_answered(connection: Connection, recorded: Recorded, stream: str, request: str) -> None:
    """Check that a repeated key came with the request that was answered, and not by a refusal.

    Raises:
        KeyReusedError: If it is another one.
        Refusal: The one that it heard the first time.
    """
    streams.check_same(recorded, stream, request)
    if not streams.is_refused(recorded.stream, recorded.last):
        return
    found = receipts.kept(connection, recorded.actor, recorded.key)
    if found is None or found.made is None:  # dropped this instant: the key is about to be free
        raise ConcurrentChangeError(reason=recorded.key)
    raise told(found.made)


def against(check: Callable[[], object]) -> Refusal | None:
    """Return what *check* refuses, or None: judged outside a transaction, to stand all the same."""
    try:
        check()
    except Refusal as refusal:
        return refusal
    return None


def told(made: str) -> Refusal:
    """Return a refusal that was kept, as it was told; lists stand for tuples."""
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
