from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from engine.library import shipped
from simulation.habits import Habits, Way
from tests.support.facts import random_facts
from tests.support.journeys import journey
from workflows.evolve import evolve
from workflows.project import item_key
from workflows.snapshot import DamagedSnapshotError, Packing, Snapshot, StaleSnapshotError

if TYPE_CHECKING:
    from workflows.project import Project

KIB = 1024
EIGHTY = 80
MISHAPS = Habits(
    ways={1: Way.CHOSEN, 2: Way.DRAWN, 3: Way.DRAWN, 4: Way.ALONE},
    refused=0.15,
    withdrawn=0.1,
    declined=0.2,
    silent=0.1,
    dissolved=0.2,
)


def packing() -> Packing:
    """Return a packing that remembers nothing yet."""
    return Packing(shipped().catalogue, shipped().nets)


def states(flow: int, seed: int, habits: Habits = MISHAPS) -> list[Project]:
    facts = random_facts(shipped().catalogue, flow, random.Random(seed))
    project: Project | None = None
    found = []
    for event in journey(flow, facts, habits, str(seed)).events:
        project = evolve(project, event)
        found.append(project)
    return found


def widened(project: Project) -> Project:
    """Return *project* with eighty items, the added ones standing as its running ones do."""
    others = [code for code in shipped().catalogue.items if code not in project.applicable]
    more = others[: EIGHTY - len(project.applicable)]
    models = [state for state in project.items.values() if state.open is not None]
    added = {
        item_key(state.unit, code): replace(state, item=code)
        for code, state in zip(more, cycle(models), strict=False)
    }
    applicable = (*project.applicable, *more)
    assert len(applicable) == EIGHTY
    return replace(project, applicable=applicable, items={**project.items, **added})


@pytest.fixture(scope="module", params=[(1, 1), (4, 3)])
def history(request: pytest.FixtureRequest) -> list[Project]:
    return states(*request.param)


class TestPacking:
    def test_gives_back_every_state_of_a_history(self, history: list[Project]) -> None:
        here = packing()
        for project in history[::5]:
            snapshot = here.pack(project)

            again = packing().unpack(snapshot)

            assert again == project
            assert list(again.items) == list(project.items)
            assert list(again.documents) == list(project.documents)

    def test_packs_equal_projects_alike(self, history: list[Project]) -> None:
        project = history[len(history) // 2]
        snapshot = packing().pack(project)

        assert packing().pack(packing().unpack(snapshot)) == snapshot

    def test_leaves_the_archive_while_nothing_settles(self, history: list[Project]) -> None:
        here, archive, written = packing(), b"", 0
        for project in history:
            snapshot = here.pack(project)
            written += snapshot.archive != archive
            archive = snapshot.archive

        assert 0 < written < len(history) / 2

    def test_gives_the_same_bytes_whatever_it_packed_before(self, history: list[Project]) -> None:
        here = packing()
        for number, project in enumerate(history):
            snapshot = here.pack(project)
            if number % 7 == 0:
                assert packing().pack(project) == snapshot

    def test_keeps_what_it_packed_by_its_bytes(self, history: list[Project]) -> None:
        here = packing()

        assert here.unpack(here.pack(history[-1])) is history[-1]

    def test_is_exact_to_the_microsecond(self, history: list[Project]) -> None:
        project = replace(history[-1], last_at=history[-1].last_at + timedelta(microseconds=1))

        assert packing().unpack(packing().pack(project)) == project

    def test_packs_a_run_by_path_where_its_net_is_not_at_hand(self, history: list[Project]) -> None:
        project = history[len(history) // 2]
        without = Packing(shipped().catalogue, {})

        assert Packing(shipped().catalogue, {}).unpack(without.pack(project)) == project

    def test_fits_two_kib_when_nearly_eighty_items_run(self) -> None:
        widest = max(
            (states(1, seed, Habits()) for seed in (1, 2)),
            key=lambda found: len(found[-1].applicable),
        )
        here = packing()
        sizes = [len(here.pack(project).state) for project in widest]

        assert len(widest[-1].applicable) >= 60
        assert max(sizes) <= 2 * KIB

    def test_fits_two_kib_at_eighty_items(self) -> None:
        """No facts ask for eighty at once; the others run as those do that run."""
        here, sizes, running = packing(), [], 0
        for project in map(widened, states(1, 168, Habits())):
            sizes.append(len(here.pack(project).state))
            running = max(running, sum(state.open is not None for state in project.items.values()))

        assert running > EIGHTY / 4
        assert max(sizes) <= 2 * KIB


class TestStaleSnapshots:
    def test_of_another_catalogue_are_told(self, history: list[Project]) -> None:
        catalogue = replace(shipped().catalogue, hash="0" * 64)
        snapshot = packing().pack(history[-1])

        with pytest.raises(StaleSnapshotError):
            Packing(catalogue, shipped().nets).unpack(snapshot)

    def test_over_other_bits_are_told(self, history: list[Project]) -> None:
        snapshot = packing().pack(history[-1])
        moved = {name: replace(net, names=net.names[::-1]) for name, net in shipped().nets.items()}

        with pytest.raises(StaleSnapshotError):
            Packing(shipped().catalogue, MappingProxyType(moved)).unpack(snapshot)

    def test_over_other_bits_of_one_stage_are_told(self, history: list[Project]) -> None:
        snapshot = packing().pack(history[-1])
        moved = {
            name: replace(net, names=net.names[::-1]) if net.id == "stage_1" else net
            for name, net in shipped().nets.items()
        }

        with pytest.raises(StaleSnapshotError):
            Packing(shipped().catalogue, MappingProxyType(moved)).unpack(snapshot)

    def test_over_a_net_that_is_gone_are_told(self, history: list[Project]) -> None:
        snapshot = packing().pack(history[-1])

        with pytest.raises(StaleSnapshotError):
            Packing(shipped().catalogue, {}).unpack(snapshot)

    def test_are_not_confused_with_damage(self) -> None:
        with pytest.raises(DamagedSnapshotError):
            packing().unpack(Snapshot(b"nonsense", b""))
