"""Projects, their stage runs and pairs, as pages and reports read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.store import rights
from engine.store.queries._pages import bounded, equal, every_column, in_order, made
from engine.store.tables import HeadRow, NoteRow, PairRow, ProjectRow, StageRunRow
from workflows import rows
from workflows.access import Read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from workflows.facts import Actor

RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLine:
    """A project in a list.

    Attributes:
        name: Empty once it was erased.
        number: Of its last event.
        stage: Furthest of stages 1 to 4 that was opened.
        last_at: When its last event was recorded.
    """

    project: str
    flow: int
    township: str
    owner: str
    agent: str | None
    name: str
    status: str
    stage: int
    number: int
    filed_at: datetime
    last_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFilter:
    """Which projects; None = any.

    Attributes:
        viewer: Only projects that this actor may read, as far as *read* goes.
    """

    flow: int | None = None
    township: str | None = None
    agent: str | None = None
    owner: str | None = None
    status: str | None = None
    viewer: Actor | None = None
    read: Read = Read.PROJECT


# Where the last line stood: its values of the columns that the order names.
ProjectCursor = tuple["datetime | str | int", ...]  # by default (filed_at, project)

# How lists may be sorted, both ways; the last columns make every place the only one.
PROJECT_ORDERS: Mapping[str, tuple[str, ...]] = {
    "filed_at": ("filed_at", "project"),
    "code": ("project",),
}


def projects(  # noqa: PLR0913 - which, and which page
    connection: Connection,
    which: ProjectFilter | None = None,
    *,
    more: Sequence[ColumnElement[bool]] = (),
    after: ProjectCursor | None = None,
    limit: int = 50,
    order: str = "-filed_at",
) -> tuple[ProjectLine, ...]:
    """Return a page of projects, the newest first; see PROJECT_ORDERS for other orders.

    Args:
        more: What else is asked of a project's row, as of its clocks (see work_list.of_colour).
    """
    query = _project_lines().where(*project_conditions(which or ProjectFilter()), *more)
    query = in_order(query, PROJECT_ORDERS[order.removeprefix("-")], after, order)
    return tuple(map(_project_line, connection.execute(query.limit(bounded(limit)))))


def statuses(connection: Connection, which: ProjectFilter) -> dict[str, int]:
    """Return how many projects stand where, by status."""
    query = select(ProjectRow.status, func.count().label("projects"))
    query = query.where(*project_conditions(which)).group_by(ProjectRow.status)
    return {row.status: row.projects for row in connection.execute(query)}


def project(connection: Connection, code: str) -> ProjectLine | None:
    """Return one project's line, or None."""
    found = connection.execute(_project_lines().where(ProjectRow.project == code)).one_or_none()
    return None if found is None else _project_line(found)


def stage_runs(connection: Connection, codes: Sequence[str]) -> tuple[rows.StageRunRow, ...]:
    """Return the stage runs of some projects, by project, unit and stage."""
    table = StageRunRow
    query = every_column(table).where(table.project.in_(codes))
    query = query.order_by(table.project, table.unit, table.stage)
    return made(rows.StageRunRow, connection.execute(query))


def pairs(connection: Connection, code: str) -> tuple[rows.PairRow, ...]:
    """Return the pairs of a project, in the order in which they were proposed."""
    query = every_column(PairRow).where(PairRow.project == code)
    query = query.order_by(PairRow.proposed_at, PairRow.pair)
    return made(rows.PairRow, connection.execute(query))


def _project_lines() -> Any:  # noqa: ANN401 - a select of mixed columns
    return (
        select(
            ProjectRow.project,
            ProjectRow.flow,
            ProjectRow.township,
            ProjectRow.owner,
            ProjectRow.agent,
            func.coalesce(NoteRow.text, "").label("name"),
            ProjectRow.status,
            ProjectRow.stage,
            HeadRow.number,
            ProjectRow.filed_at,
            HeadRow.recorded_at.label("last_at"),
            ProjectRow.ended_at,
        )
        .join(HeadRow, HeadRow.stream == "project:" + ProjectRow.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
    )


def _project_line(row: Row[Any]) -> ProjectLine:
    return ProjectLine(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def project_conditions(which: ProjectFilter) -> list[ColumnElement[bool]]:
    """Return what the filter asks of a project's row."""
    conditions = equal(ProjectRow, which, but=("viewer", "read"))
    if which.viewer is not None:
        conditions.append(rights.seen(ProjectRow, which.viewer, which.read))
    return conditions
