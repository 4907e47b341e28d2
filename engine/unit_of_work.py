"""One transaction: all of it or nothing. The only COMMIT in the whole program stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from engine.errors import DatabaseBusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sqlalchemy import Connection

    from engine.store.port import Loaded, Raw, Store, Writes

_T = TypeVar("_T")


class UnitOfWork:
    """A transaction as a context: it rolls back unless `commit` was called.

    Errors of the driver leave it as ours (`EngineError`, `ConcurrentChangeError`), whichever
    database is behind it.

    Attributes:
        connection: For named queries and for rows outside the command path.
    """

    connection: Connection
    _raw: Raw  # the driver's own beneath it

    def __init__(self, store: Store) -> None:
        """Touch nothing yet."""
        self._store = store
        self._writing = False
        self._pending: Writes | None = None

    def __enter__(self) -> Self:
        """Take a connection."""
        try:
            self.connection = self._store.engine.connect()
            self._raw = self.connection.connection.driver_connection
            self._store.take(self._raw)
        except (DBAPIError, PoolTimeoutError) as error:
            raise self._translated(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the connection back; what was not committed is undone."""
        try:
            self._close(error)
        finally:
            if self._writing:
                self._store.release()
        if error is not None:
            fault = self._translated(error)
            if fault is not error:
                raise fault from error

    def begin(self) -> None:
        """Begin to write: on SQLite this waits for one's turn. `load` does it by itself."""
        if not self._writing:
            self._at_first(self._begun)

    def load(self, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        """Lock *stream* until the end of the transaction and return what lies under the lock.

        Args:
            known: Hash of an event; the state after it, if it is the last, need not be read.
        """

        def begun_and_loaded() -> Loaded:
            if not self._writing:
                self._begun(loading=True)
            return self._store.load(self._raw, stream, actor, key, known)

        return begun_and_loaded() if self._writing else self._at_first(begun_and_loaded)

    def _begun(self, *, loading: bool = False) -> None:
        self._store.begin(self._raw, loading=loading)
        self._writing = True

    def _at_first(self, act: Callable[[], _T]) -> _T:
        """Do what comes first in a transaction, on another connection if this one had died unseen.

        Nothing was done on it yet, so a fresh one may try.
        """
        try:
            return act()
        except self._store.lost as error:
            if not self._store.broken(error):
                raise
        self.connection.invalidate()
        self.connection.close()
        self.__enter__()
        return act()

    def save(self, writes: Writes) -> None:
        """Keep *writes* for the commit, with which they travel."""
        self._pending = writes

    def commit(self) -> None:
        """Make everything durable; when it returns, it is."""
        raw = self._raw
        with self._store.batch(raw):
            if self._pending is not None:
                self._store.write(raw, self._pending)
                self._pending = None
            self._store.send(raw, "COMMIT")
        self._store.confirm(raw)

    def _close(self, error: BaseException | None) -> None:
        if self.connection.closed:
            return  # it died unseen, and no fresh one was to be had
        try:
            if error is not None and self._store.broken(_cause(error)):
                self.connection.invalidate()
            else:
                self._store.roll_back(self._raw)
            self.connection.close()
        except Exception as failure:
            if self._store.fault(_cause(failure)) is None:
                raise
            # The connection is gone, and with it whatever was not committed. What was read,
            # committed or refused before stands: the caller must hear that, not this.
            if not self.connection.closed:
                self.connection.invalidate()
                self.connection.close()

    def _translated(self, error: BaseException) -> BaseException:
        """Return our error for one of the driver or of SQLAlchemy, or *error* itself."""
        if isinstance(error, PoolTimeoutError):
            return DatabaseBusyError(reason="no free connection")
        return self._store.fault(_cause(error)) or error


def _cause(error: BaseException) -> BaseException:
    """Return the driver's error inside SQLAlchemy's."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error
