"""Working time as a line of whole minutes: what stands between two instants can be subtracted.

Every instant falls on one minute of the line; nights, weekends and holidays have no length on it. A
working day is eight hours, nine to five in Shanghai: an entry made outside falls on the nearest
minute inside. The law's own days are counted by workflows/clock.py, and here, in bulk, by `dates`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workflows.calendar import OutsideCalendarError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workflows.calendar import Calendar

OPENS, CLOSES = 9 * 60, 17 * 60  # minutes of the day, in Shanghai
DAY = CLOSES - OPENS  # minutes of a working day
NEVER = -1  # an instant that did not come
_EAST = 8 * 3600
_DAY_SECONDS = 86_400
_FIRST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTime:
    """The line of one calendar.

    Attributes:
        first: Day number, from 1970-01-01, of the calendar's first day.
        worked: bool, shape (days,).
        before: int64, shape (days + 1,): days worked before each day.
        mornings, works: The minute with which each day begins, and whether it is worked, for one
            day at a time: a number out of an array costs ten times as much.
    """

    calendar: Calendar = field(repr=False)
    first: int
    worked: NDArray[np.bool_] = field(repr=False)
    before: NDArray[np.int64] = field(repr=False)
    mornings: tuple[int, ...] = field(repr=False)
    works: tuple[bool, ...] = field(repr=False)

    @classmethod
    def of(cls, calendar: Calendar) -> WorkTime:
        """Lay out the line of *calendar*."""
        return _laid_out(calendar)

    def minute(self, instant: datetime | None) -> int:
        """Return the minute on which an aware instant falls; NEVER for None.

        Raises:
            OutsideCalendarError: If the calendar does not hold its date.

        >>> from datetime import UTC
        >>> from workflows.calendar import shipped
        >>> line = WorkTime.of(shipped())
        >>> friday = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)  # half past four in Shanghai
        >>> monday = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)  # half past nine
        >>> line.minute(monday) - line.minute(friday)
        60
        """
        if instant is None:
            return NEVER
        day, second = divmod(math.floor(instant.timestamp()) + _EAST, _DAY_SECONDS)
        at = self._at(day)
        if not self.works[at]:
            return self.mornings[at]
        return self.mornings[at] + min(max(second // 60 - OPENS, 0), DAY)

    def minutes(self, seconds: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the minutes on which instants fall; NEVER where they are negative.

        Args:
            seconds: Since 1970-01-01 UTC, any shape.

        Raises:
            OutsideCalendarError: If the calendar does not hold one of the dates.
        """
        came = seconds >= 0
        day, second = np.divmod(np.where(came, seconds, self.first * _DAY_SECONDS) + _EAST, 86_400)
        at = day - self.first
        self._check(at)
        inside = np.clip(second // 60 - OPENS, 0, DAY) * self.worked[at]
        return np.where(came, self.before[at] * DAY + inside, NEVER).astype(np.int32)

    def morning(self, day: int) -> int:
        """Return the minute with which a day (number from 1970-01-01) begins.

        Raises:
            OutsideCalendarError: If the calendar does not hold it.
        """
        return self.mornings[self._at(day)]

    def day(self, instant: datetime | None) -> int:
        """Return the number of an instant's legal date, from 1970-01-01; NEVER for None."""
        if instant is None:
            return NEVER
        return (math.floor(instant.timestamp()) + _EAST) // _DAY_SECONDS

    def days(self, seconds: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the numbers of instants' legal dates; NEVER where they are negative.

        Args:
            seconds: As for `minutes`.
        """
        day = (seconds + _EAST) // _DAY_SECONDS
        return np.where(seconds >= 0, day, NEVER).astype(np.int32)

    def counts(self, days: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return how many days were worked up to and with each day (numbers from 1970-01-01).

        Raises:
            OutsideCalendarError: If the calendar does not hold one of them.
        """
        at = days.astype(np.int64) - self.first
        self._check(at)
        return self.before[at + 1]

    def _at(self, day: int) -> int:
        at = day - self.first
        if not 0 <= at < len(self.works):
            raise OutsideCalendarError(date_of(day), self.calendar.first, self.calendar.last)
        return at

    def _check(self, at: NDArray[np.int64]) -> None:
        if at.size and not (at.min() >= 0 and at.max() < len(self.worked)):
            wrong = int(at.min() if at.min() < 0 else at.max()) + self.first
            raise OutsideCalendarError(date_of(wrong), self.calendar.first, self.calendar.last)


def date_of(day: int) -> date:
    """Return the date of a day number.

    >>> date_of(0)
    datetime.date(1970, 1, 1)
    """
    return _FIRST + timedelta(days=day)


def number_of(day: date) -> int:
    """Return the number of a date.

    >>> number_of(date(1970, 1, 2))
    1
    """
    return (day - _FIRST).days


@lru_cache(maxsize=8)
def _laid_out(calendar: Calendar) -> WorkTime:
    worked = np.array(calendar.days, dtype=np.bool_)
    before = np.concatenate(([0], np.cumsum(worked, dtype=np.int64)))
    return WorkTime(
        calendar=calendar,
        first=number_of(calendar.first),
        worked=worked,
        before=before,
        mornings=tuple((before * DAY).tolist()),
        works=tuple(calendar.days),
    )
