"""The line to the server breaks or falls silent: nothing is lost, and another serves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from engine.errors import DatabaseFaultError, DatabaseUnreachableError
from engine.handle import Handle
from engine.store._wire import numbered, wire_of
from engine.store.postgres import _check_alive
from engine.streams import of_project
from engine.timers import Fired
from engine.unit_of_work import UnitOfWork
from engine.verify import verify
from simulation.journey import next_order
from tests.contract.test_timers import DOWN, armed, timers_of
from tests.support import office as offices
from tests.support.database import kill_others, opened, with_option
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from engine.store.port import Connection, Loaded
    from tests.support.database import Databases


class Careless(UnitOfWork):
    """A transaction in which somebody drops what is prepared, as a proxy between may."""

    def load(self, stream: str, actor: str, key: str, known: str = "") -> Loaded:
        loaded = super().load(stream, actor, key, known)
        self.connection.exec_driver_sql("DEALLOCATE ALL")
        return loaded


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


def widen(url: str) -> None:
    """Let a column be of another type, as a migration may."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE head ALTER COLUMN number TYPE bigint")
