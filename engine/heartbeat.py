"""Keeps a lease alive while its holder is busy with one long piece of work."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import EngineError, LostLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta


@contextmanager
def beating(beat: Callable[[], None], every: timedelta) -> Iterator[threading.Event]:
    """Call *beat* every so often, from a thread of its own, until the context ends.

    A beat that finds the lease lost is the last one: the holder learns of it when it writes, or
    earlier from the event that is given, which is set then. A beat that the database does not take
    is followed by the next.
    """
    over, lost = threading.Event(), threading.Event()

    def run() -> None:
        while not over.wait(every.total_seconds()):
            try:
                beat()
            except LostLeaseError:
                lost.set()
                return
            except EngineError:
                continue

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()
