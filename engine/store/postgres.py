"""The server database: PostgreSQL by psycopg 3, a command in two pipelined round trips."""

from __future__ import annotations

import select
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

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
from engine.store.port import Cursor, Head, Loaded, Raw, Recorded, Writes
from workflows.rows import COLUMNS, KEYS, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Engine

CONNECT_SECONDS = 5
SILENCE_MILLISECONDS = 10_000
OLDEST = 150_000  # server_version_num of PostgreSQL 15
SAFE = ("fsync", "full_page_writes", "synchronous_commit")

_EVENT = tuple(field.name for field in fields(Envelope))
_COMMAND = tuple(field.name for field in fields(Recorded))
_NOTE = ("stream", *(field.name for field in fields(Text)))

_FAULTS: tuple[tuple[type[psycopg.Error], type[EngineError]], ...] = (
    (errors.DiskFull, DatabaseFullError),
    (errors.OutOfMemory, DatabaseFullError),
    (errors.ReadOnlySqlTransaction, DatabaseReadOnlyError),
    (errors.LockNotAvailable, DatabaseBusyError),
    (errors.QueryCanceled, DatabaseBusyError),
    (errors.DeadlockDetected, DatabaseBusyError),
    (errors.TooManyConnections, DatabaseBusyError),
    (psycopg.OperationalError, DatabaseUnreachableError),
    (psycopg.InterfaceError, DatabaseUnreachableError),
)


class PostgresStore:
    """A pool of connections to one server; any number of processes may share it."""

    lost: tuple[type[Exception], ...] = (psycopg.OperationalError,)

    def __init__(self, url: str, *, connections: int = 16, busy_seconds: float = 30) -> None:
        """Open no connection yet.

        Args:
            connections: Most connections of this process.
            busy_seconds: Longest wait for a connection or for a lock.
        """
        address = make_url(url).set(drivername="postgresql+psycopg")
        self.engine: Engine = create_engine(
            address.difference_update_query(["options"]),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=busy_seconds,
            pool_use_lifo=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                # A network that was cut answers nothing at all: give up before people do.
                "tcp_user_timeout": SILENCE_MILLISECONDS,
                "options": _options(address, busy_seconds),
                "application_name": "abreast",
            },
        )
        event.listen(self.engine, "checkout", _check_alive)
        event.listen(self.engine, "checkin", _put_back)

    def check(self) -> None:
        """Refuse to run on an old server, or where a sync is switched off.

        Raises:
            UnsafeDatabaseError: It names the setting.
        """
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is None or raw.info.server_version < OLDEST:
                version = "?" if raw is None else raw.info.server_version
                raise UnsafeDatabaseError(setting="server_version", value=version)
            for setting in SAFE:
                value = raw.execute(f"SHOW {setting}").fetchone()[0]
                if value == "off":
                    raise UnsafeDatabaseError(setting=setting, value=value)

    def take(self, raw: Raw) -> None:
        """Let no statement begin a transaction by itself: reads need none, and we say when."""
        raw.autocommit = True

    def begin(self, raw: Raw, *, loading: bool = False) -> None:
        """Begin now, or leave it to `load`, on whose trip it travels."""
        if not loading:
            raw.execute("BEGIN")

    def release(self) -> None:
        """Do nothing: the transaction's end gives the lock back."""

    def load(self, raw: Raw, stream: str, actor: str, key: str) -> Loaded:
        """Lock *stream* and return what lies under the lock: one round trip, BEGIN included."""
        names = {"stream": stream, "actor": actor, "key": key}
        idle = raw.info.transaction_status == TransactionStatus.IDLE
        with raw.pipeline():
            if idle:
                raw.execute("BEGIN", prepare=True)
            raw.execute(sql("postgres", "lock"), names, prepare=True)
            cursor = raw.cursor(binary=True)
            cursor.execute(sql("postgres", "load"), names, prepare=True)
        number, hash_, recorded_at, state, archive, *answer = cursor.fetchone()
        head = None
        if number is not None:
            head = Head(
                stream=stream,
                number=number,
                hash=hash_,
                recorded_at=recorded_at,
                state=state,
                archive=archive,
            )
        return Loaded(head=head, recorded=_recorded(actor, key, answer))

    def batch(self, raw: Raw) -> AbstractContextManager[object]:
        """Return the driver's pipeline: writes and COMMIT go out together."""
        pipeline: AbstractContextManager[object] = raw.pipeline()
        return pipeline

    def write(self, raw: Raw, writes: Writes) -> None:
        """Send every write as one statement."""
        parts = list(_parts(writes))
        statement = ",\n".join(["WITH " + sql("postgres", "head"), *(part.sql for part in parts)])
        head = writes.head
        parameters: dict[str, object] = {
            "stream": head.stream,
            "number": head.number,
            "hash": head.hash,
            "recorded_at": head.recorded_at,
            "state": head.state,
            "archive": head.archive,
        }
        parameters |= {part.parameter: part.cells for part in parts}
        # The parts that one kind of step writes are always the same: few statements to prepare.
        raw.execute(statement + "\nSELECT", parameters, prepare=True)

    def confirm(self, committed: Cursor) -> None:
        """Check that COMMIT has committed.

        Raises:
            DatabaseFaultError: If the server rolled back, because a statement before had failed.
        """
        if committed.statusmessage != "COMMIT":
            raise DatabaseFaultError(reason="the transaction had failed")

    def fault(self, error: BaseException) -> EngineError | ConcurrentChangeError | None:
        """Return what a psycopg error means to us."""
        if not isinstance(error, psycopg.Error):
            return None
        if isinstance(error, errors.UniqueViolation):
            return ConcurrentChangeError(reason=error.diag.constraint_name)
        for kind, ours in _FAULTS:
            if isinstance(error, kind):
                return ours(reason=str(error).strip())
        return DatabaseFaultError(reason=str(error).strip())

    def broken(self, error: BaseException) -> bool:
        """Tell whether the connection is gone or cannot be trusted."""
        return isinstance(self.fault(error), DatabaseUnreachableError)


