from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import wire
from cli import three_years
from engine.clock import PushableClock
from engine.packed import Packed
from engine.playing import Officers, Played, play
from engine.settings import Settings
from engine.store import facts, queries
from simulation.district import LEFT, TODAY, Plan
from wire import Parts, assemble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from engine.packed import Log
    from workflows.project import Project


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

    def test_is_gone_on_with_once_time_does(self, left: Left) -> None:
        played = left.play(wire.officers(left.parts.in_force), TODAY)

        assert played.refused == 0
        assert all(project.number > LEFT[project.code] for project in left.projects())

    def test_is_not_paired_by_those_who_live_there(self, left: Left) -> None:
        before = [project.pairs.keys() for project in left.projects()]
        with left.parts.new_uow() as uow:
            people = {each.id for each in queries.people(uow.connection)}

        played = left.play(wire.officers(left.parts.in_force, people), TODAY + timedelta(days=7))

        assert played.refused == 0
        assert played.done > 0
        assert [project.pairs.keys() for project in left.projects()] == before


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An office with the first shelf of the district: the projects that are left there."""

    parts: Parts
    clock: PushableClock
    codes: tuple[str, ...]

    def projects(self) -> list[Project]:
        """Return the projects as they stand."""
        return [*map(self.parts.handle.project, self.codes)]

    def play(self, officers: Officers, until: datetime) -> Played:
        """Have people act in them."""
        self.clock.push_to(TODAY)
        officers.begin(self.projects(), TODAY)
        return play(self.parts.handle, self.clock, officers, until)


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Left]:
    """Return what is left to visitors, as a demonstration begins."""
    clock = PushableClock(three_years.start(Plan()))
    settings = Settings(database=f"sqlite:///{tmp_path / 'a.db'}", demo=True)
    with closing(assemble(settings, clock)) as parts:
        loading = three_years.loading(parts, left=LEFT)
        assert loading is not None
        three_years.settle(parts, clock)
        loading.load(loading.shelves[0])
        with parts.new_uow() as uow:
            there = LEFT.keys() & facts.versions(uow.connection).keys()
        assert there
        yield Left(parts=parts, clock=clock, codes=tuple(sorted(there)))
