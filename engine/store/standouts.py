"""Finds what is worth a look: attempts beyond their committed day that nobody has decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from engine.store.tables import DueRow, ItemRunRow, ProjectRow
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection


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
