"""The server database: PostgreSQL by psycopg 3, a command in two pipelined round trips."""

from __future__ import annotations

import select
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

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
from engine.store._row_statements import deleted, inserted, insertion, settled, updated
from engine.store._session import arguments, patience
from engine.store._wire import (
    UNPREPARED,
    Wire,
    cells,
    forgotten,
    instant,
    number,
    numbered,
    wire_of,
    word,
)
from engine.store.hot import sql
from engine.store.port import Head, Loaded, Raw, Recorded, Writes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg.pq.abc import PGresult
    from sqlalchemy import Engine

OLDEST = 150_000  # server_version_num of PostgreSQL 15
SAFE = ("fsync", "full_page_writes", "synchronous_commit")

_FAULTS: tuple[tuple[type[psycopg.Error], type[EngineError]], ...] = (
    (errors.DiskFull, DatabaseFullError),
    (errors.OutOfMemory, DatabaseFullError),
    (errors.ReadOnlySqlTransaction, DatabaseReadOnlyError),
    (errors.LockNotAvailable, DatabaseBusyError),
    (errors.QueryCanceled, DatabaseBusyError),
    (errors.DeadlockDetected, DatabaseBusyError),
    (errors.TooManyConnections, DatabaseBusyError),
    (errors.IdleInTransactionSessionTimeout, DatabaseUnreachableError),
    (psycopg.OperationalError, DatabaseUnreachableError),
    (psycopg.InterfaceError, DatabaseUnreachableError),
)


