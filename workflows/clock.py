"""The legal clock of an attempt: dates in, days out. One function for every screen and report.

Day d counts when start < d <= end and d is a day of the limit's unit; a pause covers dates by the
same rule, after acceptance, and pauses that overlap cover a date once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit
from workflows.events import Limit, PauseKind
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.project import Attempt, Pause

Span = tuple["date", "date"]  # (from, to]: the dates after *from* up to *to*

# What was granted is handed over within ten days of the decision. Source: XKF44
DELIVERY = Limit(days=10, unit=DayUnit.WORKING_DAY.value, source="XKF44")
NEARLY = 2  # days left at which a clock turns yellow
# A date that two pauses cover is counted once, for the first of these.
PRIORITY = (PauseKind.SUSPENSION, PauseKind.SUPPLEMENT, PauseKind.PROCEDURE, PauseKind.JOINT)


class Lamp(StrEnum):
    """The colour of a clock."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    NONE = "none"  # no limit, or not accepted yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One limit held against the days used, all in the limit's unit.

    Attributes:
        limit: Days allowed, *extension* among them.
        due: The last day inside the limit; None while an open pause keeps it from being known. One
            that has a legal bound is taken to last up to it: the day may come earlier, never later.
        left: Days left; negative when overdue.
        provisional: Working days on the way to the due date are not published yet.
    """

    limit: int
    unit: DayUnit
    source: str
    used: int
    left: int
    due: date | None
    overdue: bool
    provisional: bool
    extension: int = 0

    @property
    def share(self) -> float | None:
        """Return used / limit (用时率); None for a limit of no days."""
        return self.used / self.limit if self.limit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock of one attempt on one date.

    Attributes:
        start: Day of acceptance; None before it.
        end: Day of the decision, or None while it runs.
        unit: What *elapsed*, *used* and *paused* count: the committed limit's unit, else working
            days.
        span: Calendar days from start to end or to the date asked for.
        elapsed: Days of *unit* in that time: those used and those paused.
        paused: Days by kind of pause; each date once.
        committed, statutory: The two limits, each in its own unit; None = no such limit.
        delivery: The days between a grant's decision and its delivery; None without one.
    """

    start: date | None
    end: date | None
    unit: DayUnit
    span: int
    elapsed: int
    used: int
    paused: Mapping[PauseKind, int]
    committed: Reading | None
    statutory: Reading | None
    delivery: Reading | None
    lamp: Lamp

    @property
    def owner_days(self) -> int:
        """Return the days that were the owner's: supplements."""
        return self.paused.get(PauseKind.SUPPLEMENT, 0)


def clock(attempt: Attempt, calendar: Calendar, on: date) -> Clock:
    """Return the attempt's clock as it stands on the date *on*.

    Raises:
        OutsideCalendarError: If a date lies beyond the calendar.
    """
    unit = unit_of(attempt)
    if attempt.accepted_at is None:
        return _not_begun(unit)
    start, until = bounds(attempt, on)
    stopped = spans(attempt.pauses, start, until)
    committed = reading(attempt, attempt.committed, calendar, on)
    running = end_date(attempt) is None
    return Clock(
        start=start,
        end=end_date(attempt),
        unit=unit,
        span=(until - start).days,
        elapsed=calendar.count(start, until, unit),
        used=used(start, until, stopped, calendar, unit),
        paused=_by_kind(attempt.pauses, start, until, calendar, unit),
        committed=committed,
        statutory=reading(attempt, attempt.statutory, calendar, on),
        delivery=delivery(attempt, calendar, on),
        lamp=lamp(committed, running=running, stopped=running and stands(attempt, on)),
    )


def reading(attempt: Attempt, limit: Limit | None, calendar: Calendar, on: date) -> Reading | None:
    """Return one of the attempt's limits as it stands on *on*; None without limit or acceptance.

    An extension (延长审批) lengthens the committed limit, and the statutory one where both count
    the same days: the article on it speaks of working days, special laws go their own way.

    Raises:
        OutsideCalendarError: If a date lies beyond the calendar.
    """
    if limit is None or attempt.accepted_at is None:
        return None
    unit = DayUnit(limit.unit)
    extension = attempt.extension if unit is unit_of(attempt) else 0
    days = limit.days + extension
    start, until = bounds(attempt, on)
    spent = used(start, until, spans(attempt.pauses, start, until), calendar, unit)
    day = _due_or_none(attempt, days, calendar, unit)
    return Reading(
        limit=days,
        unit=unit,
        source=limit.source,
        used=spent,
        left=days - spent,
        due=day,
        overdue=spent > days,
        provisional=provisional(start, day or until, calendar, unit),
        extension=extension,
    )


