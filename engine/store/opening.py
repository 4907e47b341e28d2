"""Opens the database that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from engine.errors import EngineError, MissingDatabaseError, UnknownDatabaseError
from engine.store import schema
from engine.store.sqlite import SqliteStore, file_of

if TYPE_CHECKING:
    from engine.settings import Settings
    from engine.store.port import Store


def open_store(settings: Settings) -> Store:
    """Return the store behind `settings.database`; nothing is checked yet.

    Raises:
        UnknownDatabaseError: If the address is of neither kind.
    """
    scheme = settings.database.partition(":")[0]
    if scheme == "sqlite":
        return SqliteStore(settings.database, settings.busy_seconds)
    if scheme in ("postgresql", "postgres"):
        # Loaded when asked for: the embedded database needs no driver of the other one.
        from engine.store.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(
            settings.database,
            connections=settings.connections,
            busy_seconds=settings.busy_seconds,
        )
    raise UnknownDatabaseError(scheme=scheme)


def check_there(settings: Settings) -> None:
    """Check that there is a database to look at: opening an embedded one would make an empty one.

    Raises:
        MissingDatabaseError: If an embedded database has no file.
    """
    file = file_of(settings.database)
    if file is not None and not file.is_file():
        raise MissingDatabaseError(file=str(file))


def prepare(store: Store) -> None:
    """Make the store ready: an embedded database is brought up to date, any is checked.

    Of a store that cannot be made ready no connection stays open.

    Raises:
        SchemaError: If a server's tables are not of this version, or a file's are of a newer one.
        UnsafeDatabaseError: If its settings could lose an acknowledged step.
        EngineError: If it cannot be reached.
    """
    try:
        if store.engine.dialect.name == "sqlite":
            schema.upgrade(store.engine)
        schema.check(store.engine)
        store.check()
    except EngineError:
        store.engine.dispose()
        raise
    except DBAPIError as error:
        store.engine.dispose()
        fault = None if error.orig is None else store.fault(error.orig)
        if fault is None:
            raise
        raise fault from error