class PostgresStore:
    """A pool of connections to one server; any number of processes may share it.

    Attributes:
        wired: How statements of the command path go out on a connection.
    """

    lost: tuple[type[Exception], ...] = (
        psycopg.OperationalError,
        UNPREPARED,
        errors.FeatureNotSupported,
    )
    wired: type[Wire] = Wire

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
            pool_reset_on_return=None,  # _put_back looks first
            connect_args=arguments(address, busy_seconds),
        )
        self._patience = patience(busy_seconds)
        event.listen(self.engine, "checkout", _check_alive)
        event.listen(self.engine, "checkin", _put_back)

    def check(self) -> None:
        """Refuse to run on an old server, or where a sync is switched off.

        Raises:
            UnsafeDatabaseError: It names the setting.
            sqlalchemy.exc.DBAPIError: If the server goes away meanwhile.
        """
        with self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is None or raw.info.server_version < OLDEST:
                version = "?" if raw is None else raw.info.server_version
                raise UnsafeDatabaseError(setting="server_version", value=version)
            for setting in SAFE:
                value = connection.exec_driver_sql(f"SHOW {setting}").scalar_one()
                if value == "off":
                    raise UnsafeDatabaseError(setting=setting, value=value)

    def _wire(self, raw: Raw) -> Wire:
        return wire_of(raw, self.wired, self._patience)

    def take(self, raw: Raw) -> None:
        """Let no statement begin a transaction by itself: reads need none, and we say when."""
        raw.autocommit = True

    def begin(self, raw: Raw, *, loading: bool = False) -> None:
        """Begin now, or leave it to `load`, on whose trip it travels."""
        if not loading:
            wire = self._wire(raw)
            wire.add(numbered("BEGIN"))
            wire.trip()

    def release(self) -> None:
        """Do nothing: the transaction's end gives the lock back."""

    def load(self, raw: Raw, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        """Lock *stream* and return what lies under the lock: one round trip, BEGIN included."""
        names = {"stream": stream, "actor": actor, "key": key, "known": known}
        wire = self._wire(raw)
        if wire.idle:
            wire.add(numbered("BEGIN"))
        _add(wire, sql("postgres", "lock"), names)
        _add(wire, sql("postgres", "load"), names)
        return _loaded(stream, actor, key, wire.trip())

    @contextmanager
    def batch(self, raw: Raw) -> Iterator[None]:
        """Let what is sent inside go out in one trip at the end."""
        wire = self._wire(raw)
        try:
            yield
            wire.trip()
        finally:
            wire.forget()

    def send(self, raw: Raw, statement: str) -> None:
        """Send a statement without parameters, in a batch."""
        self._wire(raw).add(numbered(statement))

    def write(self, raw: Raw, writes: Writes) -> None:
        """Send every write, a statement for each row, in a batch.

        Deletes go first: a row may come to stand where another one stood.
        """
        wire = self._wire(raw)
        _add_sealed(wire, writes)
        for note in writes.texts:
            named = {"stream": writes.head.stream, "ref": note.ref}
            _add(wire, insertion("note"), {**named, "salt": note.salt, "text": note.text})
        difference = writes.difference
        for row in difference.deletes:
            wire.add(*deleted(row))
        for row in difference.updates:
            wire.add(*updated(row))
        for row in difference.inserts:
            wire.add(*inserted(row.table, row))

    def confirm(self, raw: Raw) -> None:
        """Check that COMMIT has committed.

        Raises:
            DatabaseFaultError: If the server rolled back, because a statement before had failed.
        """
        if self._wire(raw).tag != "COMMIT":
            raise DatabaseFaultError(reason="the transaction had failed")

    def roll_back(self, raw: Raw) -> None:
        """Undo what was begun; psycopg would drop what is prepared along with it."""
        wire = self._wire(raw)
        if not wire.idle:
            wire.add(numbered("ROLLBACK"))
            wire.trip()

    def fault(self, error: BaseException) -> EngineError | ConcurrentChangeError | None:
        """Return what a psycopg error means to us."""
        if not isinstance(error, psycopg.Error):
            return None
        if isinstance(error, errors.UniqueViolation):
            return ConcurrentChangeError(reason=error.diag.constraint_name)
        if forgotten(error):
            return DatabaseUnreachableError(reason=str(error).strip())
        for kind, ours in _FAULTS:
            if isinstance(error, kind):
                return ours(reason=str(error).strip())
        return DatabaseFaultError(reason=str(error).strip())

    def broken(self, error: BaseException) -> bool:
        """Tell whether the connection is gone or cannot be trusted."""
        return isinstance(self.fault(error), DatabaseUnreachableError)


def _put_back(raw: psycopg.Connection | None, _record: object) -> None:
    """Give the connection back as it was made, for migrations and whoever else begins by hand."""
    if raw is None or raw.closed:
        return
    if raw.pgconn.transaction_status != TransactionStatus.IDLE:
        raw.rollback()
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


def _loaded(stream: str, actor: str, key: str, found: PGresult) -> Loaded:
    """Return the row that load.sql asks for."""
    number_, hash_, at, state, archive, id_, of, request, first, last, answered_at = (
        found.get_value(0, column) for column in range(found.nfields)
    )
    head = recorded = None
    if number_ is not None:
        head = Head(
            stream=stream,
            number=number(number_),
            hash=word(hash_),
            recorded_at=instant(at),
            state=state,
            archive=archive,
        )
    if id_ is not None:
        recorded = Recorded(
            actor=actor,
            key=key,
            id=word(id_),
            stream=word(of),
            request=word(request),
            first=number(first),
            last=number(last),
            recorded_at=instant(answered_at),
        )
    return Loaded(head=head, recorded=recorded)


def _add_sealed(wire: Wire, writes: Writes) -> None:
    """Send the events with the answer and the head: a new head, or what is other in the loaded one.

    What was loaded from elsewhere, or made again, was no command and has no answer.
    """
    head, envelopes, answer = writes.head, writes.envelopes, writes.recorded
    loaded = bool(envelopes) and envelopes[0].number > 1
    changed = "head_event" if head.state is None else "head_state"
    name = changed if loaded else "head"
    for envelope in envelopes if answer is None else envelopes[:-1]:
        wire.add(*inserted("event", envelope))
    if answer is not None:
        wire.add(*settled(envelopes[-1], answer, head, name))
    else:
        statement = numbered(sql("postgres", name))
        wire.add(statement, cells([getattr(head, each) for each in statement.names]))


def _add(wire: Wire, text: str, values: Mapping[str, object]) -> None:
    statement = numbered(text)
    wire.add(statement, cells([values[name] for name in statement.names]))
