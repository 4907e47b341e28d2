"""Keeps what orders outside the projects' logs made, so that a repeated one makes nothing more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.message_tables import ReceiptRow
from engine.store.tables import CommandRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.store.port import Recorded
    from engine.store.tables import Base


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stands under a key.

    Attributes:
        stream: That the order went to.
        last: Number of the last event that came of it; 0 = of none.
        request: Hash of what was asked for.
        made: What came of it outside a log, or the refusal; None = within a log.
    """

    stream: str
    last: int
    request: str
    made: str | None


def insert_new(connection: Connection, table: type[Base], cells: Mapping[str, object]) -> bool:
    """Insert a row unless its key is taken, and tell whether it was inserted.

    A second transaction with the same key waits for the end of the first.
    """
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = upsert(table).values(cells).on_conflict_do_nothing()
    # Of an INSERT on PostgreSQL the number of rows is only known when it is asked for beforehand.
    found = connection.execute(new, execution_options={"preserve_rowcount": True})
    return found.rowcount == 1


def put(connection: Connection, kept: Recorded, made: str) -> None:
    """Store the key of an order and what the order made.

    All keys stand in one table, so that two orders under one key cannot both be carried out, be
    they commands within a log or not: the second one fails when it is written.
    """
    cells = {field.name: getattr(kept, field.name) for field in fields(kept)}
    connection.execute(insert(CommandRow).values(cells))
    names = ("actor", "key", "request", "recorded_at")
    told = {name: cells[name] for name in names}
    connection.execute(insert(ReceiptRow).values(**told, made=made))


def kept(connection: Connection, actor: str, key: str) -> Kept | None:
    """Return what stands under a key, or None."""
    same = and_(ReceiptRow.actor == CommandRow.actor, ReceiptRow.key == CommandRow.key)
    columns = (CommandRow.stream, CommandRow.last, CommandRow.request, ReceiptRow.made)
    query = select(*columns).outerjoin(ReceiptRow, same)
    query = query.where(CommandRow.actor == actor, CommandRow.key == key)
    found = connection.execute(query).one_or_none()
    return None if found is None else Kept(**found._mapping)  # noqa: SLF001 - public name
