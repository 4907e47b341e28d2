"""The arithmetic of a clock, day by day: each line with the rule that counts it, and its source.

Anyone can follow the lines with a finger on a wall calendar and must arrive at the same due date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.calendar import SATURDAY
from workflows.catalogue.values import DayUnit
from workflows.clock import bounds, clock, end_date
from workflows.errors import UnknownItemError
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.project import item_key
from workflows.reported import reported_item
from workflows.spans import PRIORITY, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.clock import Clock, Reading
    from workflows.project import Attempt, Pause, Project
    from workflows.reported import ItemReported

DAY = timedelta(days=1)
WORKING_DAYS = "XKF82"  # art. 82: holidays are left out
NOT_COUNTED = "XKF45"  # 行政许可法 art. 45: hearings, tenders, tests, expert reviews take no time
SUPPLEMENTS = "XKF32"  # art. 32: what is missing is told once, before acceptance
AFTERWARDS = "BLZT"  # a supplement after acceptance: no article, the national status codes know it
HOUSE = "A"  # a convention of the field, or ours: no law was found


class Rule(StrEnum):
    """Why a date counts or does not."""

    START = "start"  # the day of acceptance itself
    WORKING = "working"
    WORKED_WEEKEND = "worked_weekend"  # 调休上班
    CALENDAR = "calendar"  # every day counts
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUPPLEMENT = "supplement"
    PROCEDURE = "procedure"
    JOINT = "joint"
    SUSPENSION = "suspension"


COUNTING = frozenset({Rule.WORKING, Rule.WORKED_WEEKEND, Rule.CALENDAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One date.

    Attributes:
        number: The how-manieth counted day it is; None when it does not count.
        source: Key of the rule's source, or of the calendar's version.
        procedure: The special procedure that covers it, by code.
        ahead: It lies after the date asked for: so it will be, if nothing stops the clock.
        extended: It is one of the days of an extension.
        late: It lies beyond the limit.
        provisional: Its year's holidays are not published yet.
    """

    day: date
    rule: Rule
    source: str
    number: int | None
    procedure: str | None = None
    ahead: bool = False
    extended: bool = False
    late: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One limit with the arithmetic behind it."""

    reading: Reading
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All there is to say about the time of one item of one unit, on one date.

    Attributes:
        attempt: Its last attempt; 0 before the first, and then nothing else is known.
        delivery: The days from the decision to the delivery; each working day counts.
        reported: The same attempt by the national formula.
    """

    project: str
    unit: int
    item: str
    attempt: int
    on: date
    filed: date | None
    clock: Clock | None
    committed: Account | None
    statutory: Account | None
    delivery: Reading | None
    reported: ItemReported | None


def sheet(  # noqa: PLR0913, PLR0917 - which item, and what to count by
    project: Project, item: str, unit: int, catalogue: Catalogue, calendar: Calendar, on: date
) -> Sheet:
    """Return the time of an item as it stands on *on*, with the arithmetic of both limits.

    Raises:
        UnknownItemError: If the catalogue has no such item.
        OutsideCalendarError: If the attempt is older than the calendar.
    """
    if item not in catalogue.items:
        raise UnknownItemError(item=item)
    state = project.items.get(item_key(unit, item))
    attempt = state.attempts[-1] if state is not None and state.attempts else None
    seen = None if attempt is None else clock(attempt, calendar, on)

    def account(reading: Reading | None) -> Account | None:
        if reading is None or attempt is None:
            return None
        return Account(reading=reading, lines=lines(attempt, reading, calendar, catalogue, on))

    return Sheet(
        project=project.code,
        unit=unit,
        item=item,
        attempt=0 if attempt is None else attempt.number,
        on=on,
        filed=None if attempt is None else local_date(attempt.filed_at),
        clock=seen,
        committed=None if seen is None else account(seen.committed),
        statutory=None if seen is None else account(seen.statutory),
        delivery=None if seen is None else seen.delivery,
        reported=None if attempt is None else reported_item(attempt, calendar, on),
    )


