"""Reads and writes jobs and the results of their lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from engine.store.leases import run_out
from engine.store.message_tables import ReceiptRow
from engine.store.moments import has_come
from engine.store.receipts import insert_new
from engine.store.work_tables import JobLineRow, JobRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


class JobStatus(StrEnum):
    """Where a job stands: queued -> running -> done | failed | cancelled; failed -> queued."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # a dead letter: it is tried again when somebody says so
    CANCELLED = "cancelled"


LONGEST_PAUSE = timedelta(hours=1)  # between two attempts
_COLUMNS = JobRow.__table__.c
OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)
_RUNNING, _QUEUED = JobStatus.RUNNING.value, JobStatus.QUEUED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work for the worker.

    Attributes:
        done: Lines that have a result.
        total: Lines there are; None until it was begun.
        attempts: How often it was taken; at *most* it is given up.
        until: When the holder's lease runs out.
        fence: Grows with each taking; a holder with an older one can write nothing.
        run_at: Not before this instant.
        error: What stopped the last attempt.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    status: JobStatus
    done: int = 0
    total: int | None = None
    attempts: int = 0
    most: int
    holder: str | None = None
    until: datetime | None = None
    fence: int = 0
    run_at: datetime
    created_at: datetime
    ended_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A job, and what its line of some name tells; nothing where that has no result."""

    status: JobStatus
    created_at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Some kinds of jobs: those named, or (*others*) all but those."""

    names: frozenset[str]
    others: bool = False


ANY = Kinds(names=frozenset(), others=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one line of a job."""

    line: str
    ok: bool
    detail: Mapping[str, Any]


def put(connection: Connection, job: Job) -> bool:
    """Store a new job unless there is one of its id, and tell whether it was stored."""
    cells = {column.name: getattr(job, column.name) for column in _COLUMNS}
    cells |= {"parameters": _json(job.parameters), "status": job.status.value}
    return insert_new(connection, JobRow, cells)


def get(connection: Connection, identity: str) -> Job | None:
    """Return one job, or None."""
    found = connection.execute(select(*_COLUMNS).where(JobRow.id == identity)).one_or_none()
    return None if found is None else _job(found)


def listed(
    connection: Connection, statuses: Sequence[JobStatus], limit: int | None
) -> tuple[Job, ...]:
    """Return the newest jobs of some statuses (none = of all), the newest first; None = all."""
    query = select(*_COLUMNS).order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)
    if statuses:
        query = query.where(JobRow.status.in_([status.value for status in statuses]))
    return tuple(map(_job, connection.execute(query)))


def ordered_by(connection: Connection, person: str, limit: int) -> tuple[Job, ...]:
    """Return the newest jobs that a person ordered, the newest first."""
    query = select(*_COLUMNS).join(ReceiptRow, ReceiptRow.made == JobRow.id)
    query = query.where(ReceiptRow.actor == person)
    query = query.order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)
    return tuple(map(_job, connection.execute(query)))


def unfinished(connection: Connection, person: str) -> int:
    """Return how many jobs that a person ordered wait or run."""
    query = select(func.count()).select_from(JobRow)
    query = query.join(ReceiptRow, ReceiptRow.made == JobRow.id)
    waits = JobRow.status.in_([each.value for each in OPEN])
    query = query.where(ReceiptRow.actor == person, waits)
    return int(connection.execute(query).scalar_one())


def next_job(connection: Connection, now: datetime, holder: str, kinds: Kinds = ANY) -> Job | None:
    """Lock and return the job that is next: waiting, left by a dead holder, or *holder*'s own."""
    query = (
        select(*_COLUMNS)
        .where(_ready(now, holder, kinds))
        .order_by(JobRow.run_at, JobRow.created_at, JobRow.id)
        .limit(1)
        # SQLite has one writer at a time and leaves this out.
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else _job(found)


def waiting(connection: Connection, now: datetime, holder: str, kinds: Kinds = ANY) -> bool:
    """Tell whether there is a job for *holder* to take; nothing is locked."""
    found = connection.execute(select(JobRow.id).where(_ready(now, holder, kinds)).limit(1))
    return found.one_or_none() is not None


def known(connection: Connection, identities: Sequence[str]) -> int:
    """Return how many of *identities* are those of jobs."""
    query = select(func.count()).where(JobRow.id.in_(identities))
    return int(connection.execute(query).scalar_one())


def _ready(now: datetime, holder: str, kinds: Kinds) -> ColumnElement[bool]:
    left = or_(run_out(JobRow.until, now), JobRow.holder == holder)
    mine = JobRow.kind.not_in(kinds.names) if kinds.others else JobRow.kind.in_(kinds.names)
    return and_(
        mine,
        or_(
            and_(JobRow.status == _QUEUED, has_come(JobRow.run_at, now, LONGEST_PAUSE)),
            and_(JobRow.status == _RUNNING, left),
        ),
    )


def change(connection: Connection, job: Job, **cells: object) -> bool:
    """Write some columns of a job that is still held under its fence, and tell whether it was."""
    held = update(JobRow).where(
        JobRow.id == job.id, JobRow.fence == job.fence, JobRow.status == job.status.value
    )
    return connection.execute(held.values(cells)).rowcount == 1


def put_line(connection: Connection, identity: str, line: Line) -> int:
    """Store a line's result, in place of an earlier one, and return how many lines have one."""
    mine = and_(JobLineRow.job == identity, JobLineRow.line == line.line)
    connection.execute(delete(JobLineRow).where(mine))
    connection.execute(
        insert(JobLineRow).values(
            job=identity, line=line.line, ok=line.ok, detail=_json(line.detail)
        )
    )
    count = select(func.count()).select_from(JobLineRow).where(JobLineRow.job == identity)
    return connection.execute(count).scalar_one()


def lines(connection: Connection, identity: str) -> tuple[Line, ...]:
    """Return the results of a job's lines, by line."""
    query = select(JobLineRow.line, JobLineRow.ok, JobLineRow.detail)
    query = query.where(JobLineRow.job == identity).order_by(JobLineRow.line)
    return tuple(
        Line(line=line, ok=ok, detail=json.loads(detail))
        for line, ok, detail in connection.execute(query)
    )


def ended_lines(connection: Connection, kind: str, line: str) -> tuple[Ended, ...]:
    """Return every job of *kind* with what its line of that name tells."""
    mine = and_(JobLineRow.job == JobRow.id, JobLineRow.line == line)
    query = select(JobRow.status, JobRow.created_at, JobLineRow.detail)
    query = query.outerjoin(JobLineRow, mine).where(JobRow.kind == kind)
    return tuple(
        Ended(status=JobStatus(status), created_at=at, detail=json.loads(detail or "{}"))
        for status, at, detail in connection.execute(query)
    )


def wrong(connection: Connection, identities: Sequence[str]) -> dict[str, int]:
    """Return of how many lines each job says that they could not be done; none = left out."""
    query = select(JobLineRow.job, func.count().label("number"))
    query = query.where(JobLineRow.job.in_(identities), JobLineRow.ok.is_(False))
    return {row.job: row.number for row in connection.execute(query.group_by(JobLineRow.job))}


def _job(row: Row[Any]) -> Job:
    cells = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    return Job(
        **cells
        | {"parameters": json.loads(cells["parameters"]), "status": JobStatus(cells["status"])}
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
