"""The tables of work in the background: followers, leases, timers, jobs, deliveries, told days."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class FollowerRow(Base):
    """How far a consumer has read the log.

    *place*, *stream* and *number* name the last event read; *held* are those read too early, as
    JSON [[stream, number], ...].
    """

    __tablename__ = "follower"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
    stream: Mapped[str]
    number: Mapped[int]
    held: Mapped[str]


class LeaseRow(Base):
    """Who does a piece of work that one at a time should do; the fence grows with each holder."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]
    fence: Mapped[int]


class DeadTimerRow(Base):
    """A due timer that could not fire; it is not tried again until somebody says so."""

    __tablename__ = "dead_timer"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_at: Mapped[datetime]
    code: Mapped[str]
    reason: Mapped[str]
    died_at: Mapped[datetime]


class JobRow(Base):
    """See engine.jobs.Job."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parameters: Mapped[str]
    status: Mapped[str]
    done: Mapped[int]
    total: Mapped[int | None]
    attempts: Mapped[int]
    most: Mapped[int]
    holder: Mapped[str | None]
    until: Mapped[datetime | None]
    fence: Mapped[int]
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (Index("job_by_status", "status", "run_at"),)


class JobLineRow(Base):
    """What became of one line of a job."""

    __tablename__ = "job_line"

    job: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True)
    ok: Mapped[bool]
    detail: Mapped[str]


class DeliveryRow(Base):
    """One event on its way to one receiver."""

    __tablename__ = "delivery"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str]
    tries: Mapped[int]
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None]

    __table_args__ = (Index("delivery_by_status", "consumer", "status", "next_try_at"),)


class DeadlineRow(Base):
    """See workflows.deadlines.DeadlineRow."""

    __tablename__ = "deadline"

    project: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[int]
    department: Mapped[str | None]
    due: Mapped[str | None]

    __table_args__ = (Index("deadline_by_day", "due", "project", "unit"),)