def _options(address: URL, busy_seconds: float) -> str:
    """Return the session's settings: the address's own, and those that we rely on."""
    given = address.query.get("options", "")
    own = given if isinstance(given, str) else " ".join(given)
    return f"{own} -c lock_timeout={int(busy_seconds * 1000)} -c timezone=UTC".strip()


def _put_back(raw: psycopg.Connection | None, _record: object) -> None:
    """Give the connection back as it was made, for migrations and whoever else begins by hand."""
    if raw is not None and not raw.closed:
        raw.autocommit = False


def _check_alive(raw: psycopg.Connection, _record: object, _proxy: object) -> None:
    """Throw away a pooled connection that the server has hung up on; the pool makes a new one.

    An idle connection on which something can be read has been told good-bye. Looking costs a
    microsecond; the usual ping would cost every command a round trip.
    """
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN | select.POLLHUP)
    if poll.poll(0):
        raise DisconnectionError


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the writing statement: its text, and its rows as a JSON parameter."""

    sql: str
    parameter: str
    cells: str


def _recorded(actor: str, key: str, answer: list[Any]) -> Recorded | None:
    id_, stream, request, first, last, recorded_at = answer
    if id_ is None:
        return None
    return Recorded(
        actor=actor,
        key=key,
        id=id_,
        stream=stream,
        request=request,
        first=first,
        last=last,
        recorded_at=recorded_at,
    )


def _parts(writes: Writes) -> Iterator[_Part]:
    if writes.recorded is not None:
        yield _Part(_insert("event", _EVENT), "event_inserted", _json(writes.envelopes))
        yield _Part(_insert("command", _COMMAND), "command_inserted", _json([writes.recorded]))
    if writes.texts:
        stream = writes.head.stream
        notes = [
            {"stream": stream, "ref": t.ref, "salt": t.salt, "text": t.text} for t in writes.texts
        ]
        yield _Part(_insert("note", _NOTE), "note_inserted", _json(notes))
    difference = writes.difference
    for table, rows in _by_table(difference.inserts):
        yield _Part(_insert(table, COLUMNS[table]), f"{table}_inserted", _json(rows))
    for table, rows in _by_table(difference.updates):
        yield _Part(_update(table), f"{table}_updated", _json(rows))
    for table, rows in _by_table(difference.deletes):
        yield _Part(_delete(table), f"{table}_deleted", _json(rows))


def _by_table(rows: Iterable[Row]) -> Iterable[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.table, []).append(row)
    return found.items()


def _json(rows: object) -> str:
    return msgspec.json.encode(rows).decode()


@cache
def _insert(table: str, names: tuple[str, ...]) -> str:
    return sql("postgres", "insert").format(
        table=table, columns=", ".join(names), parameter=f"{table}_inserted"
    )


@cache
def _update(table: str) -> str:
    others = [name for name in COLUMNS[table] if name not in KEYS[table]]
    return sql("postgres", "update").format(
        table=table,
        assignments=", ".join(f"{name} = made.{name}" for name in others),
        key=_same_key(table),
        parameter=f"{table}_updated",
    )


@cache
def _delete(table: str) -> str:
    return sql("postgres", "delete").format(
        table=table, key=_same_key(table), parameter=f"{table}_deleted"
    )


def _same_key(table: str) -> str:
    return " AND ".join(f"{table}.{name} = made.{name}" for name in KEYS[table])
