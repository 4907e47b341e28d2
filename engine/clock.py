"""The only place below the edges that reads the clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock, in whole milliseconds: law needs no finer, snapshots stay small."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


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


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
