"""Spans of dates, and the days counted in them: the arithmetic below every clock.

Day d counts when start < d <= end and d is a day of the limit's unit; a pause covers dates by the
same rule, and pauses that overlap cover a date once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from workflows.calendar import Calendar
    from workflows.project import Pause

# A date that two pauses cover is counted once, for the first of these.
PRIORITY = (PauseKind.SUSPENSION, PauseKind.SUPPLEMENT, PauseKind.PROCEDURE, PauseKind.JOINT)
Span = tuple["date", "date"]  # (from, to]: the dates after *from* up to *to*
Stop = tuple["datetime", "datetime | None"]  # since when a clock stood still, and until when


def spans(pauses: Iterable[Pause], start: date, until: date) -> tuple[Span, ...]:
    """Return the uncounted pauses inside (start, until], merged and sorted."""
    stops = ((pause.since, pause.stood_until) for pause in pauses if not pause.counted)
    return stretches(stops, start, until)


def stretches(stops: Iterable[Stop], start: date, until: date) -> tuple[Span, ...]:
    """Return stops inside (start, until], merged and sorted; one without an end lasts."""
    return merged(
        (max(start, local_date(since)), until if end is None else min(until, local_date(end)))
        for since, end in stops
    )


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, with those that touch or overlap made one and empty ones dropped.

    >>> from datetime import date as d
    >>> merged([(d(2026, 1, 3), d(2026, 1, 8)), (d(2026, 1, 1), d(2026, 1, 5))])
    ((datetime.date(2026, 1, 1), datetime.date(2026, 1, 8)),)
    """
    out: list[Span] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if out and begin <= out[-1][1]:
            if end > out[-1][1]:
                out[-1] = (out[-1][0], end)
        else:
            out.append((begin, end))
    return tuple(out)


def used(
    start: date, until: date, pauses: Sequence[Span], calendar: Calendar, unit: DayUnit
) -> int:
    """Return the days of *unit* in (start, until] that no pause covers; *pauses* merged, inside."""
    whole = calendar.count(start, until, unit)
    return whole - sum(calendar.count(begin, end, unit) for begin, end in pauses)


def due(start: date, days: int, pauses: Iterable[Span], calendar: Calendar, unit: DayUnit) -> date:
    """Return the day on which *days* of *unit* after *start* are used.

    Args:
        pauses: In any order; each covers its dates after the first up to and with the last.

    Raises:
        OutsideCalendarError: If working days run beyond the calendar.

    >>> from datetime import date as d
    >>> from workflows.calendar import shipped
    >>> stop = [(d(2024, 3, 6), d(2024, 3, 8))]  # Thursday and Friday do not count
    >>> due(d(2024, 3, 4), 3, stop, shipped(), DayUnit.WORKING_DAY)
    datetime.date(2024, 3, 11)
    """
    left, at = days, start
    for begin, end in merged(pauses) if pauses else ():
        if end <= at:
            continue
        # A pause may lie beyond the calendar; what is due before it is not.
        day = calendar.add(at, left, unit)
        if day <= max(at, begin):
            return day
        left -= calendar.count(at, begin, unit)
        at = end
    return calendar.add(at, left, unit)


def stood_to(pause: Pause, until: date) -> date:
    """Return the last date on which a pause stood; *until* while nobody can know."""
    stood = pause.stood_until
    return until if stood is None else local_date(stood)


def provisional(start: date, end: date, calendar: Calendar, unit: DayUnit) -> bool:
    """Tell whether working days between two dates are not published yet.

    Calendar days need no notice.

    >>> from datetime import date as d
    >>> from workflows.calendar import shipped
    >>> provisional(d(2026, 12, 20), d(2027, 1, 8), shipped(), DayUnit.WORKING_DAY)
    True
    >>> provisional(d(2026, 12, 20), d(2027, 1, 8), shipped(), DayUnit.CALENDAR_DAY)
    False
    """
    return unit is DayUnit.WORKING_DAY and calendar.unsettled(start, end)


def by_kind(
    pauses: Sequence[Pause], start: date, until: date, calendar: Calendar, unit: DayUnit
) -> dict[PauseKind, int]:
    """Return the days that pauses cover by kind: each date is given to one, the first of them."""
    days: dict[PauseKind, int] = {}
    taken: list[Pause] = []
    before = 0
    for kind in PRIORITY:
        taken += [pause for pause in pauses if pause.kind is kind]
        covered = sum(calendar.count(a, b, unit) for a, b in spans(taken, start, until))
        if covered > before:
            days[kind] = covered - before
        before = covered
    return days
