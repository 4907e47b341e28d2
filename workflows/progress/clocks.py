"""Limits as the progress view shows them: the legal clock, without its arithmetic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit, ItemKind
from workflows.clock import (
    ACCEPTANCE,
    COUNTS,
    Lamp,
    Reading,
    clock,
    delivery,
    lamp,
    reading,
    stands,
    waits_for_delivery,
)
from workflows.dues import days_left
from workflows.events import How
from workflows.moments import last_day, local_date
from workflows.progress.times import Clock, ItemTime, StageUse
from workflows.spans import provisional
from workflows.stage_clock import stage_clock

if TYPE_CHECKING:
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue import values as c
    from workflows.catalogue.values import Catalogue
    from workflows.events import Limit
    from workflows.project import Attempt, Project, StageRun


_LISTED = (How.HELD, How.SERIAL)
_SPOKEN_FOR = (ItemKind.STANDARD, ItemKind.COMMITMENT)  # whose silence accepts: no licence, none


def ahead(limit: c.Limit | None) -> Clock | None:
    """Return a limit of the catalogue before anything was filed under it."""
    return None if limit is None else _silent(limit)


def of_attempt(limit: Limit | None, attempt: Attempt, calendar: Calendar, on: date) -> Clock | None:
    """Return one of the attempt's limits as it stands on *on*; before the calendar, its length."""
    if limit is None:
        return None
    try:
        read = reading(attempt, limit, calendar, on)
    except OutsideCalendarError:
        read = None
    if read is None:
        return _silent(limit)
    running = attempt.decided_at is None and attempt.ended_at is None
    return _told(read, lamp(read, running=running, stopped=running and stands(attempt, on)))


def of_acceptance(
    run: StageRun | None, item: c.Item, attempt: Attempt | None, calendar: Calendar, on: date
) -> Clock | None:
    """Return how the days stand in which silence accepts an attempt; None where it does not.

    While the attempt stands still no timer is armed, and nobody knows the day.
    """
    if run is None or attempt is None or attempt.accepted_at or attempt.ended_at:
        return None
    if stands(attempt):
        return replace(_silent(ACCEPTANCE), lamp=Lamp.PAUSED) if item.kind in _SPOKEN_FOR else None
    mine = (item.code, attempt.number)
    timer = next((t for t in run.timers.values() if (t.item, t.attempt) == mine), None)
    if timer is None:
        return None
    unit, day = DayUnit(ACCEPTANCE.unit), last_day(timer.due_at)
    try:
        left = days_left(day, on, unit, calendar)
    except OutsideCalendarError:
        return _silent(ACCEPTANCE)
    read = Reading(
        limit=ACCEPTANCE.days,
        unit=unit,
        source=ACCEPTANCE.source,
        used=ACCEPTANCE.days - left,
        left=left,
        due=day,
        overdue=left < 0,
        provisional=provisional(day, day, calendar, unit),
    )
    return _told(read, lamp(read))


def of_delivery(attempt: Attempt | None, calendar: Calendar, on: date) -> Clock | None:
    """Return how a grant stands with its delivery; None before, and before the calendar."""
    try:
        read = None if attempt is None else delivery(attempt, calendar, on)
    except OutsideCalendarError:
        return None
    if attempt is None or read is None:
        return None
    return _told(read, lamp(read, running=waits_for_delivery(attempt)))


def time_of(
    run: StageRun | None, attempt: Attempt | None, calendar: Calendar, on: date, *, held: bool
) -> ItemTime | None:
    """Return whose an item's days were up to *on*; None before the calendar.

    Args:
        held: The item waits for a document now.
    """
    try:
        waited = _waited(run, attempt, calendar, on, held=held)
        read = None if attempt is None else clock(attempt, calendar, on)
    except OutsideCalendarError:
        return None
    unit = DayUnit.WORKING_DAY if read is None else read.unit
    return ItemTime(
        unit=unit,
        source=COUNTS[unit],
        used=0 if read is None else read.used,
        paused={} if read is None else read.paused,
        owner_days=0 if read is None else read.owner_days,
        waited_days=waited,
    )


def _waited(
    run: StageRun | None, attempt: Attempt | None, calendar: Calendar, on: date, *, held: bool
) -> int:
    """Return the working days between the joint application and the filing of a held item."""
    if run is None or run.filed_at is None:
        return 0
    listed = local_date(run.filed_at)
    if attempt is None:
        return calendar.count(listed, calendar.reach(on), DayUnit.WORKING_DAY) if held else 0
    first = attempt.number == 1 and attempt.how in _LISTED
    return calendar.count(listed, local_date(attempt.filed_at), DayUnit.WORKING_DAY) if first else 0


def of_stage(
    project: Project, run: StageRun, catalogue: Catalogue, calendar: Calendar, on: date
) -> StageUse:
    """Return the working days that a stage run has used on *on*."""
    try:
        read = stage_clock(project, run, catalogue, calendar, on)
    except OutsideCalendarError:
        return StageUse(used=None, lamp=Lamp.NONE)
    return StageUse(used=read.used, lamp=read.lamp)


def _told(read: Reading, colour: Lamp) -> Clock:
    return Clock(
        days=read.limit,
        unit=read.unit,
        source=read.source,
        due=read.due,
        used=read.used,
        left=read.left,
        lamp=colour,
        provisional=read.provisional,
    )


def _silent(limit: Limit | c.Limit) -> Clock:
    return Clock(
        days=limit.days,
        unit=DayUnit(limit.unit),
        source=limit.source,
        due=None,
        used=None,
        left=None,
        lamp=Lamp.NONE,
        provisional=False,
    )
