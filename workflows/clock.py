"""The legal clock of an attempt: dates in, days out. One function for every screen and report.

Day d counts when start < d <= end and d is a day of the limit's unit; a pause covers dates by the
same rule, after acceptance, and pauses that overlap cover a date once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.events import Limit, PauseKind
from workflows.moments import local_date
from workflows.spans import by_kind, due, provisional, spans, stood_to, used

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.project import Attempt

# Whether an application is complete is said within five days; silence accepts it. Source: XKF32
ACCEPTANCE = Limit(days=5, unit=DayUnit.WORKING_DAY.value, source="XKF32")
# What was granted is handed over within ten days of the decision. Source: XKF44
DELIVERY = Limit(days=10, unit=DayUnit.WORKING_DAY.value, source="XKF44")
# What was granted because it was late is issued within a day. Source: TZ58
ISSUE = Limit(days=1, unit=DayUnit.WORKING_DAY.value, source="TZ58")
# By which rule days of each unit count. Source: XKF82; of calendar days no rule need be asked.
COUNTS = {DayUnit.WORKING_DAY: "XKF82", DayUnit.CALENDAR_DAY: "A"}
NEARLY = 2  # days left at which a clock turns yellow


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
        due: The last day inside the limit; None while an open pause, begun inside it, keeps it from
            being known, and beyond the calendar. A pause that has a legal bound is taken to last up
            to it: the day may come earlier, never later.
        left: Days left; negative when overdue.
        provisional: Working days on the way to the due date are not published yet.
        beyond: The due day, or the date asked for, lies beyond the calendar's last day: what is
            said is said as of that one.
    """

    limit: int
    unit: DayUnit
    source: str
    used: int
    left: int
    due: date | None
    overdue: bool
    provisional: bool
    beyond: bool = False
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
        before: The same between the filing and the acceptance; they take nothing from a limit.
        committed, statutory: The two limits, each in its own unit; None = no such limit.
        delivery: The days between a grant's decision and its delivery; None without one.
        lamp: Colour of the committed limit.
        statutory_lamp: Colour of the statutory one, which may be red while the other is green: a
            promise in working days may fall due after a law's calendar days (ADR 15).
    """

    start: date | None
    end: date | None
    unit: DayUnit
    span: int
    elapsed: int
    used: int
    paused: Mapping[PauseKind, int]
    before: Mapping[PauseKind, int]
    committed: Reading | None
    statutory: Reading | None
    delivery: Reading | None
    lamp: Lamp
    statutory_lamp: Lamp

    @property
    def source(self) -> str:
        """Return the source key of the rule by which its days count."""
        return COUNTS[self.unit]

    @property
    def owner_days(self) -> int:
        """Return the days that were the owner's: supplements, those before acceptance as well."""
        kind = PauseKind.SUPPLEMENT
        return self.paused.get(kind, 0) + self.before.get(kind, 0)


def clock(attempt: Attempt, calendar: Calendar, on: date) -> Clock:
    """Return the attempt's clock as it stands on the date *on*.

    Raises:
        OutsideCalendarError: If the attempt is older than the calendar.
    """
    unit = unit_of(attempt)
    before = _before(attempt, calendar, on, unit)
    if attempt.accepted_at is None:
        return _not_begun(unit, before)
    start, until = bounds(attempt, on)
    start, until = calendar.reach(start, unit), calendar.reach(until, unit)
    stopped = spans(attempt.pauses, start, until)
    committed = reading(attempt, attempt.committed, calendar, on)
    statutory = reading(attempt, attempt.statutory, calendar, on)
    running = end_date(attempt) is None
    halted = running and stands(attempt, on)
    return Clock(
        start=local_date(attempt.accepted_at),
        end=end_date(attempt),
        unit=unit,
        span=span(attempt, on),
        elapsed=calendar.count(start, until, unit),
        used=used(start, until, stopped, calendar, unit),
        paused=by_kind(attempt.pauses, start, until, calendar, unit),
        before=before,
        committed=committed,
        statutory=statutory,
        delivery=delivery(attempt, calendar, on),
        lamp=lamp(committed, running=running, stopped=halted),
        statutory_lamp=lamp(statutory, running=running, stopped=halted),
    )


def reading(attempt: Attempt, limit: Limit | None, calendar: Calendar, on: date) -> Reading | None:
    """Return one of the attempt's limits as it stands on *on*; None without limit or acceptance.

    An extension (延长审批) lengthens the committed limit, and the statutory one where both count
    the same days: the article on it speaks of working days, special laws go their own way.

    Raises:
        OutsideCalendarError: If the attempt is older than the calendar.
    """
    if limit is None or attempt.accepted_at is None:
        return None
    unit = DayUnit(limit.unit)
    extension = attempt.extension if unit is unit_of(attempt) else 0
    days = limit.days + extension
    start, until = bounds(attempt, on)
    seen = max(calendar.reach(start, unit), calendar.reach(until, unit))
    spent = used(start, seen, spans(attempt.pauses, start, seen), calendar, unit)
    stopped = _stopped_since(attempt)
    day = _due_or_none(attempt, days, calendar, unit)
    # What was due before it stopped stays so; of what was not, nobody knows the day.
    open_ended = stopped is not None and (day is None or day > stopped)
    day = None if open_ended else day
    # What stands still until nobody knows when falls due, at the earliest, as if it ran on now.
    earliest = _added(until, days - spent, calendar, unit) if open_ended else day
    beyond = seen < until or earliest is None
    return Reading(
        limit=days,
        unit=unit,
        source=limit.source,
        used=spent,
        left=days - spent,
        due=day,
        overdue=spent > days,
        provisional=beyond or provisional(start, earliest or until, calendar, unit),
        beyond=beyond,
        extension=extension,
    )


