"""The three-year district: the same twice, packed and back, and really what the handle makes."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

import wire
from cli import three_years
from engine.clock import PushableClock
from engine.follower import BEGINNING, read
from engine.library import shipped
from engine.loading import Loading
from engine.packed import Packed
from engine.settings import Settings
from engine.store import log
from engine.streams import of_project
from engine.verify import verify
from simulation import district
from simulation.district import TODAY, Plan
from simulation.specimens import specimens
from wire import assemble
from workflows.facts import Role

if TYPE_CHECKING:
    from pathlib import Path

    from engine.envelope import Envelope
    from wire import Parts

SMALL = Plan(projects=6, years=1, seed="test")
SLICE = timedelta(days=14)


def silent(_done: float) -> None:
    """Tell nobody how far it is."""


def office(file: Path, plan: Plan = SMALL) -> tuple[Parts, PushableClock]:
    clock = PushableClock(three_years.start(plan))
    return assemble(Settings(database=f"sqlite:///{file}", demo=True), clock), clock


def logs(parts: Parts) -> dict[str, tuple[Envelope, ...]]:
    """Return every project's log, by code."""
    with parts.new_uow() as uow:
        codes = [
            stream.removeprefix("project:")
            for stream in log.streams(uow.connection)
            if stream.startswith("project:")
        ]
        return {code: log.envelopes(uow.connection, of_project(code)) for code in codes}


def news(parts: Parts) -> tuple[Envelope, ...]:
    """Return what a follower that begins now is told of."""
    with parts.new_uow() as uow:
        return read(uow.connection, BEGINNING, 1000)[0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a small district of one year."""
    file = tmp_path_factory.mktemp("built") / "a.db"
    parts, clock = office(file)
    with closing(parts):
        three_years.build(parts, clock, SMALL, silent)
    return file


@pytest.fixture(scope="module")
def packed(built: Path) -> Path:
    """Return that district as a file."""
    file = built.with_name("a.pack")
    parts, _ = office(built)
    with closing(parts):
        three_years.pack(parts, SMALL, file, silent)
    return file


class TestBuild:
    def test_ends_in_the_same_log_however_often_it_stopped(
        self, built: Path, tmp_path: Path
    ) -> None:
        stops = (TODAY - timedelta(days=days) for days in (300, 190, 100, 0, 0))
        orders = []
        for until in stops:
            parts, clock = office(tmp_path / "b.db")
            with closing(parts):
                found = logs(parts)
                if found:
                    clock.push_to(max(each[-1].recorded_at for each in found.values()))
                orders.append(three_years.build(parts, clock, SMALL, silent, until).orders)
                again = logs(parts)

        parts, _ = office(built)
        with closing(parts):
            assert logs(parts) == again
        assert orders[-1] == 0
        assert len(again) == SMALL.projects

    def test_can_be_proved_and_refuses_nobody(self, built: Path) -> None:
        parts, _ = office(built)
        with closing(parts):
            assert verify(parts.new_uow, parts.library).ok

    def test_takes_no_more_in_hand_than_there_are_seats(self) -> None:
        staff = district.desks()

        assert len(staff) == 12
        assert all(each.seats == len(each.people) * each.each for each in staff.values())


class TestPack:
    def test_comes_back_to_the_byte(self, built: Path, packed: Path, tmp_path: Path) -> None:
        parts, clock = office(tmp_path / "c.db")
        with closing(parts):
            loading = Loading(parts.new_uow, parts.in_force, Packed(packed))
            three_years.unpack(parts, clock, loading, silent)
            found = logs(parts)
            proved = verify(parts.new_uow, parts.library)

        parts, _ = office(built)
        with closing(parts):
            assert found == logs(parts)
        assert proved.ok
        assert proved.projects == SMALL.projects

    def test_is_loaded_once(self, packed: Path, tmp_path: Path) -> None:
        parts, _ = office(tmp_path / "d.db")
        with closing(parts):
            loading = Loading(parts.new_uow, parts.in_force, Packed(packed))
            first = [loading.load(shelf) for shelf in loading.shelves]
            second = [loading.load(shelf) for shelf in loading.shelves]

        assert sum(first) == SMALL.projects
        assert sum(second) == 0

    def test_is_no_news_to_anybody(self, packed: Path, tmp_path: Path) -> None:
        parts, clock = office(tmp_path / "e.db")
        with closing(parts):
            loading = Loading(parts.new_uow, parts.in_force, Packed(packed))
            three_years.unpack(parts, clock, loading, silent, closed=False)
            told = [envelope.stream for envelope in news(parts)]
            for shelf in loading.shelves:
                loading.load(shelf)
            later = [envelope.stream for envelope in news(parts)]

        assert told == later
        assert {stream.partition(":")[0] for stream in told} == {"roster"}

    def test_is_refused_for_another_catalogue(self, packed: Path, tmp_path: Path) -> None:
        parts, _ = office(tmp_path / "f.db")
        with closing(parts):
            fits = Loading(parts.new_uow, parts.in_force, Packed(packed)).fits
            other = Packed(packed)
            other.header = msgspec.structs.replace(other.header, catalogue="0" * 64)

            assert fits
            assert not Loading(parts.new_uow, parts.in_force, other).fits

    def test_is_refused_where_it_is_something_else(self, tmp_path: Path) -> None:
        file = tmp_path / "no.pack"
        file.write_bytes(b"no such thing")

        with pytest.raises(ValueError, match="packed logs"):
            Packed(file)


class TestTheShippedDistrict:
    def test_is_what_the_handle_makes_of_the_plan(self, tmp_path: Path) -> None:
        plan = Plan()
        parts, clock = office(tmp_path / "g.db", plan)
        with closing(parts):
            three_years.build(parts, clock, plan, silent, three_years.start(plan) + SLICE)
            made = logs(parts)
        shelves = Packed(wire.DISTRICT)
        oldest = {each.code: each for each in shelves.logs(shelves.header.shelves[-1])}

        assert len(made) > 5
        for code, envelopes in made.items():
            said = oldest[code].events[: len(envelopes)]
            assert [(e.kind, e.recorded_at, e.actor, e.command, e.body) for e in envelopes] == [
                (e.kind, e.recorded_at, e.actor, e.command, e.body) for e in said
            ]

    def test_hands_in_what_can_be_opened(self) -> None:
        packed, made = Packed(wire.DISTRICT), specimens(shipped().catalogue)
        handed = [
            json.loads(event.body)
            for shelf in packed.header.shelves
            for each in packed.logs(shelf)
            for event in each.events
            if event.kind == "MaterialSupplied"
        ]

        assert len(handed) > 20_000
        for each in handed:
            assert len(made[each["file"]]) == each["size"]

    def test_is_of_the_size_that_is_told(self) -> None:
        header = Packed(wire.DISTRICT).header

        running = sum(each.projects for each in header.shelves if each.running)
        assert header.catalogue == shipped().catalogue.hash
        assert header.projects - running >= 1900
        assert 250 <= running <= 400
        assert wire.DISTRICT.stat().st_size < 8_000_000


class TestPeople:
    def test_are_36_agents_and_the_reviewers_of_a_dozen_departments(self) -> None:
        people = three_years.people(shipped().catalogue)

        agents = [each for each in people if Role.AGENT in each.roles]
        assert len(agents) == 36
        assert len({each.name for each in agents}) == 36
        assert len({each.id for each in people}) == len(people)
        assert {one for each in district.desks().values() for one in each.people} <= {
            each.id for each in people
        }
