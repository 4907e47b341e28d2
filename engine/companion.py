"""Knows of the worker that runs in a thread of the server's own process, where there is one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator


class Companion:
    """The thread of the embedded worker; most servers have none, their workers run elsewhere."""

    def __init__(self) -> None:
        """Know of no thread."""
        self._thread: threading.Thread | None = None

    @contextmanager
    def known(self, thread: threading.Thread) -> Iterator[None]:
        """Keep an eye on a thread that was started, for as long as the context lasts."""
        self._thread = thread
        try:
            yield
        finally:
            self._thread = None

    @property
    def is_dead(self) -> bool:
        """Tell whether there should be a worker in this process and is none."""
        return self._thread is not None and not self._thread.is_alive()
