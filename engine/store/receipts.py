"""Keeps what orders outside the projects' logs made, so that a repeated one makes nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.message_tables import ReceiptRow
from engine.store.tables import CommandRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from engine.store.tables import Base


def insert_new(connection: Connection, table: type[Base], cells: Mapping[str, object]) -> bool:
    """Insert a row unless its key is taken, and tell whether it was inserted.

    A second transaction with the same key waits for the end of the first.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(table).values(cells).on_conflict_do_nothing()
    # Of an INSERT on PostgreSQL the number of rows is only known when it is asked for beforehand.
    found = connection.execute(new, execution_options={"preserve_rowcount": True})
    return found.rowcount == 1


def kept(connection: Connection, actor: str, key: str) -> tuple[str, str] | None:
    """Return (request, made) of an order that was carried out, or None."""
    query = select(ReceiptRow.request, ReceiptRow.made)
    query = query.where(ReceiptRow.actor == actor, ReceiptRow.key == key)
    found = connection.execute(query).one_or_none()
    return None if found is None else (found.request, found.made)


def commanded(connection: Connection, actor: str, key: str) -> bool:
    """Tell whether a command within a log was answered under this key."""
    query = select(CommandRow.id).where(CommandRow.actor == actor, CommandRow.key == key)
    return connection.execute(query).one_or_none() is not None
