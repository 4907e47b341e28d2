"""Keeps the due dates of running attempts beside the rows of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.dues import DueRow, due_row, has_due, same_dues, touched
from workflows.rows import Difference

if TYPE_CHECKING:
    from workflows.calendar import Calendar
    from workflows.project import Project


def with_dues(
    difference: Difference, before: Project | None, after: Project, calendar: Calendar
) -> Difference:
    """Return *difference* with what the change did to the due dates, by *calendar*.

    Whether a row is there hangs on the project alone, so the calendar that computed it before
    need not be known.
    """
    inserts: list[DueRow] = []
    updates: list[DueRow] = []
    deletes: list[DueRow] = []
    for old, new in touched(before, after):
        if old is not None and same_dues(old, new):
            continue
        now = due_row(after.code, new, calendar)
        if now is None:
            was = None if old is None else due_row(after.code, old, calendar)
            deletes += [] if was is None else [was]
        elif old is not None and has_due(old):
            updates.append(now)
        else:
            inserts.append(now)
    if not (inserts or updates or deletes):
        return difference
    return Difference(
        inserts=(*difference.inserts, *inserts),
        updates=(*difference.updates, *updates),
        deletes=(*difference.deletes, *deletes),
    )