def lines(
    attempt: Attempt, reading: Reading, calendar: Calendar, catalogue: Catalogue, on: date
) -> tuple[Line, ...]:
    """Return every date from the acceptance to the end, the due date or *on*, the latest of them.

    Raises:
        OutsideCalendarError: If the attempt is older than the calendar.
    """
    start, until = bounds(attempt, on)
    last = calendar.reach(until, reading.unit)
    if end_date(attempt) is None and reading.due is not None:
        last = max(last, reading.due)
    out = [Line(day=start, rule=Rule.START, source=HOUSE, number=None)]
    number = 0
    for day, rule, pause in _days(attempt, reading.unit, calendar, start, last):
        counts = rule in COUNTING
        number += counts
        source = _source(rule, pause, calendar, catalogue)
        if pause is not None and after_acceptance(pause, attempt):
            source = AFTERWARDS
        extended = counts and reading.limit - reading.extension < number <= reading.limit
        if extended and attempt.extended is not None:
            source = attempt.extended.source
        out.append(
            Line(
                day=day,
                rule=rule,
                source=source,
                number=number if counts else None,
                procedure=None if pause is None else pause.procedure,
                ahead=day > until,
                extended=extended,
                late=counts and number > reading.limit,
                provisional=reading.unit is DayUnit.WORKING_DAY and calendar.provisional(day),
            )
        )
    return tuple(out)


def after_acceptance(pause: Pause, attempt: Attempt) -> bool:
    """Tell whether a supplement was asked for when the application stood accepted already."""
    asked = pause.kind is PauseKind.SUPPLEMENT
    return asked and attempt.accepted_at is not None and pause.since >= attempt.accepted_at


def days(
    start: date, due: date, pauses: tuple[tuple[date, date], ...], unit: DayUnit, calendar: Calendar
) -> tuple[date, ...]:
    """Return the dates that count between two dates: those a due date was made of."""
    found = []
    day = start
    while day < due:
        day += DAY
        stopped = any(begin < day <= end for begin, end in pauses)
        if not stopped and (unit is DayUnit.CALENDAR_DAY or calendar.is_working(day)):
            found.append(day)
    return tuple(found)


def _days(
    attempt: Attempt, unit: DayUnit, calendar: Calendar, start: date, last: date
) -> Iterator[tuple[date, Rule, Pause | None]]:
    stops = [(pause, span) for pause in _ranked(attempt) for span in spans([pause], start, last)]
    day = start
    while day < last:
        day += DAY
        pause = next((p for p, (begin, end) in stops if begin < day <= end), None)
        rule = _rule(day, unit, calendar) if pause is None else _of(pause.kind)
        yield day, rule, pause


def _ranked(attempt: Attempt) -> list[Pause]:
    """Return the pauses, the one that a date is counted for first."""
    return sorted(attempt.pauses, key=lambda pause: PRIORITY.index(pause.kind))


def _of(kind: PauseKind) -> Rule:
    return Rule(kind.value)


def _rule(day: date, unit: DayUnit, calendar: Calendar) -> Rule:
    if unit is DayUnit.CALENDAR_DAY:
        return Rule.CALENDAR
    weekend = day.weekday() >= SATURDAY
    if calendar.is_working(day):
        return Rule.WORKED_WEEKEND if weekend else Rule.WORKING
    return Rule.WEEKEND if weekend else Rule.HOLIDAY


def _source(rule: Rule, pause: Pause | None, calendar: Calendar, catalogue: Catalogue) -> str:
    match rule:
        case Rule.SUPPLEMENT:
            return SUPPLEMENTS
        case Rule.PROCEDURE | Rule.JOINT:
            known = None if pause is None else catalogue.procedures.get(pause.procedure or "")
            return NOT_COUNTED if known is None else known.source
        case Rule.HOLIDAY | Rule.WORKED_WEEKEND:
            return f"calendar {calendar.version}"
        case Rule.WORKING | Rule.WEEKEND:
            return WORKING_DAYS
        case Rule.START | Rule.CALENDAR | Rule.SUSPENSION:
            return HOUSE
