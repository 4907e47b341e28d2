"""Reads timers that are due, and keeps those that could not fire."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, insert, select, tuple_

from engine.store.tables import TimerRow
from engine.store.work_tables import DeadTimerRow
from workflows import rows

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

_PLACE = (TimerRow.due_at, TimerRow.project, TimerRow.unit, TimerRow.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadTimer:
    """A due timer that could not fire; *code* and *reason* say why."""

    project: str
    unit: int
    path: str
    attempt: int
    due_at: datetime
    code: str
    reason: str
    died_at: datetime


def due(
    connection: Connection,
    now: datetime,
    limit: int,
    after: rows.TimerRow | None = None,
    without: Collection[str] = (),
) -> tuple[rows.TimerRow, ...]:
    """Return timers due at *now* that are not dead, in due order, those behind *after*.

    Args:
        without: Codes of projects whose timers are left out.
    """
    dead = and_(
        DeadTimerRow.project == TimerRow.project,
        DeadTimerRow.unit == TimerRow.unit,
        DeadTimerRow.path == TimerRow.path,
        DeadTimerRow.attempt == TimerRow.attempt,
        # A timer that was set anew is tried anew.
        DeadTimerRow.due_at == TimerRow.due_at,
    )
    query = select(*TimerRow.__table__.c).outerjoin(DeadTimerRow, dead)
    query = query.where(TimerRow.due_at <= now, DeadTimerRow.project.is_(None))
    if without:
        query = query.where(TimerRow.project.not_in(without))
    if after is not None:
        last = (after.due_at, after.project, after.unit, after.path)
        query = query.where(tuple_(*_PLACE) > tuple_(*last, types=[c.type for c in _PLACE]))
    found = connection.execute(query.order_by(*_PLACE).limit(limit))
    return tuple(rows.TimerRow(**row._mapping) for row in found)  # noqa: SLF001 - public name


def bury(connection: Connection, timer: DeadTimer) -> None:
    """Keep a timer as dead, in place of what was said of it before."""
    revive(connection, timer)
    connection.execute(insert(DeadTimerRow).values(asdict(timer)))


def revive(connection: Connection, timer: DeadTimer) -> None:
    """Forget that a timer is dead: it is due again."""
    connection.execute(
        delete(DeadTimerRow).where(
            DeadTimerRow.project == timer.project,
            DeadTimerRow.unit == timer.unit,
            DeadTimerRow.path == timer.path,
            DeadTimerRow.attempt == timer.attempt,
        )
    )


def dead(connection: Connection) -> tuple[DeadTimer, ...]:
    """Return the dead timers, the longest dead first."""
    query = select(*DeadTimerRow.__table__.c).order_by(
        DeadTimerRow.died_at, DeadTimerRow.project, DeadTimerRow.path
    )
    found = connection.execute(query)
    return tuple(DeadTimer(**row._mapping) for row in found)  # noqa: SLF001 - public name