def delivery(attempt: Attempt, calendar: Calendar, on: date) -> Reading | None:
    """Return how long a grant has waited for its delivery on *on*; no pause stops these days.

    Raises:
        OutsideCalendarError: If a date lies beyond the calendar.
    """
    if attempt.decided_at is None or attempt.result not in {None, "granted"}:
        return None
    start, unit = local_date(attempt.decided_at), DayUnit(DELIVERY.unit)
    until = max(start, on if attempt.ended_at is None else local_date(attempt.ended_at))
    spent = calendar.count(start, until, unit)
    day = calendar.add(start, DELIVERY.days, unit)
    return Reading(
        limit=DELIVERY.days,
        unit=unit,
        source=DELIVERY.source,
        used=spent,
        left=DELIVERY.days - spent,
        due=day,
        overdue=spent > DELIVERY.days,
        provisional=provisional(start, day, calendar, unit),
    )


def unit_of(attempt: Attempt) -> DayUnit:
    """Return the unit of the committed limit; working days where there is none (XKF82)."""
    committed = attempt.committed
    return DayUnit.WORKING_DAY if committed is None else DayUnit(committed.unit)


def bounds(attempt: Attempt, on: date) -> tuple[date, date]:
    """Return the dates between which an accepted attempt's clock has run on *on*."""
    start = local_date(attempt.accepted_at or attempt.filed_at)
    end = end_date(attempt)
    return start, max(start, on if end is None else end)


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
    years = range(start.year, end.year + 1)
    return unit is DayUnit.WORKING_DAY and not calendar.provisional_years.isdisjoint(years)


def end_date(attempt: Attempt) -> date | None:
    """Return the day on which the clock stopped for good: the decision, or an earlier end."""
    moments = [at for at in (attempt.decided_at, attempt.ended_at) if at is not None]
    return local_date(min(moments)) if moments else None


def spans(pauses: Iterable[Pause], start: date, until: date) -> tuple[Span, ...]:
    """Return the uncounted pauses inside (start, until], merged and sorted."""
    return merged(
        (max(start, local_date(pause.since)), min(until, _last(pause, until)))
        for pause in pauses
        if not pause.counted
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
        running = calendar.count(at, begin, unit)
        if running >= left:
            break
        left -= running
        at = end
    return calendar.add(at, left, unit)


def stands(attempt: Attempt, on: date | None = None) -> bool:
    """Tell whether an open pause stops the attempt's clock; *on* a date, if one is given.

    A procedure stops it up to its legal bound, even if nobody ends it.
    """
    return any(
        not pause.counted and (on is None or pause.bound is None or on.isoformat() <= pause.bound)
        for pause in attempt.open_pauses
    )


def lamp(reading: Reading | None, *, running: bool = True, stopped: bool = False) -> Lamp:
    """Return the colour: yellow from the last two days, or the last third of a short limit.

    Red beyond the limit, for good; what has ended in time is green.
    """
    if reading is None:
        return Lamp.NONE
    if reading.overdue:
        return Lamp.RED
    if stopped:
        return Lamp.PAUSED
    nearly = running and reading.left <= min(NEARLY, reading.limit / 3)
    return Lamp.YELLOW if nearly else Lamp.GREEN


def _not_begun(unit: DayUnit) -> Clock:
    return Clock(
        start=None,
        end=None,
        unit=unit,
        span=0,
        elapsed=0,
        used=0,
        paused={},
        committed=None,
        statutory=None,
        delivery=None,
        lamp=Lamp.NONE,
    )


def _due_or_none(attempt: Attempt, days: int, calendar: Calendar, unit: DayUnit) -> date | None:
    """Return the due day; what stopped the clock after it had ended for good moves it no more."""
    end = end_date(attempt)
    if end is None and any(not p.counted and p.stood_until is None for p in attempt.open_pauses):
        return None
    start = local_date(attempt.accepted_at or attempt.filed_at)
    ends = [_last(pause, start) for pause in attempt.pauses]
    until = max([start, *ends]) if end is None else max(start, end)
    return due(start, days, spans(attempt.pauses, start, until), calendar, unit)


def _last(pause: Pause, until: date) -> date:
    stood = pause.stood_until
    return until if stood is None else local_date(stood)


def _by_kind(
    pauses: Sequence[Pause], start: date, until: date, calendar: Calendar, unit: DayUnit
) -> dict[PauseKind, int]:
    """Give each covered date to one kind: the growth of the union, kind after kind."""
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
