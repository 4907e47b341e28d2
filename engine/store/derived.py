"""Reads every derived row of a project as it is stored, for comparison with the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy import text as plain

from engine.notes import Text, digest
from engine.store.fact_tables import ItemPauseRow
from engine.store.tables import NoteRow
from workflows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_TABLES = ItemPauseRow.metadata.tables  # those of engine/store/tables.py among them


def steady(connection: Connection) -> None:
    """Let everything read in this transaction be of one instant, whoever writes meanwhile.

    SQLite does so by itself.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def stored_rows(connection: Connection, code: str) -> rows.Rows:
    """Return the stored rows of project *code*."""
    return rows.Rows({rows.key_of(row): row for row in _stored(connection, code)})


def codes(connection: Connection) -> frozenset[str]:
    """Return the codes of all projects that have a row."""
    table = _TABLES[rows.ProjectRow.table]
    return frozenset(connection.execute(select(table.c.project)).scalars())


def note_digests(connection: Connection, stream: str) -> dict[str, str]:
    """Return the digest of each text kept for *stream*, by reference, made anew."""
    return {ref: digest(each.salt, each.text) for ref, each in texts(connection, stream).items()}


def texts(connection: Connection, stream: str) -> dict[str, Text]:
    """Return each text kept for *stream*, by reference."""
    query = select(NoteRow.ref, NoteRow.salt, NoteRow.text).where(NoteRow.stream == stream)
    return {
        row.ref: Text(ref=row.ref, salt=row.salt, text=row.text)
        for row in connection.execute(query)
    }


def _stored(connection: Connection, code: str) -> Iterator[rows.Row]:
    for kind in rows.ROWS:
        table = _TABLES[kind.table]
        for found in connection.execute(select(table).where(table.c.project == code)):
            yield kind(**found._mapping)  # noqa: SLF001 - SQLAlchemy's public name
