"""Reads due dates over many projects: of some tasks' items, and of everything a person follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from engine.store.tables import DueRow, ItemRunRow, ProjectRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from workflows.facts import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The last day inside an item's committed limit."""

    project: str
    unit: int
    item: str
    attempt: int
    on: date
    since: datetime


def of_tasks(connection: Connection, projects: Sequence[str]) -> dict[tuple[str, int, str], date]:
    """Return the committed due dates in some projects, by (project, unit, item)."""
    query = select(DueRow.project, DueRow.unit, DueRow.item, DueRow.committed_due)
    query = query.where(DueRow.project.in_(projects), DueRow.committed_due.is_not(None))
    return {
        (row.project, row.unit, row.item): date.fromisoformat(row.committed_due)
        for row in connection.execute(query)
    }


def of_person(connection: Connection, person: Actor, limit: int) -> tuple[Due, ...]:
    """Return the due dates of the projects that are the person's as owner or agent, by day."""
    theirs = [ProjectRow.agent == person.id]
    if person.organisation is not None:
        theirs.append(ProjectRow.owner == person.organisation)
    query = (
        select(DueRow.project, DueRow.unit, DueRow.item, DueRow.attempt, DueRow.committed_due,
               ItemRunRow.filed_at)
        .join(ProjectRow, ProjectRow.project == DueRow.project)
        .join(
            ItemRunRow,
            (ItemRunRow.project == DueRow.project)
            & (ItemRunRow.unit == DueRow.unit)
            & (ItemRunRow.item == DueRow.item)
            & (ItemRunRow.attempt == DueRow.attempt),
        )
        .where(or_(*theirs), DueRow.committed_due.is_not(None))
        .order_by(DueRow.committed_due, DueRow.project, DueRow.unit, DueRow.item)
        .limit(limit)
    )  # fmt: skip
    return tuple(
        Due(
            project=row.project,
            unit=row.unit,
            item=row.item,
            attempt=row.attempt,
            on=date.fromisoformat(row.committed_due),
            since=row.filed_at,
        )
        for row in connection.execute(query)
    )
