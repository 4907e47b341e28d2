"""Minutes of a run as instants: working days of eight hours from the run's first day on."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from analysis.worktime import DAY, NEVER, OPENS
from workflows.calendar import OutsideCalendarError
from workflows.moments import SHANGHAI

if TYPE_CHECKING:
    from workflows.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """The working days of a calendar from one of them on.

    Attributes:
        days: In order; minute m falls on days[m // DAY].
    """

    calendar: Calendar
    days: tuple[date, ...] = field(repr=False)

    @classmethod
    def of(cls, calendar: Calendar, first_day: date) -> OfficeHours:
        """Lay the days out."""
        span = range((calendar.last - first_day).days + 1)
        days = (first_day + timedelta(days=number) for number in span)
        return cls(calendar=calendar, days=tuple(filter(calendar.is_working, days)))

    def day(self, minute: int) -> date:
        """Return the legal date of a minute; the border of two days belongs to the later one.

        Raises:
            OutsideCalendarError: If it lies beyond the calendar.
        """
        number = minute // DAY
        if number >= len(self.days):
            raise OutsideCalendarError(None, self.calendar.first, self.calendar.last)
        return self.days[number]

    def instant(self, minute: int) -> datetime:
        """Return a minute as an aware instant in UTC.

        Raises:
            OutsideCalendarError: As `day`.
        """
        opened = datetime.combine(self.day(minute), time(), SHANGHAI)
        return (opened + timedelta(minutes=OPENS + minute % DAY)).astimezone(UTC)

    def minute(self, instant: datetime | None) -> int:
        """Return the minute of an instant that `instant` gave; NEVER for None."""
        if instant is None:
            return NEVER
        local = instant.astimezone(SHANGHAI)
        into = local.hour * 60 + local.minute - OPENS
        return bisect_left(self.days, local.date()) * DAY + into
