"""Agents and what they have to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.store.queries._pages import made
from engine.store.queries._projects import RUNNING, ProjectFilter, projects
from engine.store.tables import AgentRow, PersonRow, ProjectRow, TaskRow, WantedRow
from workflows.events import AgentLoad
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from engine.store.queries._projects import ProjectCursor, ProjectLine
    from workflows.facts import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """An agent of the roster with the number of running projects."""

    agent: str
    name: str
    township: str
    load: int
    away_from: date | None
    away_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One project of an agent's caseload: what is open and what could be started."""

    project: ProjectLine
    open_tasks: int
    wanted: int


def agents(connection: Connection, township: str | None = None) -> tuple[AgentLine, ...]:
    """Return the roster with each agent's load, by township and id."""
    load = _load()
    query = select(
        AgentRow.id.label("agent"),
        func.coalesce(PersonRow.name, "").label("name"),
        AgentRow.township,
        func.coalesce(load.c.load, 0).label("load"),
        AgentRow.away_from,
        AgentRow.away_to,
    ).select_from(AgentRow)
    query = query.outerjoin(load, load.c.agent == AgentRow.id)
    query = query.outerjoin(PersonRow, PersonRow.id == AgentRow.id)
    if township is not None:
        query = query.where(AgentRow.township == township)
    return made(AgentLine, connection.execute(query.order_by(AgentRow.township, AgentRow.id)))


def agent_loads(connection: Connection, now: datetime) -> tuple[AgentLoad, ...]:
    """Return what the assignment looks at: every agent with load, and whether away at *now*."""
    today = local_date(now)
    return tuple(
        AgentLoad(
            agent=line.agent,
            township=line.township,
            load=line.load,
            away=_away(line, today),
        )
        for line in agents(connection)
    )


def townships(connection: Connection) -> tuple[str, ...]:
    """Return the townships that have a roster, sorted."""
    query = select(AgentRow.township).distinct().order_by(AgentRow.township)
    return tuple(connection.execute(query).scalars())


def caseload(  # noqa: PLR0913 - who asks, and which page
    connection: Connection,
    agent: str,
    *,
    viewer: Actor | None = None,
    after: ProjectCursor | None = None,
    limit: int = 50,
    order: str = "-filed_at",
) -> tuple[CaseLine, ...]:
    """Return a page of the agent's running projects, with what is open and what is wanted.

    Args:
        viewer: Only projects that this actor may read.
    """
    which = ProjectFilter(agent=agent, status=RUNNING, viewer=viewer)
    lines = projects(connection, which, after=after, limit=limit, order=order)
    codes = [line.project for line in lines]
    open_tasks = _counts(connection, TaskRow, codes)
    wanted = _counts(connection, WantedRow, codes)
    return tuple(
        CaseLine(
            project=line,
            open_tasks=open_tasks.get(line.project, 0),
            wanted=wanted.get(line.project, 0),
        )
        for line in lines
    )


def _load() -> Any:  # noqa: ANN401 - a subquery
    """Count the running projects of each agent."""
    query = select(ProjectRow.agent, func.count().label("load"))
    query = query.where(ProjectRow.status == RUNNING, ProjectRow.agent.is_not(None))
    return query.group_by(ProjectRow.agent).subquery()


def _counts(
    connection: Connection, table: type[TaskRow | WantedRow], codes: Sequence[str]
) -> dict[str, int]:
    query = select(table.project, func.count().label("rows")).where(table.project.in_(codes))
    found = connection.execute(query.group_by(table.project))
    return {row.project: row.rows for row in found}


def _away(line: AgentLine, today: date) -> bool:
    if line.away_from is None or line.away_to is None:
        return False
    return line.away_from <= today <= line.away_to
