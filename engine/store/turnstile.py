"""A lock that serves in order of arrival: under load nobody waits for ever."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """Lets one thread through at a time, first come, first served.

    `threading.Lock` makes no such promise; with it, and with SQLite's own retrying, the slowest of
    fifty writers waited five seconds.
    """

    def __init__(self) -> None:
        """Stand open."""
        self._guard = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Event] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn, at most *seconds*, and tell whether it came."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Event()
            self._queue.append(turn)
        return turn.wait(seconds) or self._gave_up(turn)

    def leave(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._taken = False

    def _gave_up(self, turn: threading.Event) -> bool:
        """Leave the queue; the turn may have come at the very last moment, and then counts."""
        with self._guard:
            if turn.is_set():
                return True
            self._queue.remove(turn)
            return False
