"""Limits set against the calendar: used, left, due, lamp. Dates are those of Asia/Shanghai."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.moments import local_date
from workflows.progress.values import Clock, Lamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from workflows.calendar import Calendar
    from workflows.catalogue import values as c
    from workflows.events import Limit

NEARLY = 2  # days


def lamp(left: int, days: int) -> Lamp:
    """Return the lamp of a clock with *left* of *days* left.

    >>> [lamp(left, 20).value for left in (3, 2, 0, -1)]
    ['green', 'yellow', 'yellow', 'red']
    >>> lamp(1, 2).value
    'green'
    """
    if left < 0:
        return Lamp.RED
    return Lamp.YELLOW if left <= min(NEARLY, days / 3) else Lamp.GREEN


def clock(
    limit: Limit | c.Limit, started: datetime | None, stopped: datetime, calendar: Calendar
) -> Clock:
    """Return *limit* as it stands at *stopped*: the end of the attempt, or now."""
    unit = DayUnit(limit.unit)
    due = used = left = None
    provisional = False
    if started is not None:
        try:
            start = local_date(started)
            due = calendar.add(start, limit.days, unit)
            used = calendar.count(start, max(start, local_date(stopped)), unit)
            provisional = unit is DayUnit.WORKING_DAY and calendar.provisional(due)
        except OutsideCalendarError:
            due = used = None
    if used is not None:
        left = limit.days - used
    return Clock(
        days=limit.days,
        unit=unit,
        source=limit.source,
        due=due,
        used=used,
        left=left,
        lamp=None if left is None else lamp(left, limit.days),
        provisional=provisional,
    )


def used_days(spans: Iterable[tuple[datetime, datetime]], calendar: Calendar) -> int | None:
    """Return the working days on which at least one of *spans* ran; None outside the calendar.

    Day d counts for a span when start < d <= end; overlapping spans count once.
    """
    days = sorted((local_date(start), local_date(end)) for start, end in spans)
    used, reached = 0, date.min
    try:
        for start, end in days:
            begin = max(start, reached)
            if begin < end:
                used += calendar.count(begin, end, DayUnit.WORKING_DAY)
                reached = end
    except OutsideCalendarError:
        return None
    return used
