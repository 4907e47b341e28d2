"""What reports work out of all facts: one at a time, and kept until a fact or the minute moves on.

It takes a processor for up to a second, which whoever completes a step meanwhile has to share.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app

from analysis.choice import chosen
from api import actors, limits
from api.chosen import township_of
from api.parts import parts
from workflows.snapshot import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from flask import Flask

    from analysis.columns import Columns

    Row = dict[str, Any]

READING = 100  # requests that working one out counts for: it takes the server as long and longer
KEPT = 64  # answers, as long as the facts stand
WAITING = 2  # threads of a process that may wait for their turn; the others answer what is quick
_SOON = 1  # seconds after which to ask again
_EXTENSION = "abreast.worked_out"
_T = TypeVar("_T")


class Worked:
    """What was worked out of the facts as they stand, and whose turn it is; for any thread."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = Lock()
        self._turn = Lock()
        self._doors = BoundedSemaphore(1 + WAITING)
        self._columns: Columns | None = None
        self._kept = Recent["Hashable", Any](KEPT)

    def of(self, columns: Columns) -> Recent[Hashable, Any]:
        """Return what is kept of these very columns; what is of others is let go."""
        with self._lock:
            if self._columns is not columns:
                self._columns, self._kept = columns, Recent["Hashable", Any](KEPT)
            return self._kept

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn.

        Raises:
            RequestError: 429 if too many wait already.
        """
        if not self._doors.acquire(blocking=False):
            raise limits.too_many(_SOON)
        try:
            with self._turn:
                yield
        finally:
            self._doors.release()


def register(app: Flask) -> None:
    """Give *app* a memory of its own."""
    app.extensions[_EXTENSION] = Worked()


def worked_out(name: str, query: Row, make: Callable[[Columns], _T], *more: Hashable) -> _T:
    """Return what *make* makes of every attempt that the sender may have a report on.

    Args:
        name: Says together with the query and *more* what it is: all but the facts that *make*
            looks at.

    Raises:
        NotAllowedError: If the sender reads no reports.
        RequestError: 429 if they ask for too much, or too many wait.
    """
    township = township_of(query)
    columns = parts().facts.columns()
    worked = cast("Worked", current_app.extensions[_EXTENSION])
    key = (name, township, *sorted(query.items()), *more)
    kept = worked.of(columns)
    found: _T | None = kept.get(key)
    if found is None:
        limits.count(actors.current().id, READING)
        with worked.turn():
            found = kept.get(key)  # whoever was before may have asked the same
            if found is None:
                found = make(chosen(columns, township=township))
                kept.put(key, found)
    return found
