"""The only place below the edges that reads the clock."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

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
        self, ask: Callable[[], datetime], steady: Callable[[], float] = time.monotonic
    ) -> None:
        """Ask nothing yet.

        Args:
            ask: Returns the shared instant, aware.
            steady: Counts seconds from any beginning, never back.
        """
        self._ask = ask
        self._steady = steady
        self._lock = threading.Lock()
        self._told: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC.

        Raises:
            EngineError: If the database cannot be asked.
        """
        with self._lock:
            told, asked_at = self._told or (None, 0.0)
            if told is None or self._steady() - asked_at > ASK_AGAIN:
                asked_at, told = self._steady(), _utc(self._ask())
                self._told = told, asked_at
            return _whole(told + timedelta(seconds=self._steady() - asked_at))


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
