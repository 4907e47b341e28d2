"""A disk that is full, or may only be read: nothing half done, and it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event

from engine.errors import DatabaseFullError, DatabaseReadOnlyError
from engine.verify import verify
from tests.support import office as offices
from tests.support.database import opened, with_option

if TYPE_CHECKING:
    from engine.store.port import Store
    from tests.support.database import Databases
    from tests.support.office import Office


class TestFullDisk:
    def test_leaves_nothing_half_done_and_recovers(self, sqlite_databases: Databases) -> None:
        with opened(sqlite_databases.fresh()) as store:
            office = offices.opened(store)
            project = office.filed()

            with opened(str(store.engine.url)) as full:
                cap(full)
                narrow = offices.again(office, full)
                with pytest.raises(DatabaseFullError):
                    fill(narrow)

            assert verify(office.new_uow, office.library).ok
            assert office.pushed_on(project, 1).number > project.number

    def test_of_a_server_leaves_nothing_half_done_and_recovers(
        self, postgres_databases: Databases
    ) -> None:
        """The server says so at the last of the writes, as when a table needs another page."""
        url = postgres_databases.fresh()
        with opened(url) as store, psycopg.connect(url, autocommit=True) as beside:
            office = offices.opened(store)
            project = office.filed()
            beside.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"
            )
            beside.execute(
                "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON event DEFERRABLE "
                "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )

            with pytest.raises(DatabaseFullError):
                office.pushed_on(project, 1)

            assert verify(office.new_uow, office.library).ok
            assert office.handle.project(project.code) == project
            beside.execute("DROP TRIGGER full_disk ON event")
            assert office.pushed_on(project, 1).number > project.number


class TestReadOnly:
    def test_of_a_file_is_said_and_passes(self, sqlite_databases: Databases) -> None:
        with opened(sqlite_databases.fresh()) as store:
            office = offices.opened(store)
            project = office.filed()

            with opened(str(store.engine.url)) as standby:
                event.listen(
                    standby.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON")
                )
                standby.engine.dispose()
                reader = offices.again(office, standby)
                assert reader.handle.project(project.code) == project
                with pytest.raises(DatabaseReadOnlyError):
                    reader.pushed_on(project, 1)

            assert office.pushed_on(project, 1).number > project.number

    def test_is_said_and_passes(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            project = office.filed()

            with opened(with_option(url, "-c default_transaction_read_only=on")) as standby:
                reader = offices.again(office, standby)
                assert reader.handle.project(project.code) == project
                with pytest.raises(DatabaseReadOnlyError):
                    reader.pushed_on(project, 1)

            assert office.pushed_on(project, 1).number > project.number


def cap(store: Store) -> None:
    """Let the file grow by no more than a few pages."""
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 4
    event.listen(
        store.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}")
    )
    store.engine.dispose()


def fill(office: Office) -> None:
    """File projects until the disk is full."""
    for _ in range(50):
        office.filed()
