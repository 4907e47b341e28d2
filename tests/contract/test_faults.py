"""The database fails a statement: a clear error, nothing buried, and it recovers by itself."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from engine import notes
from engine.errors import DatabaseFaultError
from engine.store import queries
from engine.store import timers as stored
from engine.timers import Fired, Timers
from tests.contract.test_timers import DOWN, armed, due, tampered, timers_of
from tests.support.office import OWNER

if TYPE_CHECKING:
    from tests.support.office import Office


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
