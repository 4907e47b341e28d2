"""The embedded database: SQLite with a write-ahead log and a sync at every commit."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import nullcontext
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

from engine.envelope import Envelope
from engine.errors import (
    ConcurrentChangeError,
    DatabaseBusyError,
    DatabaseFaultError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    EngineError,
    UnsafeDatabaseError,
)
from engine.notes import Text
from engine.store.hot import sql
from engine.store.port import Head, Loaded, Raw, Recorded, Writes
from engine.store.turnstile import Turnstile
from engine.store.types import as_text
from workflows.rows import COLUMNS, KEYS, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

OLDEST = (3, 35, 0)  # RETURNING and ALTER TABLE DROP COLUMN, which migrations use
FULL = 2  # PRAGMA synchronous: a sync at every commit

_FAULTS: dict[int, type[EngineError]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusyError,
    sqlite3.SQLITE_LOCKED: DatabaseBusyError,
    sqlite3.SQLITE_FULL: DatabaseFullError,
    sqlite3.SQLITE_IOERR: DatabaseUnreachableError,
    sqlite3.SQLITE_READONLY: DatabaseReadOnlyError,
    sqlite3.SQLITE_PERM: DatabaseReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachableError,
}
_BREAKING = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE})
_EVENT = tuple(field.name for field in fields(Envelope))
_COMMAND = tuple(field.name for field in fields(Recorded))
_NOTE = ("stream", *(field.name for field in fields(Text)))
PRIMARY = 0xFF  # the part of an error code that names the family


class SqliteStore:
    """One file, any number of reading threads, one writer at a time in order of arrival.

    Attributes:
        busy_seconds: Longest wait for another thread or process that writes.
    """

    lost: tuple[type[Exception], ...] = ()  # a file does not hang up

    def __init__(self, url: str, busy_seconds: float = 30) -> None:
        """Open the database; the file and its folder are made when they are not there.

        Raises:
            DatabaseReadOnlyError: If the folder cannot be made.
            DatabaseUnreachableError: If there can be no such folder.
        """
        self.busy_seconds = busy_seconds
        self._turnstile = Turnstile()
        _make_folder(url)
        self.engine: Engine = create_engine(
            url, connect_args={"timeout": busy_seconds, "check_same_thread": False}
        )
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)

    def check(self) -> None:
        """Refuse to run without the write-ahead log or the sync at every commit.

        Raises:
            UnsafeDatabaseError: It names the setting.
            sqlalchemy.exc.DBAPIError: If the file cannot be used.
        """
        if sqlite3.sqlite_version_info < OLDEST:
            raise UnsafeDatabaseError(setting="sqlite_version", value=sqlite3.sqlite_version)
        with self.engine.connect() as connection:
            for setting, wanted in (("journal_mode", "wal"), ("synchronous", FULL)):
                value = connection.exec_driver_sql(f"PRAGMA {setting}").scalar_one()
                if value != wanted:
                    raise UnsafeDatabaseError(setting=setting, value=value)

    def take(self, raw: Raw) -> None:
        """Do nothing: connections are set up once, when they are made."""

    def begin(self, raw: Raw, *, loading: bool = False) -> None:  # noqa: ARG002 - the port's signature
        """Wait for one's turn and take the file's write lock."""
        if not self._turnstile.enter(self.busy_seconds):
            raise DatabaseBusyError(seconds=self.busy_seconds)
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._turnstile.leave()
            raise

    def release(self) -> None:
        """Let the next writer in."""
        self._turnstile.leave()

    def load(self, raw: Raw, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        """Return the stream's head and what was answered to the key before."""
        names = {"stream": stream, "actor": actor, "key": key, "known": known}
        found = raw.execute(sql("sqlite", "load"), names).fetchone()
        return _loaded(stream, actor, key, found)

    def batch(self, raw: Raw) -> AbstractContextManager[object]:  # noqa: ARG002 - the port's signature
        """Return an empty context: here a statement costs no round trip."""
        return nullcontext()

    def write(self, raw: Raw, writes: Writes) -> None:
        """Write events, head, answer, texts and the rows' difference."""
        if writes.place is None:
            raw.executemany(_insert("event", _EVENT), map(_plain, writes.envelopes))
        else:
            rows = enumerate(map(_plain, writes.envelopes), start=writes.place)
            raw.executemany(
                _insert("event", ("rowid", *_EVENT)), ({"rowid": at} | row for at, row in rows)
            )
        raw.execute(sql("sqlite", "head"), _plain(writes.head))
        if writes.recorded is not None:
            raw.execute(_insert("command", _COMMAND), _plain(writes.recorded))
        stream = writes.head.stream
        for text in writes.texts:
            raw.execute(_insert("note", _NOTE), {"stream": stream, **asdict(text)})
        for statement, row in _row_statements(writes):
            raw.execute(statement, _plain(row))

    def send(self, raw: Raw, statement: str) -> None:
        """Carry a statement without parameters out."""
        raw.execute(statement)

    def confirm(self, raw: Raw) -> None:
        """Do nothing: SQLite raises where it cannot commit."""

    def roll_back(self, raw: Raw) -> None:
        """Undo what was begun."""
        if raw.in_transaction:
            raw.rollback()

    def fault(self, error: BaseException) -> EngineError | ConcurrentChangeError | None:
        """Return what a sqlite3 error means to us."""
        if not isinstance(error, sqlite3.Error):
            return None
        code: int = getattr(error, "sqlite_errorcode", 0)
        if code in _TAKEN:
            return ConcurrentChangeError(reason=str(error))
        if code & PRIMARY == sqlite3.SQLITE_CANTOPEN and self._is_read_only():
            return DatabaseReadOnlyError(reason=f"{error}: the folder is read-only")
        return _FAULTS.get(code & PRIMARY, DatabaseFaultError)(reason=str(error))

    def _is_read_only(self) -> bool:
        """Tell whether nothing can be written beside the file, as its log has to be."""
        file = file_of(str(self.engine.url))
        return file is not None and file.parent.is_dir() and not os.access(file.parent, os.W_OK)

    def broken(self, error: BaseException) -> bool:
        """Tell whether the file itself could not be used; the next connection opens it afresh."""
        return getattr(error, "sqlite_errorcode", 0) & PRIMARY in _BREAKING


