"""Reads the days that people were told: of some projects, of a desk, and those to remind of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, tuple_

from engine.store import rights
from engine.store.slots import few_lengths
from engine.store.tables import ProjectRow
from engine.store.work_tables import DeadlineRow as Table
from workflows.deadlines import DeadlineRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Connection

    from workflows.facts import Actor

Place = tuple[str, str, int, str, int, str]  # due, and the row's key
_PLACE = (Table.due, Table.project, Table.unit, Table.item, Table.attempt, Table.kind)
# Built once: every work list asks it.
_OF_PROJECTS = (
    select(*Table.__table__.c)
    .where(Table.project.in_(bindparam("projects", expanding=True)))
    .order_by(*_PLACE)
)
_FILTERS = ("project", "kind", "department", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which told days; None = any.

    Attributes:
        before: ISO date; only those due on an earlier day.
        viewer: Only those of projects that this actor sees.
        agent: Only those of the projects assigned to this agent.
    """

    viewer: Actor
    project: str | None = None
    kind: str | None = None
    department: str | None = None
    stage: int | None = None
    township: str | None = None
    agent: str | None = None
    before: str | None = None


def page(
    connection: Connection, asked: Asked, *, after: Place | None = None, limit: int = 50
) -> tuple[DeadlineRow, ...]:
    """Return a page of told days, the earliest first; those that nobody knows are left out."""
    query = _joined().where(Table.due.is_not(None), *_conditions(asked))
    if after is not None:
        types = [column.type for column in _PLACE]
        query = query.where(tuple_(*_PLACE) > tuple_(*after, types=types))
    return _rows(connection, query.order_by(*_PLACE).limit(limit))


def of_projects(
    connection: Connection, projects: Collection[str]
) -> Mapping[tuple[str, int, str, int], tuple[DeadlineRow, ...]]:
    """Return the told days of some projects, by project, unit, item and attempt."""
    found: defaultdict[tuple[str, int, str, int], list[DeadlineRow]] = defaultdict(list)
    for row in _rows(connection, _OF_PROJECTS, {"projects": few_lengths(projects)}):
        found[row.project, row.unit, row.item, row.attempt].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def between(connection: Connection, first: str, last: str) -> tuple[DeadlineRow, ...]:
    """Return the told days from *first* to *last*, both ISO dates and among them."""
    query = select(*Table.__table__.c).where(Table.due >= first, Table.due <= last)
    return _rows(connection, query.order_by(*_PLACE))


def _joined() -> Any:  # noqa: ANN401 - a select
    return select(*Table.__table__.c).join(ProjectRow, ProjectRow.project == Table.project)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = [rights.seen(ProjectRow, asked.viewer)]
    wanted = ((name, getattr(asked, name)) for name in _FILTERS)
    conditions += [getattr(Table, name) == value for name, value in wanted if value is not None]
    if asked.township is not None:
        conditions.append(ProjectRow.township == asked.township)
    if asked.agent is not None:
        conditions.append(ProjectRow.agent == asked.agent)
    if asked.before is not None:
        conditions.append(Table.due < asked.before)
    return conditions


def _rows(
    connection: Connection,
    query: Any,  # noqa: ANN401 - a select
    asked: Mapping[str, object] | None = None,
) -> tuple[DeadlineRow, ...]:
    found = connection.execute(query, asked)
    return tuple(DeadlineRow(**row._mapping) for row in found)  # noqa: SLF001 - SQLAlchemy's public name
