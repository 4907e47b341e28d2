"""What a process remembers of a project is never used once the log went on, or back, without it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select

from engine import streams
from engine.rebuild import rebuild
from engine.store import log
from engine.store.schema import METADATA
from engine.verify import verify
from simulation.journey import next_order
from tests.support import office as offices

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Table

    from tests.support.office import Office

STEPS = 24


class TestTwoProcesses:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_go_on_with_what_the_other_wrote(self, office: Office, seed: int) -> None:
        lot, world = random.Random(seed), office.world()
        both = (office, offices.again(office, office.store))
        project = office.filed()

        for _ in range(STEPS):
            order = next_order(project, world)
            assert order is not None
            lot.choice(both).carry_out(project.code, order)
            if lot.random() < 0.2:
                rebuild(office.new_uow, office.library, project.code)
            project = streams.replay(office.handle.history(project.code))
            assert [each.handle.project(project.code) for each in both] == [project, project]

        assert verify(office.new_uow, office.library).ok

    def test_need_no_packed_state_to_catch_up(self, office: Office) -> None:
        world, both = office.world(), (office, offices.again(office, office.store))
        project = office.filed()
        both[1].handle.project(project.code)
        packed = _packed(office, project.code)

        for turn in range(6):
            order = next_order(project, world)
            assert order is not None
            both[turn % 2].carry_out(project.code, order)
            project = both[turn % 2].handle.project(project.code)

        assert project == streams.replay(office.handle.history(project.code))
        assert _packed(office, project.code) != packed  # once, by the one that had to read it
        packed = _packed(office, project.code)
        order = next_order(project, world)
        assert order is not None
        both[0].carry_out(project.code, order)
        assert _packed(office, project.code) == packed


class TestWhatIsKnown:
    def test_is_not_read_again(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 3)
        stream = streams.of_project(project.code)
        with office.new_uow() as uow:
            whole = uow.load(stream, "nobody", "key").head
        assert whole is not None
        assert whole.state

        with office.new_uow() as uow:
            known = uow.load(stream, "nobody", "key", whole.hash).head
            other = uow.load(stream, "nobody", "key", "0" * 64).head
            read = log.head(uow.connection, stream, whole.hash)

        assert known == read == replace(whole, state=None, archive=None)
        assert other == whole


class TestADatabaseThatWasPutBack:
    def test_goes_on_from_what_it_holds(self, office: Office) -> None:
        project = office.pushed_on(office.filed(), 3)
        kept = _contents(office)
        gone = office.pushed_on(project, 5)
        office.clock.push(timedelta(days=1))

        _put_back(office, kept)

        assert office.handle.project(project.code) == project
        # Another process makes other events of the numbers that this one remembers.
        other = offices.again(office, office.store)
        order = next_order(project, other.world())
        assert order is not None
        other.handle.execute(project.code, order.command, order.actor, "again")
        again = streams.replay(office.handle.history(project.code))
        assert project.number < again.number <= gone.number
        assert again.last_at > gone.last_at
        assert office.handle.project(project.code) == again
        assert verify(office.new_uow, office.library).ok


def _packed(office: Office, code: str) -> bytes | None:
    """Return a project's stored state."""
    with office.new_uow() as uow:
        found = log.head(uow.connection, streams.of_project(code))
    return None if found is None else found.state


def _contents(office: Office) -> dict[Table, list[dict[str, Any]]]:
    with office.store.engine.connect() as connection:
        return {
            table: [dict(row._mapping) for row in connection.execute(select(table))]  # noqa: SLF001 - SQLAlchemy's public name
            for table in METADATA.sorted_tables
        }


def _put_back(office: Office, kept: dict[Table, list[dict[str, Any]]]) -> None:
    """Make the database what it was, under the feet of a process that goes on running."""
    with office.new_uow() as uow:
        uow.begin()
        for table, rows in kept.items():
            uow.connection.execute(delete(table))
            if rows:
                uow.connection.execute(insert(table), rows)
        uow.commit()
