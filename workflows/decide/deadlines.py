"""When the law takes silence for an answer: the days that an application may lie unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.events import PauseKind
from workflows.moments import end_of, local_date
from workflows.spans import due, spans

if TYPE_CHECKING:
    from datetime import date, datetime

    from workflows.calendar import Calendar
    from workflows.catalogue.values import DayUnit
    from workflows.project import Attempt


def received_at(attempt: Attempt) -> datetime:
    """Return when the application was received whole: filed, or supplemented.

    Silence makes this the instant of acceptance. Source: XKF32 (5) for what was supplemented.
    """
    answers = [
        pause.until
        for pause in attempt.pauses
        if pause.kind is PauseKind.SUPPLEMENT and pause.until is not None
    ]
    return max([attempt.filed_at, *answers])


def due_at(
    attempt: Attempt, days: int, unit: DayUnit, calendar: Calendar, now: datetime
) -> datetime:
    """Return the instant at which *days* of silence since the receipt are over.

    Days on which the project was suspended do not count.

    Raises:
        OutsideCalendarError: If that day lies beyond the calendar.
    """
    return end_of(due_date(attempt, days, unit, calendar, local_date(now)))


def due_date(attempt: Attempt, days: int, unit: DayUnit, calendar: Calendar, today: date) -> date:
    """Return the last of *days* of silence since the receipt, as far as is known *today*.

    Raises:
        OutsideCalendarError: If that day lies beyond the calendar.
    """
    received = local_date(received_at(attempt))
    until = max(received, today)
    return due(received, days, spans(attempt.pauses, received, until), calendar, unit)
