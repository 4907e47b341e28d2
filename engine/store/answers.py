"""Reads the answers that stand under idempotency keys beside the events that they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import aliased

from engine.store.tables import CommandRow, EventRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

_PAGE = 5000  # rows held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands under a key, and the commands of the events at its two ends.

    Attributes:
        began: Command of event *first*; None = there is none.
        ended: Command of event *last*, and when it was recorded.
        before: Command of the event before *first*.
        after: Command of the event after *last*.
    """

    actor: str
    key: str
    id: str
    stream: str
    first: int
    last: int
    recorded_at: datetime
    began: str | None
    ended: str | None
    ended_at: datetime | None
    before: str | None
    after: str | None


def answers(connection: Connection) -> Iterator[Answer]:
    """Yield every answer that is kept, by actor and key."""
    began, ended, before, after = (aliased(EventRow) for _ in range(4))
    row = CommandRow
    query = (
        select(
            *(row.actor, row.key, row.id, row.stream, row.first, row.last, row.recorded_at),
            began.command.label("began"),
            ended.command.label("ended"),
            ended.recorded_at.label("ended_at"),
            before.command.label("before"),
            after.command.label("after"),
        )
        .outerjoin(began, and_(began.stream == row.stream, began.number == row.first))
        .outerjoin(ended, and_(ended.stream == row.stream, ended.number == row.last))
        .outerjoin(before, and_(before.stream == row.stream, before.number == row.first - 1))
        .outerjoin(after, and_(after.stream == row.stream, after.number == row.last + 1))
        .order_by(row.actor, row.key)
        .limit(_PAGE)
    )
    last = ("", "")
    while True:
        beyond = query.where(tuple_(row.actor, row.key) > tuple_(*last))
        found = [Answer(**each._mapping) for each in connection.execute(beyond)]  # noqa: SLF001 - SQLAlchemy's public name
        yield from found
        if len(found) < _PAGE:
            return
        last = (found[-1].actor, found[-1].key)


def unanswered(connection: Connection, since: datetime | None) -> Iterator[tuple[str, str]]:
    """Yield stream and id of the commands that nothing stands for, by stream.

    Args:
        since: Only those recorded from this instant on; None = all.
    """
    kept = and_(CommandRow.id == EventRow.command, CommandRow.stream == EventRow.stream)
    query = select(EventRow.stream, EventRow.command).outerjoin(CommandRow, kept)
    query = query.where(CommandRow.id.is_(None)).distinct()
    if since is not None:
        query = query.where(EventRow.recorded_at >= since)
    found = connection.execute(query.order_by(EventRow.stream, EventRow.command))
    yield from ((row.stream, row.command) for row in found)
