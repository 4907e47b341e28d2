"""Connections at whose n-th statement the process kills itself: before it, or right after."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import psycopg
from sqlalchemy import event

from engine.store._wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from psycopg.pq.abc import PGresult

    from engine.store._wire import Cell, Numbered
    from engine.store.port import Store

ARRIVES = 0.02  # seconds in which the server has carried out what was flushed to it


@dataclass
class Fate:
    """Counts the points at which a process could die, and lets it die at one of them.

    Attributes:
        deadly: Number of the point; None = none of them.
        points: What was about to happen, or had just happened, at each point so far.
    """

    deadly: int | None = None
    points: list[str] = field(default_factory=list)

    def pass_by(self, point: str) -> None:
        """Note a point, and die if it is the one."""
        if len(self.points) == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.points.append(point)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Let a statement have a point before and one after it."""
        self.pass_by(f"before {what}")
        yield
        self.pass_by(f"after {what}")


def attach(store: Store, fate: Fate) -> None:
    """Let every connection that *store* opens from now on share *fate*."""
    if store.engine.dialect.name == "sqlite":
        event.listen(store.engine, "do_connect", _sqlite(fate))
    else:
        event.listen(store.engine, "do_connect", _postgres(fate))
        replaced: Any = store
        replaced.wired = _wired(fate)


def _sqlite(fate: Fate) -> Callable[..., None]:
    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, parameters: Any = ()) -> Self:
            with fate.around(_short(statement)):
                super().execute(statement, parameters)
            return self

        def executemany(self, statement: str, parameters: Iterable[Any]) -> Self:
            with fate.around(_short(statement)):
                super().executemany(statement, parameters)
            return self

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
            cursor: sqlite3.Cursor = self.cursor().execute(statement, parameters)
            return cursor

        def executemany(self, statement: str, parameters: Iterable[Any]) -> sqlite3.Cursor:
            cursor: sqlite3.Cursor = self.cursor().executemany(statement, parameters)
            return cursor

        def commit(self) -> None:
            with fate.around("COMMIT"):
                super().commit()

        def rollback(self) -> None:
            with fate.around("ROLLBACK"):
                super().rollback()

    def connect(_dialect: Any, _record: Any, _arguments: Any, named: dict[str, Any]) -> None:
        named["factory"] = Connection

    return connect


def _postgres(fate: Fate) -> Callable[..., Any]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **named: Any) -> Any:
            with fate.around(_short(query)):
                found = super().execute(query, *arguments, **named)
                _arrive(self.connection)
            return found

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            with fate.around("COMMIT"):
                super().commit()
                _arrive(self)

        def rollback(self) -> None:
            with fate.around("ROLLBACK"):
                super().rollback()

    def connect(_dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]) -> Any:
        return Connection.connect(*arguments, **named, cursor_factory=Cursor)

    return connect


def _wired(fate: Fate) -> type[Wire]:
    """Return the command path's own way to the server, each statement of which may be the last."""

    class Deadly(Wire):
        def __init__(self, connection: psycopg.Connection[Any]) -> None:
            super().__init__(connection)
            self._connection = weakref.ref(connection)

        def put(self, statement: Numbered, given: Sequence[Cell]) -> None:
            with fate.around(_short(statement.text.decode())):
                super().put(statement, given)
                _arrive(self._connection())

        def trip(self) -> PGresult:
            found = super().trip()
            fate.pass_by("after the answers")
            return found

    return Deadly


def _arrive(connection: psycopg.Connection[Any] | None) -> None:
    """Let what waits in a pipeline reach the server and be done there before the end comes."""
    raw = None if connection is None else connection.pgconn
    if raw is not None and raw.pipeline_status:
        raw.send_flush_request()
        raw.flush()
        time.sleep(ARRIVES)


def _short(statement: object) -> str:
    text = " ".join(
        line for line in str(statement).splitlines() if line.strip() and not line.startswith("--")
    )
    return text[:60]
