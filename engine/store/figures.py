"""Counts for those who watch the machine: timers, jobs, deliveries, what is dead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.store.tables import TimerRow
from engine.store.work_tables import DeadTimerRow, DeliveryRow, JobRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How the work in the background stands.

    Attributes:
        timers_due: Timers whose instant has come and that nobody fired yet, dead ones included.
        lag: Seconds since the longest due of them was due; 0 when none is.
        jobs: Number of jobs by status.
        deliveries: Number of deliveries by status.
    """

    timers_due: int
    lag: float
    dead_timers: int
    jobs: Mapping[str, int]
    deliveries: Mapping[str, int]


def figures(connection: Connection, now: datetime) -> Figures:
    """Return how the work in the background stands at *now*."""
    due = TimerRow.due_at <= now
    number = connection.execute(select(func.count()).select_from(TimerRow).where(due)).scalar_one()
    oldest = connection.execute(select(func.min(TimerRow.due_at)).where(due)).scalar_one_or_none()
    jobs = select(JobRow.status, func.count().label("number")).group_by(JobRow.status)
    deliveries = select(DeliveryRow.status, func.count().label("number")).group_by(
        DeliveryRow.status
    )
    dead = connection.execute(select(func.count()).select_from(DeadTimerRow)).scalar_one()
    return Figures(
        timers_due=number,
        lag=0.0 if oldest is None else (now - oldest).total_seconds(),
        dead_timers=dead,
        jobs={row.status: row.number for row in connection.execute(jobs)},
        deliveries={row.status: row.number for row in connection.execute(deliveries)},
    )
