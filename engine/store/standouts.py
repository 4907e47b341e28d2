"""Finds what is worth a look: what is late, what waits for its owner, what is nearly done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select

from engine.store.fact_tables import ItemPauseRow
from engine.store.tables import DueRow, ItemRunRow, ProjectRow, StageRunRow, TaskRow, WantedRow
from workflows.events import PauseKind
from workflows.project import ProjectStatus
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An attempt that should have been decided by *due* (ISO date), and whose it is."""

    project: str
    item: str
    department: str
    owner: str
    agent: str | None
    due: str


def late(connection: Connection, on: date) -> tuple[Late, ...]:
    """Return the undecided attempts of running projects that are late, the longest late first."""
    run, due, project = ItemRunRow.__table__.c, DueRow.__table__.c, ProjectRow.__table__.c
    same = and_(
        due.project == run.project,
        due.unit == run.unit,
        due.item == run.item,
        due.attempt == run.attempt,
    )
    query = (
        select(
            run.project, run.item, run.department, project.owner, project.agent,
            due.committed_due.label("due"),
        )
        .join_from(DueRow.__table__, ItemRunRow.__table__, same)
        .join(ProjectRow.__table__, project.project == run.project)
        .where(
            due.committed_due < on.isoformat(),
            run.decided_at.is_(None),
            run.ended_at.is_(None),
            project.status == ProjectStatus.RUNNING.value,
        )
        .order_by(due.committed_due, run.project, run.item)
    )  # fmt: skip
    return tuple(Late(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def unanswered(connection: Connection, limit: int) -> tuple[str, ...]:
    """Return running projects whose owner was asked for a supplement, the longest ago first."""
    asked = ItemPauseRow
    query = (
        select(asked.project)
        .join(ProjectRow, ProjectRow.project == asked.project)
        .where(
            asked.kind == PauseKind.SUPPLEMENT.value,
            asked.until.is_(None),
            ProjectRow.status == ProjectStatus.RUNNING.value,
        )
        .group_by(asked.project)
        .order_by(func.min(asked.since), asked.project)
        .limit(limit)
    )
    return tuple(connection.execute(query).scalars())


def nearly_done(connection: Connection, limit: int) -> tuple[str, ...]:
    """Return running projects that have filed for the last stage, those with least to do first.

    What is to do: open tasks, and items that wait at their doors; of those with none nobody can
    say that anything goes on, and before the filing nobody knows what there will be.
    """
    filed = exists().where(
        StageRunRow.project == ProjectRow.project,
        StageRunRow.stage == STAGES,
        StageRunRow.filed_at.is_not(None),
    )
    tasks = _number(TaskRow)
    todo = tasks + _number(WantedRow)
    query = (
        select(ProjectRow.project)
        .where(
            ProjectRow.status == ProjectStatus.RUNNING.value,
            filed,
            tasks > 0,
        )
        .order_by(todo, ProjectRow.project)
        .limit(limit)
    )
    return tuple(connection.execute(query).scalars())


def _number(table: type[TaskRow | WantedRow]) -> ColumnElement[int]:
    """Say how many rows of a table are a project's."""
    found = select(func.count()).where(table.project == ProjectRow.project)
    return found.correlate(ProjectRow).scalar_subquery()
