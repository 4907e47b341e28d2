"""Finds projects by what stands at their doors: items that wait to be filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.store.queries import project_conditions
from engine.store.tables import ProjectRow, WantedRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from engine.store.queries import ProjectFilter


def most_wanted(
    connection: Connection, which: ProjectFilter, items: Collection[str], limit: int
) -> tuple[str, ...]:
    """Return projects of which at least two of *items* are wanted in one stage run.

    Those with most in one come first, then the newest.
    """
    place = (WantedRow.project, WantedRow.stage, WantedRow.unit)
    most = (
        select(WantedRow.project, func.count().label("wanted"))
        .where(WantedRow.item.in_(items))
        .group_by(*place)
        .having(func.count() > 1)
        .subquery()
    )
    query = (
        select(ProjectRow.project)
        .join(most, most.c.project == ProjectRow.project)
        .where(*project_conditions(which))
        .group_by(ProjectRow.project, ProjectRow.filed_at)
        .order_by(
            func.max(most.c.wanted).desc(), ProjectRow.filed_at.desc(), ProjectRow.project.desc()
        )
        .limit(limit)
    )
    return tuple(connection.execute(query).scalars())
