"""Writes without a sync at every commit, into a database that nobody serves yet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from engine.store.port import Store


@contextmanager
def in_bulk(store: Store) -> Iterator[None]:
    """Leave syncing to the end of the context; a machine that dies within it leaves nothing usable.

    Only an embedded database needs it: a server groups the syncs of its writers by itself.
    """
    if store.engine.dialect.name != "sqlite":
        yield
        return
    store.engine.dispose()
    event.listen(store.engine, "connect", _hurry)
    try:
        yield
    finally:
        event.remove(store.engine, "connect", _hurry)
        store.engine.dispose()
        with store.engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]


def _hurry(raw: sqlite3.Connection, _record: object) -> None:
    for pragma in ("synchronous = OFF", "wal_autocheckpoint = 20000", "cache_size = -65536"):
        raw.execute(f"PRAGMA {pragma}")
