"""The machine fails: a clear error, nothing half done, and it recovers by itself."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from engine import notes
from engine.errors import (
    DatabaseFaultError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    UnknownDatabaseError,
    UnsafeDatabaseError,
)
from engine.handle import Handle
from engine.settings import Settings
from engine.store import queries
from engine.store import timers as stored
from engine.store._wire import numbered, wire_of
from engine.store.opening import open_store, prepare
from engine.store.postgres import _check_alive
from engine.streams import of_project
from engine.timers import Fired, Timers
from engine.unit_of_work import UnitOfWork
from engine.verify import verify
from simulation.journey import next_order
from tests.contract.test_timers import DOWN, armed, due, tampered, timers_of
from tests.support import office as offices
from tests.support.database import opened, with_option
from tests.support.office import OWNER
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.store.port import Connection, Loaded, Store
    from tests.support.database import Databases
    from tests.support.office import Office


def prepared(url: str) -> None:
    store = open_store(Settings(database=url, busy_seconds=2))
    try:
        prepare(store)
    finally:
        store.engine.dispose()


class TestStart:
    @pytest.mark.parametrize("setting", ["synchronous_commit"])
    def test_refuses_a_server_that_may_lose_a_step(
        self, postgres_databases: Databases, setting: str
    ) -> None:
        url = with_option(postgres_databases.fresh(), f"-c {setting}=off")

        with pytest.raises(UnsafeDatabaseError, match=setting):
            prepared(url)

    def test_refuses_a_file_without_a_write_ahead_log(self) -> None:
        with pytest.raises(UnsafeDatabaseError, match="journal_mode"):
            open_store(Settings(database="sqlite://")).check()

    def test_refuses_an_address_of_another_kind(self) -> None:
        with pytest.raises(UnknownDatabaseError, match="mysql"):
            open_store(Settings(database="mysql://localhost/x"))

    def test_says_that_a_server_cannot_be_reached(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]

            with pytest.raises(DatabaseUnreachableError):
                prepared(f"postgresql://nobody@127.0.0.1:{port}/x")

    def test_says_that_a_server_went_away_while_it_was_looked_at(
        self, postgres_databases: Databases
    ) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            event.listen(store.engine, "checkout", lambda *_: kill_others(url))

            with pytest.raises(DBAPIError) as gone:
                store.check()

        assert gone.value.orig is not None
        assert isinstance(store.fault(gone.value.orig), DatabaseUnreachableError)

    def test_says_that_a_file_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "folder.db").mkdir()

        with pytest.raises(DatabaseUnreachableError):
            prepared(f"sqlite:///{tmp_path}/folder.db")

    def test_says_that_the_file_lies_where_nothing_can_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "folder.db").mkdir()
        # Nobody can keep root from writing, as whom tests may run.
        monkeypatch.setattr(os, "access", lambda *_: False)

        with pytest.raises(DatabaseReadOnlyError, match="read-only"):
            prepared(f"sqlite:///{tmp_path}/folder.db")

    @pytest.mark.parametrize(
        ("number", "kind"),
        [(errno.EROFS, DatabaseReadOnlyError), (errno.ENOTDIR, DatabaseUnreachableError)],
    )
    def test_says_why_there_can_be_no_folder_for_the_file(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        number: int,
        kind: type[EngineError],
    ) -> None:
        def refused(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "mkdir", refused)

        with pytest.raises(kind, match=os.strerror(number)):
            prepared(f"sqlite:///{tmp_path}/new/a.db")


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


class TestKilledConnection:
    def test_is_replaced_without_anybody_noticing(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            project = office.filed()
            kill_others(url)

            assert office.pushed_on(project, 2).number > project.number

    def test_is_replaced_even_when_it_dies_in_the_hand(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            project = office.filed()
            event.remove(store.engine, "checkout", _check_alive)
            order = next_order(project, office.world())
            assert order is not None
            kill_others(url)

            assert office.carry_out(project.code, order).number > project.number

    def test_goes_on_where_all_that_was_prepared_is_gone(
        self, postgres_databases: Databases
    ) -> None:
        """A rollback through the driver's cursors drops it, ours along with the driver's own."""
        with opened(postgres_databases.fresh()) as store:
            office = offices.opened(store)
            project = office.pushed_on(office.filed(), 1)
            for _ in range(2):
                with store.engine.connect() as connection:
                    connection.exec_driver_sql("DEALLOCATE ALL")
                project = office.pushed_on(project, 1)
            with store.engine.connect() as connection:
                connection.exec_driver_sql("DEALLOCATE ALL")

            office.rosters.execute("t", JoinRoster(agent="a"), SYSTEM, "k")

            assert verify(office.new_uow, office.library).ok

    def test_is_said_so_that_it_is_tried_again_where_it_goes_before_the_commit(
        self, postgres_databases: Databases
    ) -> None:
        with opened(postgres_databases.fresh()) as store:
            office = offices.opened(store)
            project = office.pushed_on(office.filed(), 1)
            order = next_order(project, office.world())
            assert order is not None
            careless = Handle(lambda: Careless(store), office.clock, office.library)
            office.clock.push_to(max(order.at, office.clock.now()))

            with pytest.raises(DatabaseUnreachableError):
                careless.execute(project.code, order.command, order.actor, order.key)

            assert not office.carry_out(project.code, order).repeated


class TestACommitThatDidNotCommit:
    def test_is_a_fault_of_the_database_never_an_acknowledgement(
        self, postgres_databases: Databases
    ) -> None:
        with opened(postgres_databases.fresh()) as store:
            office = offices.opened(store)

            def swallow(connection: Connection) -> None:
                with suppress(DBAPIError):
                    connection.exec_driver_sql("SELECT 1 / 0")

            with pytest.raises(DatabaseFaultError, match="the transaction had failed"):
                office.write(swallow)

            assert office.filed().number  # and the connection serves the next


class Careless(UnitOfWork):
    """A transaction in which somebody drops what is prepared, as a proxy between may."""

    def load(self, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        loaded = super().load(stream, actor, key, known)
        self.connection.exec_driver_sql("DEALLOCATE ALL")
        return loaded


class TestChangedColumn:
    """Somebody migrates the tables beneath a running server."""

    def test_is_followed_without_anybody_noticing(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            project = office.pushed_on(office.filed(), 2)
            widen(url)

            assert office.pushed_on(project, 2).number > project.number

    def test_buries_no_timer(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        with opened(url) as store:
            office = offices.opened(store)
            number = armed(office)
            office.clock.push(DOWN)
            widen(url)

            assert timers_of(office).fire_due() == Fired(fired=number)


class TestDatabaseFault:
    def test_buries_no_timer_while_it_lasts(self, office: Office) -> None:
        number = armed(office)
        office.clock.push(DOWN)
        timers = timers_of(office)
        tampered(office, "ALTER TABLE command RENAME TO elsewhere")

        assert timers.fire_due() == Fired(put_off=1)

        assert timers.dead() == ()
        tampered(office, "ALTER TABLE elsewhere RENAME TO command")
        assert timers.fire_due() == Fired()  # the project rests
        assert timers.fire_due() == Fired(fired=number)

    def test_of_one_project_holds_up_no_timer_of_another(self, office: Office) -> None:
        armed(office, 3)
        office.clock.push(DOWN)
        ill, others = damaged(office), timers_of(office)

        fired = others.fire_due()

        assert fired.put_off == 1
        assert {each.project for each in due(office)} == {ill}
        assert fired.fired > 0

    def test_takes_up_no_place_in_a_full_batch(self, office: Office) -> None:
        armed(office, 3)
        office.clock.push(DOWN)
        damaged(office)
        timers = timers_of(office)

        assert timers.fire_due(1) == Fired(put_off=1)
        assert timers.fire_due(1) == Fired(fired=1)

    def test_that_never_ends_is_given_up_and_can_be_tried_again(self, office: Office) -> None:
        armed(office, 2)
        office.clock.push(DOWN)
        ill = damaged(office)
        timers = Timers(office.new_uow, office.clock, office.handle, patience=3)

        batches = [timers.fire_due() for _ in range(12)]

        assert [each.put_off for each in batches if each.put_off] == [1, 1]
        dead = timers.dead()
        assert {each.project for each in dead} == {ill}
        assert len(dead) == sum(each.dead for each in batches)
        healed(office)
        office.write(partial(stored.revive, timer=dead[0]))
        assert timers_of(office).fire_due().fired == 1


class TestSilence:
    def test_of_the_server_ends_the_wait(self, postgres_databases: Databases) -> None:
        with psycopg.connect(postgres_databases.fresh()) as raw:
            wire = wire_of(raw, patience=100)
            wire.add(numbered("SELECT pg_sleep(3600)"))

            with pytest.raises(psycopg.OperationalError, match="silent"):
                wire.trip()

            assert raw.closed

    def test_of_a_writer_gives_its_lock_to_the_next(self, postgres_databases: Databases) -> None:
        url = postgres_databases.fresh()
        impatient = with_option(url, "-c idle_in_transaction_session_timeout=100")
        with opened(url) as store, opened(impatient) as other:
            office = offices.opened(store)
            project = office.filed()
            stalled = UnitOfWork(other)

            def stall() -> None:
                with stalled:
                    stalled.load(of_project(project.code), "somebody", "key")
                    assert office.pushed_on(project, 1).number > project.number
                    stalled.commit()

            with pytest.raises(DatabaseUnreachableError):
                stall()

    def test_of_a_writer_is_bounded_by_itself(self, postgres_databases: Databases) -> None:
        with opened(postgres_databases.fresh()) as store, store.engine.connect() as connection:
            shown = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")

            assert shown.scalar_one() == "1min"


class TestNul:
    def test_in_a_text_is_kept_or_refused_never_cut(self, office: Office) -> None:
        command, _ = office.filing()
        name = notes.write("前\0后")
        command = replace(command, name=name.note)
        refused = office.store.engine.dialect.name == "postgresql"

        with pytest.raises(DatabaseFaultError) if refused else nullcontext():
            office.handle.execute(command.code, command, OWNER, "nul", [name])

        with office.new_uow() as uow:
            kept = queries.texts(uow.connection, [name.ref])
        assert kept == ({} if refused else {name.ref: "前\0后"})


def damaged(office: Office) -> str:
    """Let the database fail every writing of the project that is due first; return its code."""
    code = due(office)[0].project
    if office.store.engine.dialect.name == "postgresql":
        tampered(
            office,
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'damaged'; END $$",
        )
        tampered(
            office,
            "CREATE TRIGGER damage BEFORE INSERT ON event FOR EACH ROW "
            f"WHEN (NEW.stream = 'project:{code}') EXECUTE FUNCTION fail()",
        )
    else:
        tampered(
            office,
            f"CREATE TRIGGER damage BEFORE INSERT ON event WHEN NEW.stream = 'project:{code}' "
            "BEGIN SELECT RAISE(ABORT, 'damaged'); END",
        )
    return code


def healed(office: Office) -> None:
    """Take the damage away."""
    url = office.store.engine.url
    if url.get_backend_name() == "sqlite":
        tampered(office, "DROP TRIGGER damage")
        return
    # From outside: psycopg forgets whatever is prepared on a connection that drops something.
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP TRIGGER damage ON event")


def widen(url: str) -> None:
    """Let a column be of another type, as a migration may."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE head ALTER COLUMN number TYPE bigint")


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
