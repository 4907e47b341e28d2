"""Instants and legal dates: the office counts days in Asia/Shanghai."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone

# A fixed offset needs no time-zone data on the machine: China has kept UTC+8 without summer time
# since 1992, and nothing here is older.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """Return the legal date of an aware instant.

    >>> local_date(datetime(2026, 3, 1, 16, 30, tzinfo=UTC))
    datetime.date(2026, 3, 2)
    """
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the instant, in UTC, at which a legal date is over.

    >>> end_of(date(2026, 3, 2))
    datetime.datetime(2026, 3, 2, 16, 0, tzinfo=datetime.timezone.utc)
    """
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return midnight.astimezone(UTC)


def last_moment(day: date) -> datetime:
    """Return the instant, in UTC, up to which a legal date lasts, to the second.

    >>> last_moment(date(2026, 3, 2))
    datetime.datetime(2026, 3, 2, 15, 59, 59, tzinfo=datetime.timezone.utc)
    """
    return end_of(day) - timedelta(seconds=1)


def last_day(instant: datetime) -> date:
    """Return the last legal date before *instant*: the one that is over at midnight.

    >>> last_day(end_of(date(2026, 3, 2)))
    datetime.date(2026, 3, 2)
    """
    return local_date(instant - timedelta(microseconds=1))


def months_later(day: date, months: int) -> date:
    """Return the same day *months* later, or the last of that month if it has no such day.

    >>> months_later(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def said_moment(instant: datetime) -> str:
    """Return an instant as people in China read it, to the minute.

    >>> said_moment(datetime(2026, 3, 1, 16, 30, tzinfo=UTC))
    '2026-03-02 00:30'
    """
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