def delivery(attempt: Attempt, calendar: Calendar, on: date) -> Reading | None:
    """Return how long a grant has waited for its delivery on *on*; no pause stops these days.

    A default grant has no decision: the late department has to issue its document.

    Raises:
        OutsideCalendarError: If the attempt is older than the calendar.
    """
    limit = ISSUE if attempt.by_default else DELIVERY
    begun = attempt.ended_at if attempt.by_default else attempt.decided_at
    over = attempt.issued_at if attempt.by_default else attempt.ended_at
    if begun is None or attempt.result not in {None, "granted"}:
        return None
    start, unit = local_date(begun), DayUnit(limit.unit)
    until = max(start, on if over is None else local_date(over))
    spent = calendar.count(start, calendar.reach(until), unit)
    day = _added(start, limit.days, calendar, unit)
    beyond = day is None or calendar.reach(until) < until
    return Reading(
        limit=limit.days,
        unit=unit,
        source=limit.source,
        used=spent,
        left=limit.days - spent,
        due=day,
        overdue=spent > limit.days,
        provisional=beyond or provisional(start, day or start, calendar, unit),
        beyond=beyond,
    )


def waits_for_delivery(attempt: Attempt) -> bool:
    """Tell whether the days of `delivery` still run."""
    return (attempt.issued_at if attempt.by_default else attempt.ended_at) is None


def unit_of(attempt: Attempt) -> DayUnit:
    """Return the unit of the committed limit; working days where there is none (XKF82)."""
    committed = attempt.committed
    return DayUnit.WORKING_DAY if committed is None else DayUnit(committed.unit)


def bounds(attempt: Attempt, on: date) -> tuple[date, date]:
    """Return the dates between which an accepted attempt's clock has run on *on*."""
    start = local_date(attempt.accepted_at or attempt.filed_at)
    end = end_date(attempt)
    return start, max(start, on if end is None else end)


def span(attempt: Attempt, on: date) -> int:
    """Return the calendar days between the acceptance and the end, or *on*."""
    start, until = bounds(attempt, on)
    return (until - start).days


def end_date(attempt: Attempt) -> date | None:
    """Return the day on which the clock stopped for good: the decision, or an earlier end."""
    moments = [at for at in (attempt.decided_at, attempt.ended_at) if at is not None]
    return local_date(min(moments)) if moments else None


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


def _before(attempt: Attempt, calendar: Calendar, on: date, unit: DayUnit) -> dict[PauseKind, int]:
    """Return the paused days between the filing and the acceptance, or its end, or *on*."""
    filed = local_date(attempt.filed_at)
    known = [at for at in (attempt.accepted_at, attempt.ended_at) if at is not None]
    until = calendar.reach(local_date(min(known)) if known else on, unit)
    return by_kind(attempt.pauses, filed, max(filed, until), calendar, unit)


def _not_begun(unit: DayUnit, before: Mapping[PauseKind, int]) -> Clock:
    return Clock(
        start=None,
        end=None,
        unit=unit,
        span=0,
        elapsed=0,
        used=0,
        paused={},
        before=before,
        committed=None,
        statutory=None,
        delivery=None,
        lamp=Lamp.NONE,
        statutory_lamp=Lamp.NONE,
    )


def _due_or_none(attempt: Attempt, days: int, calendar: Calendar, unit: DayUnit) -> date | None:
    """Return the due day, None beyond the calendar.

    What stopped the clock after it had ended for good moves it no more.
    """
    end = end_date(attempt)
    start = local_date(attempt.accepted_at or attempt.filed_at)
    ends = [stood_to(pause, start) for pause in attempt.pauses]
    until = max([start, *ends]) if end is None else max(start, end)
    try:
        return due(start, days, spans(attempt.pauses, start, until), calendar, unit)
    except OutsideCalendarError:
        return None


def _stopped_since(attempt: Attempt) -> date | None:
    """Return since when an open pause without bound has kept later due days from being known."""
    open_ = (p for p in attempt.open_pauses if not p.counted and p.stood_until is None)
    since = min((local_date(pause.since) for pause in open_), default=None)
    return since if end_date(attempt) is None else None


def _added(start: date, days: int, calendar: Calendar, unit: DayUnit) -> date | None:
    """Return the day on which *days* after *start* are used, None beyond the calendar.

    What is used up already, *days* below 1, was so on *start* at the latest.
    """
    try:
        return calendar.add(start, max(0, days), unit)
    except OutsideCalendarError:
        return None
