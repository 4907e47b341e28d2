"""Writes and reads the audit trail: who read or changed what."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, or_, select

from engine.store.account_tables import AuditRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that somebody did or tried.

    Attributes:
        actor: Person id; "-" for who proved nothing.
        operation: Name of what was asked for, e.g. "projects.show_project".
        object: Project code or other id that it was about, a blank, and which part of it; "-" for
            none.
        status: HTTP status of the answer.
        request: Request id, which the process logs carry too.
    """

    at: datetime
    actor: str
    operation: str
    object: str
    status: int
    request: str


_COLUMNS = tuple(field.name for field in fields(Seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A line of the trail with its place in it."""

    id: int
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which lines; None = any. *since* is included, *until* is not.

    Attributes:
        but: Operations whose lines are left out.
    """

    actor: str | None = None
    object: str | None = None
    operation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    but: frozenset[str] = frozenset()


def append(connection: Connection, lines: Sequence[Seen]) -> None:
    """Append lines in their order."""
    if lines:
        connection.execute(insert(AuditRow), [_row(line) for line in lines])


def _row(line: Seen) -> dict[str, object]:
    return {name: getattr(line, name) for name in _COLUMNS}


def lines(
    connection: Connection,
    which: AuditFilter,
    *,
    before: int | None = None,
    limit: int = LARGEST_PAGE,
) -> tuple[AuditLine, ...]:
    """Return a page of the trail, the newest first; *before* is the last id of the page above."""
    query = select(AuditRow.__table__)
    if which.object is not None:
        within = AuditRow.object.startswith(f"{which.object} ", autoescape=True)
        query = query.where(or_(AuditRow.object == which.object, within))
    for name in ("actor", "operation"):
        value = getattr(which, name)
        if value is not None:
            query = query.where(getattr(AuditRow, name) == value)
    if which.since is not None:
        query = query.where(AuditRow.at >= which.since)
    if which.until is not None:
        query = query.where(AuditRow.at < which.until)
    if which.but:
        query = query.where(AuditRow.operation.not_in(sorted(which.but)))
    if before is not None:
        query = query.where(AuditRow.id < before)
    found = connection.execute(query.order_by(AuditRow.id.desc()).limit(limit))
    return tuple(_line(dict(row._mapping)) for row in found)  # noqa: SLF001 - public name


def prune(connection: Connection, before: datetime) -> int:
    """Drop the lines from before an instant and return how many there were."""
    return connection.execute(delete(AuditRow).where(AuditRow.at < before)).rowcount


def oldest(connection: Connection) -> datetime | None:
    """Return when the trail begins, or None."""
    return connection.execute(select(func.min(AuditRow.at))).scalar_one_or_none()


def _line(cells: dict[str, object]) -> AuditLine:
    identity = cells.pop("id")
    return AuditLine(id=int(str(identity)), seen=Seen(**cells))  # type: ignore[arg-type]
