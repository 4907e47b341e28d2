"""Writes the due dates of a project, all at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from engine.store.tables import DueRow as Table
from workflows.dues import DueRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def put_dues(connection: Connection, code: str, rows: Sequence[DueRow]) -> None:
    """Make the due dates of project *code* what *rows* say."""
    connection.execute(delete(Table).where(Table.project == code))
    if rows:
        connection.execute(insert(Table), [asdict(row) for row in rows])


def stored_dues(connection: Connection, code: str) -> tuple[DueRow, ...]:
    """Return the stored due dates of project *code*, by unit and item."""
    query = select(Table.__table__).where(Table.project == code).order_by(Table.unit, Table.item)
    return tuple(DueRow(**row._mapping) for row in connection.execute(query))  # noqa: SLF001 - public name


def overdue(connection: Connection, today: str) -> tuple[str, ...]:
    """Return PROJECT/UNIT/ITEM/ATTEMPT of the attempts whose committed day is before *today*.

    Args:
        today: ISO date.
    """
    query = (
        select(Table.project, Table.unit, Table.item, Table.attempt)
        .where(Table.committed_due < today)
        .order_by(Table.project, Table.unit, Table.item)
    )
    return tuple("/".join(map(str, row)) for row in connection.execute(query))
