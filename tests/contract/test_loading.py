"""A packed district comes into every database as it was, and is built there too."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cli import three_years
from engine.clock import PushableClock
from engine.follower import BEGINNING, read
from engine.loading import History, Loading
from engine.packed import Packed
from engine.settings import Settings
from engine.store import bulk, facts, log
from engine.verify import verify
from simulation.district import TODAY, Plan
from wire import assemble

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.database import Databases
    from wire import Parts

PLAN = Plan(projects=3, years=1, seed="loading")


def office(address: str) -> tuple[Parts, PushableClock]:
    clock = PushableClock(three_years.start(PLAN))
    return assemble(Settings(database=address, demo=True), clock), clock


def silent(_done: float) -> None:
    """Tell nobody how far it is."""


def heads(parts: Parts) -> list[tuple[str, int, str]]:
    """Return the last event of every project: equal hashes are equal logs."""
    with parts.new_uow() as uow:
        return [each for each in log.heads(uow.connection) if each[0].startswith("project:")]


@pytest.fixture(scope="module")
def packed(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small district as a file, made on SQLite."""
    file = tmp_path_factory.mktemp("packed") / "a.pack"
    parts, clock = office(sqlite_databases.fresh())
    with closing(parts):
        three_years.build(parts, clock, PLAN, silent)
        three_years.pack(parts, PLAN, file, silent)
    return file


class TestLoading:
    def test_ends_in_the_heads_that_building_ends_in(
        self, any_databases: Databases, packed: Path
    ) -> None:
        built, clock = office(any_databases.fresh())
        with closing(built):
            done = three_years.build(built, clock, PLAN, silent)
            wanted = heads(built)
        loaded, clock = office(any_databases.fresh())
        with closing(loaded):
            loading = Loading(loaded.new_uow, loaded.in_force, Packed(packed))
            three_years.unpack(loaded, clock, loading, silent)

            assert heads(loaded) == wanted
            assert (done.projects, done.refused) == (PLAN.projects, 0)
            assert verify(loaded.new_uow, loaded.library).ok
            assert clock.now() == TODAY
            with loaded.new_uow() as uow:
                last = facts.last_moment(uow.connection)
            assert last is not None
            assert last <= TODAY

    def test_leaves_nothing_for_the_outbox(self, any_databases: Databases, packed: Path) -> None:
        parts, clock = office(any_databases.fresh())
        with closing(parts):
            loading = Loading(parts.new_uow, parts.in_force, Packed(packed))
            three_years.unpack(parts, clock, loading, silent)

            taken = 0
            while found := parts.outbox.work("w"):
                taken += found

            with parts.new_uow() as uow:
                events, _ = read(uow.connection, BEGINNING, 5000)
        of_projects = [each for each in events if each.stream.startswith("project:")]
        assert taken <= len(events) - len(of_projects)

    def test_comes_in_by_a_job_shelf_by_shelf(self, any_databases: Databases, packed: Path) -> None:
        parts, _ = office(any_databases.fresh())
        with closing(parts):
            history = History(
                lambda: Loading(parts.new_uow, parts.in_force, Packed(packed)), parts.facts.roll_up
            )

            lines = [history.do({}, line, "key") for line in history.lines({})]
            again = [history.do({}, line, "key") for line in history.lines({})]

            assert all(line.ok for line in lines)
            assert sum(line.detail["projects"] for line in lines) == PLAN.projects
            assert sum(line.detail["projects"] for line in again) == 0
            assert verify(parts.new_uow, parts.library).ok
            assert parts.facts.months()


class TestBulk:
    def test_is_over_when_it_is_over(self, any_databases: Databases) -> None:
        parts, _ = office(any_databases.fresh())
        with closing(parts):
            with bulk.in_bulk(parts.store):
                pass

            parts.store.check()

    def test_is_over_after_a_failure_too(self, any_databases: Databases) -> None:
        parts, _ = office(any_databases.fresh())
        with closing(parts):
            with pytest.raises(LookupError), bulk.in_bulk(parts.store):
                raise LookupError

            parts.store.check()
