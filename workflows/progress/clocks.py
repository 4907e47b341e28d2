"""Limits as the progress view shows them: the legal clock, without its arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp, lamp, reading, stands
from workflows.progress.values import Clock, StageUse
from workflows.stage_clock import stage_clock

if TYPE_CHECKING:
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue import values as c
    from workflows.catalogue.values import Catalogue
    from workflows.events import Limit
    from workflows.project import Attempt, Project, StageRun


def ahead(limit: c.Limit | None) -> Clock | None:
    """Return a limit of the catalogue before anything was filed under it."""
    return None if limit is None else _silent(limit)


def of_attempt(limit: Limit | None, attempt: Attempt, calendar: Calendar, on: date) -> Clock | None:
    """Return one of the attempt's limits as it stands on *on*; beyond the calendar, its length."""
    if limit is None:
        return None
    try:
        read = reading(attempt, limit, calendar, on)
    except OutsideCalendarError:
        read = None
    if read is None:
        return _silent(limit)
    running = attempt.decided_at is None and attempt.ended_at is None
    return Clock(
        days=read.limit,
        unit=read.unit,
        source=read.source,
        due=read.due,
        used=read.used,
        left=read.left,
        lamp=lamp(read, running=running, stopped=running and stands(attempt)),
        provisional=read.provisional,
    )


def of_stage(
    project: Project, run: StageRun, catalogue: Catalogue, calendar: Calendar, on: date
) -> StageUse:
    """Return the working days that a stage run has used on *on*."""
    try:
        read = stage_clock(project, run, catalogue, calendar, on)
    except OutsideCalendarError:
        return StageUse(used=None, lamp=Lamp.NONE)
    return StageUse(used=read.used, lamp=read.lamp)


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
