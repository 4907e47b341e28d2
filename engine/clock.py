"""The only place below the edges that reads the clock."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

ASK_AGAIN = 30.0  # seconds; a clock of a computer goes wrong by far less than a millisecond in them


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock, in whole milliseconds: law needs no finer, snapshots stay small."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return _whole(datetime.now(UTC))


class SharedClock:
    """The clock of the database's machine, which all processes of an office share.

    It is asked now and then, and followed by this machine's steady counter in between: whatever
    is done to the clock of one server, its steps are dated like all others'.
    """

    def __init__(
        self,
        ask: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        aside: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            ask: Returns the shared instant, aware.
            steady: Counts seconds from any beginning, never back.
            aside: Lets something be done while the caller goes on; by default in a thread.
        """
        self._ask = ask
        self._steady = steady
        self._aside = aside or _in_a_thread
        self._lock = threading.Lock()
        self._told: tuple[datetime, float] | None = None
        self._next = 0.0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC.

        Only the first call waits for the database: later ones are made by those who hold a
        connection already, and must not wait for another one.

        Raises:
            EngineError: If the database could never be asked.
        """
        if self._told is None:
            self._learn()
        with self._lock:
            due = self._steady() > self._next
            if due:
                self._next = self._steady() + ASK_AGAIN
        if due:
            self._aside(self._learn_perhaps)
        told, at = self._told or (self._ask(), self._steady())
        return _whole(told + timedelta(seconds=self._steady() - at))

    def _learn(self) -> None:
        at = self._steady()
        self._told = _utc(self._ask()), at
        self._next = at + ASK_AGAIN

    def _learn_perhaps(self) -> None:
        with suppress(EngineError):  # the counter goes on; the next time it may be asked again
            self._learn()


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="clock", daemon=True).start()


class PushableClock:
    """A clock that stands until it is pushed: demonstrations and tests."""

    def __init__(self, start: datetime) -> None:
        """Start at *start*, which must be aware."""
        self._lock = threading.Lock()
        self._now = _utc(start)

    def now(self) -> datetime:
        """Return the instant it was last pushed to."""
        with self._lock:
            return self._now

    def push(self, by: timedelta) -> datetime:
        """Move on *by* some time, never back, and return the new instant.

        Raises:
            ValueError: If *by* is negative.
        """
        with self._lock:
            return self._set(self._now + by)

    def push_to(self, instant: datetime) -> datetime:
        """Move on to *instant* and return it.

        Raises:
            ValueError: If *instant* is naive or already past.
        """
        with self._lock:
            return self._set(_utc(instant))

    def _set(self, instant: datetime) -> datetime:
        if instant < self._now:
            raise ValueError(f"the clock stands at {self._now} and cannot go back to {instant}")
        self._now = instant
        return instant


def _whole(instant: datetime) -> datetime:
    """Return *instant* in whole milliseconds."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