def file_of(url: str) -> Path | None:
    """Return the file of an embedded database; None for one in memory, and for a server's."""
    path = url.removeprefix("sqlite:///")
    return None if path in ("", url, ":memory:") else Path(path)


def _make_folder(url: str) -> None:
    """Make the folder of a database's file.

    Raises:
        DatabaseReadOnlyError: If nothing can be written there.
        DatabaseUnreachableError: If there can be no such folder.
    """
    file = file_of(url)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        closed = error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
        kind = DatabaseReadOnlyError if closed else DatabaseUnreachableError
        raise kind(reason=str(error)) from error


def _prepare(raw: sqlite3.Connection, _record: object) -> None:
    """Set up each new connection; transactions are begun by us, never by the driver."""
    raw.isolation_level = None
    # What is erased is overwritten in the file, not only forgotten.
    safe = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
    for pragma in safe:
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event signature
    """Begin what SQLAlchemy begins, unless the unit of work has done so before."""
    raw = connection.connection.driver_connection
    if not raw.in_transaction:
        connection.exec_driver_sql("BEGIN")


def _loaded(stream: str, actor: str, key: str, found: tuple[Any, ...]) -> Loaded:
    number, hash_, recorded_at, state, archive, id_, *answer = found
    head = None
    if number is not None:
        head = Head(
            stream=stream,
            number=number,
            hash=hash_,
            recorded_at=datetime.fromisoformat(recorded_at),
            state=state,
            archive=archive,
        )
    if id_ is None:
        return Loaded(head=head, recorded=None)
    of, request, first, last, answered_at = answer
    recorded = Recorded(
        actor=actor,
        key=key,
        id=id_,
        stream=of,
        request=request,
        first=first,
        last=last,
        recorded_at=datetime.fromisoformat(answered_at),
    )
    return Loaded(head=head, recorded=recorded)


def _row_statements(writes: Writes) -> Iterator[tuple[str, Row]]:
    """Yield deletes first: a row may come to stand where another one stood."""
    difference = writes.difference
    for row in difference.deletes:
        yield _delete(row.table), row
    for row in difference.updates:
        yield _update(row.table), row
    for row in difference.inserts:
        yield _insert(row.table, COLUMNS[row.table]), row


@cache
def _insert(table: str, names: tuple[str, ...]) -> str:
    values = ", ".join(f":{name}" for name in names)
    return sql("sqlite", "insert").format(table=table, columns=", ".join(names), values=values)


@cache
def _update(table: str) -> str:
    others = (name for name in COLUMNS[table] if name not in KEYS[table])
    return sql("sqlite", "update").format(
        table=table, assignments=_pairs(others, ", "), key=_pairs(KEYS[table], " AND ")
    )


@cache
def _delete(table: str) -> str:
    return sql("sqlite", "delete").format(table=table, key=_pairs(KEYS[table], " AND "))


def _pairs(names: Iterable[str], between: str) -> str:
    return between.join(f"{name} = :{name}" for name in names)


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of our frozen rows
    """Return the fields of a frozen value as the driver takes them."""
    return {name: _cell(getattr(value, name)) for name in value.__dataclass_fields__}


def _cell(value: object) -> object:
    return as_text(value) if isinstance(value, datetime) else value
