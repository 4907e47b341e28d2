"""Reads and writes who works on which external task, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from engine.store.message_tables import ExternalTaskRow
from engine.store.moments import has_come
from engine.store.receipts import insert_new
from engine.store.tables import CommandRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_T = ExternalTaskRow
LONGEST = timedelta(days=7)  # that a task is held, or left alone after a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A task that a department's system works on, or has let go of.

    Attributes:
        task: UNIT/ITEM/ATTEMPT/STEP.
        worker: How the system calls the one that works on it.
        key: Of the order that took it.
        fence: Grows with each taking; an older one completes nothing.
        until: When the hold runs out; after a failure, when it may be taken again.
        retries: Left after the last failure; None = none failed yet, 0 = a person must look.
        error: What the last failure said.
    """

    project: str
    task: str
    actor: str
    worker: str
    key: str
    fence: int
    until: datetime
    retries: int | None
    error: str | None


def of_projects(connection: Connection, projects: Sequence[str]) -> dict[tuple[str, str], Hold]:
    """Return the holds in some projects, by (project, task)."""
    query = select(*_T.__table__.c).where(_T.project.in_(projects))
    found = (Hold(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - SQLAlchemy's public name
    return {(each.project, each.task): each for each in found}


def taken_by(connection: Connection, actor: str, worker: str, key: str) -> tuple[Hold, ...]:
    """Return what one order took."""
    query = select(*_T.__table__.c).where(_T.actor == actor, _T.worker == worker, _T.key == key)
    query = query.order_by(_T.project, _T.task)
    return tuple(Hold(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - as above


def take(connection: Connection, wanted: Hold, now: datetime) -> bool:
    """Take a task that nobody holds at *now*, and tell whether it was to be had."""
    cells = {name: getattr(wanted, name) for name in ("actor", "worker", "key", "until")}
    name = {"project": wanted.project, "task": wanted.task}
    fresh = {**name, **cells, "fence": 1, "retries": None, "error": None}
    if insert_new(connection, _T, fresh):
        return True
    free = and_(has_come(_T.until, now, LONGEST), or_(_T.retries.is_(None), _T.retries > 0))
    taken = update(_T).where(_named(wanted.project, wanted.task), free)
    return connection.execute(taken.values(**cells, fence=_T.fence + 1)).rowcount == 1


def get(connection: Connection, project: str, task: str) -> Hold | None:
    """Return one hold, or None."""
    found = connection.execute(select(*_T.__table__.c).where(_named(project, task))).one_or_none()
    return None if found is None else Hold(**found._mapping)  # noqa: SLF001 - as above


def change(connection: Connection, hold: Hold, now: datetime, **cells: object) -> bool:
    """Write some columns of a hold that still lasts at *now*, and tell whether it does."""
    lasting = update(_T).where(
        _named(hold.project, hold.task),
        _T.actor == hold.actor,
        _T.fence == hold.fence,
        _T.until > now,
    )
    return connection.execute(lasting.values(**cells)).rowcount == 1


def drop(connection: Connection, project: str, task: str) -> None:
    """Forget a task that was completed."""
    connection.execute(delete(_T).where(_named(project, task)))


def failed(connection: Connection, limit: int) -> tuple[Hold, ...]:
    """Return the tasks that no retry is left for."""
    query = select(*_T.__table__.c).where(_T.retries == 0).order_by(_T.project, _T.task)
    return tuple(Hold(**row._mapping) for row in connection.execute(query.limit(limit)))  # noqa: SLF001 - as above


def answered(connection: Connection, actor: str, key: str) -> bool:
    """Tell whether a command was answered under this key: then it may come again."""
    query = select(CommandRow.id).where(CommandRow.actor == actor, CommandRow.key == key)
    return connection.execute(query).one_or_none() is not None


def _named(project: str, task: str) -> ColumnElement[bool]:
    return and_(_T.project == project, _T.task == task)
