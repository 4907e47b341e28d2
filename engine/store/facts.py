"""Reads what reports are made of, many projects at a time, and keeps figures by month."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from engine.store.fact_tables import MonthFigureRow
from engine.store.tables import (
    EventRow,
    HeadRow,
    ItemRunRow,
    PersonRow,
)
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select


STREAM = "project:"
_CHUNK = 200  # projects asked for at once: less than any limit on parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigure:
    """What ended in one month, by one key of one dimension: see MonthFigureRow."""

    month: str
    dimension: str
    key: str
    ended: int
    limited: int
    inside: int
    median_days: float | None
    p90_days: float | None
    supplements: int
    refilings: int
    parts: Mapping[str, int]
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened from an instant on.

    Attributes:
        streams: In which something happened.
        kinds: Of the events.
        ends: Instants at which attempts of those projects ended, now or long ago.
    """

    streams: frozenset[str]
    kinds: frozenset[str]
    ends: frozenset[datetime]


def versions(connection: Connection) -> dict[str, int]:
    """Return the number of each project's last event, by code."""
    found = connection.execute(
        select(HeadRow.stream, HeadRow.number).where(HeadRow.stream.startswith(STREAM))
    )
    return {stream.removeprefix(STREAM): number for stream, number in found}


def last_moment(connection: Connection) -> datetime | None:
    """Return when the last event of any project was recorded; None where there is none."""
    query = select(func.max(HeadRow.recorded_at)).where(HeadRow.stream.startswith(STREAM))
    return connection.execute(query).scalar_one()


def reviewers(connection: Connection) -> dict[str, int]:
    """Return how many active people may examine, by department."""
    found = connection.execute(
        select(PersonRow.department, PersonRow.roles).where(
            PersonRow.active.is_(True), PersonRow.department.is_not(None)
        )
    )
    return dict(
        Counter(
            department
            for department, roles in found
            if department is not None and Role.REVIEWER in roles.split()
        )
    )


def put_months(connection: Connection, month: str, figures: Sequence[MonthFigure]) -> None:
    """Put the figures of a month in place of those that were there."""
    connection.execute(delete(MonthFigureRow).where(MonthFigureRow.month == month))
    if figures:
        cells = [
            {
                name: json.dumps(dict(each.parts)) if name == "parts" else getattr(each, name)
                for name in MonthFigure.__dataclass_fields__
            }
            for each in figures
        ]
        connection.execute(insert(MonthFigureRow), cells)


def all_months(connection: Connection) -> tuple[MonthFigure, ...]:
    """Return every figure that is kept."""
    return _figures(connection, select(MonthFigureRow.__table__))


def news_since(connection: Connection, at: datetime) -> News:
    """Return what happened from an instant on."""
    events = select(EventRow.stream, EventRow.kind).where(EventRow.recorded_at >= at).distinct()
    found = [tuple(row) for row in connection.execute(events)]
    moved = select(HeadRow.stream).where(HeadRow.recorded_at >= at)
    codes = [name.removeprefix(STREAM) for name in connection.execute(moved).scalars()]
    ends: set[datetime] = set()
    for start in range(0, len(codes), _CHUNK):
        query = select(ItemRunRow.ended_at).where(
            ItemRunRow.project.in_(codes[start : start + _CHUNK]), ItemRunRow.ended_at.is_not(None)
        )
        ends.update(each for each in connection.execute(query).scalars() if each is not None)
    return News(
        streams=frozenset(stream for stream, _ in found),
        kinds=frozenset(kind for _, kind in found),
        ends=frozenset(ends),
    )


def months(connection: Connection, dimension: str) -> tuple[MonthFigure, ...]:
    """Return the figures of a dimension, by month and key."""
    query = select(MonthFigureRow.__table__).where(MonthFigureRow.dimension == dimension)
    return _figures(connection, query.order_by(MonthFigureRow.month, MonthFigureRow.key))


def _figures(connection: Connection, query: Select[Any]) -> tuple[MonthFigure, ...]:
    return tuple(
        MonthFigure(**{**row._mapping, "parts": json.loads(row.parts)})  # noqa: SLF001 - SQLAlchemy's public name
        for row in connection.execute(query)
    )
