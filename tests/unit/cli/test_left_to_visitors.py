from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

import wire
from cli import three_years
from engine.clock import PushableClock
from engine.packed import Packed
from engine.playing import play
from engine.settings import Settings
from engine.store import facts
from simulation.district import LEFT, TODAY, Plan
from wire import assemble

if TYPE_CHECKING:
    from pathlib import Path

    from engine.packed import Log


@pytest.fixture(scope="module")
def running() -> dict[str, Log]:
    """Return the logs of the committed district's running projects, by code."""
    packed = Packed(wire.DISTRICT)
    shelves = [shelf for shelf in packed.header.shelves if shelf.running]
    return {log.code: log for shelf in shelves for log in packed.logs(shelf)}


class TestWhatIsLeftToVisitors:
    def test_is_of_projects_that_run(self, running: dict[str, Log]) -> None:
        assert LEFT.keys() - running.keys() == set()

    @pytest.mark.parametrize(("code", "number"), [*LEFT.items()])
    def test_begins_with_a_command(self, running: dict[str, Log], code: str, number: int) -> None:
        events = running[code].events

        assert events[number - 1].command != events[number].command

    def test_is_gone_on_with_once_time_does(self, tmp_path: Path) -> None:
        clock = PushableClock(three_years.start(Plan()))
        settings = Settings(database=f"sqlite:///{tmp_path / 'a.db'}", demo=True)
        with closing(assemble(settings, clock)) as parts:
            loading = three_years.loading(parts, left=LEFT)
            assert loading is not None
            three_years.settle(parts, clock)
            loading.load(loading.shelves[0])
            with parts.new_uow() as uow:
                there = LEFT.keys() & facts.versions(uow.connection).keys()
            clock.push_to(TODAY)
            officers = wire.officers(parts.in_force)
            officers.begin(map(parts.handle.project, sorted(there)), TODAY)

            played = play(parts.handle, clock, officers, TODAY)

            assert there
            assert played.refused == 0
            assert all(parts.handle.project(code).number > LEFT[code] for code in there)
