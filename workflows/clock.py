"""The legal clock of an attempt: dates in, days out. One function for every screen and report.

Day d counts when start < d <= end and d is a day of the limit's unit; a pause covers dates by the
same rule, after acceptance, and pauses that overlap cover a date once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.events import Limit
    from workflows.project import Attempt, Pause

Span = tuple["date", "date"]  # (from, to]: the dates after *from* up to *to*

# A date that two pauses cover is counted once, for the first of these.
_PRIORITY = (PauseKind.SUSPENSION, PauseKind.SUPPLEMENT, PauseKind.PROCEDURE, PauseKind.JOINT)


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
        due: The last day inside the limit; None while a pause of unknown end is open.
        left: Days left; negative when overdue.
        provisional: The due date lies in a year whose working days are not published yet.
    """

    limit: int
    unit: DayUnit
    source: str
    used: int
    left: int
    due: date | None
    overdue: bool
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock of one attempt on one date.

    Attributes:
        start: Day of acceptance; None before it.
        end: Day of the decision, or None while it runs.
        span: Calendar days from start to end or to the date asked for.
        paused: Days of the committed limit's unit by kind of pause; each date once.
        committed, statutory: The two limits, each in its own unit; None = no such limit.
    """

    start: date | None
    end: date | None
    span: int
    paused: Mapping[PauseKind, int]
    committed: Reading | None
    statutory: Reading | None
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
    if attempt.accepted_at is None:
        return Clock(
            start=None, end=None, span=0, paused={}, committed=None, statutory=None, lamp=Lamp.NONE
        )
    start = local_date(attempt.accepted_at)
    end = end_date(attempt)
    until = max(start, on if end is None else end)
    committed = _reading(attempt.committed, attempt, start, until, calendar)
    unit = DayUnit.WORKING_DAY if committed is None else committed.unit
    return Clock(
        start=start,
        end=end,
        span=(until - start).days,
        paused=_by_kind(attempt.pauses, start, until, calendar, unit),
        committed=committed,
        statutory=_reading(attempt.statutory, attempt, start, until, calendar),
        lamp=_lamp(committed, stopped=end is None and _stands(attempt)),
    )


def end_date(attempt: Attempt) -> date | None:
    """Return the day on which the clock stopped for good: the decision, or an earlier end."""
    moments = [at for at in (attempt.decided_at, attempt.ended_at) if at is not None]
    return local_date(min(moments)) if moments else None


def spans(pauses: Iterable[Pause], start: date, until: date) -> tuple[Span, ...]:
    """Return the uncounted pauses inside (start, until], merged and sorted."""
    cut = sorted(
        (max(start, local_date(pause.since)), min(until, _last(pause, until)))
        for pause in pauses
        if not pause.counted
    )
    return merged(span for span in cut if span[0] < span[1])


def merged(ordered: Iterable[Span]) -> tuple[Span, ...]:
    """Return sorted spans with those that touch or overlap made one.

    >>> from datetime import date as d
    >>> merged([(d(2026, 1, 1), d(2026, 1, 5)), (d(2026, 1, 3), d(2026, 1, 8))])
    ((datetime.date(2026, 1, 1), datetime.date(2026, 1, 8)),)
    """
    out: list[Span] = []
    for begin, end in ordered:
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return tuple(out)


def used(start: date, until: date, pauses: Sequence[Span], calendar: Calendar, unit: DayUnit) -> int:
    """Return the days of *unit* in (start, until] that no pause covers; *pauses* merged."""
    whole = calendar.count(start, until, unit)
    return whole - sum(calendar.count(begin, end, unit) for begin, end in pauses)


def due(start: date, days: int, pauses: Sequence[Span], calendar: Calendar, unit: DayUnit) -> date:
    """Return the day on which *days* are used; *pauses* merged, sorted, all ended."""
    left, at = days, start
    for begin, end in pauses:
        running = calendar.count(at, max(at, begin), unit)
        if running >= left:
            return calendar.add(at, left, unit)
        left -= running
        at = max(at, end)
    return calendar.add(at, left, unit)


def _reading(
    limit: Limit | None, attempt: Attempt, start: date, until: date, calendar: Calendar
) -> Reading | None:
    if limit is None:
        return None
    unit = DayUnit(limit.unit)
    days = limit.days + attempt.extension
    spent = used(start, until, spans(attempt.pauses, start, until), calendar, unit)
    day = _due_or_none(attempt, start, days, calendar, unit)
    return Reading(
        limit=days,
        unit=unit,
        source=limit.source,
        used=spent,
        left=days - spent,
        due=day,
        overdue=spent > days,
        provisional=day is not None and calendar.provisional(day),
    )


def _due_or_none(
    attempt: Attempt, start: date, days: int, calendar: Calendar, unit: DayUnit
) -> date | None:
    if any(not pause.counted for pause in attempt.open_pauses):
        return None
    last = max((_last(pause, start) for pause in attempt.pauses), default=start)
    return due(start, days, spans(attempt.pauses, start, max(start, last)), calendar, unit)


def _last(pause: Pause, until: date) -> date:
    return until if pause.until is None else local_date(pause.until)


def _stands(attempt: Attempt) -> bool:
    return any(not pause.counted for pause in attempt.open_pauses)


def _by_kind(
    pauses: Sequence[Pause], start: date, until: date, calendar: Calendar, unit: DayUnit
) -> dict[PauseKind, int]:
    """Give each covered date to one kind: the growth of the union, kind after kind."""
    days: dict[PauseKind, int] = {}
    taken: list[Pause] = []
    before = 0
    for kind in _PRIORITY:
        taken += [pause for pause in pauses if pause.kind is kind]
        covered = sum(calendar.count(a, b, unit) for a, b in spans(taken, start, until))
        if covered > before:
            days[kind] = covered - before
        before = covered
    return days


def _lamp(committed: Reading | None, *, stopped: bool) -> Lamp:
    """Yellow from the last two days, or the last third of a short limit; red beyond the limit."""
    if committed is None:
        return Lamp.NONE
    if committed.left < 0:
        return Lamp.RED
    if stopped:
        return Lamp.PAUSED
    return Lamp.YELLOW if committed.left <= min(2, committed.limit / 3) else Lamp.GREEN
