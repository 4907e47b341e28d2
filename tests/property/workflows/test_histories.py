"""All six flow types complete, whatever people do on the way.

A history is drawn by its seed, which stands in the name of the test: `Random("FLOW/SEED")`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.support.histories import Chances, Story, mishaps
from tests.support.laws import check_history
from tests.support.memory_office import Office, nets
from workflows import codec
from workflows import events as e
from workflows.evolve import evolve
from workflows.project import ProjectStatus

FLOWS = (1, 2, 3, 4, 5, 6)
FEW, SOME, MANY = 8, 50, 200
ROOT = Path(__file__).parents[3]
REPLAYS = 3  # at random steps of each history


def _told(flow: int, seed: int, *, mode: str = "rounds", slots: int = 2) -> Office:
    """Play one history to its end, replaying it at random steps and at the end."""
    rng = Random(f"{flow}/{seed}")
    office = Office(nets=nets(mode, slots), replays=False)
    story = Story(office=office, rng=rng)
    story.begin(flow)
    stops = sorted(rng.sample(range(10, 150), REPLAYS))
    for stop in stops:
        while office.project.status is ProjectStatus.RUNNING and len(office.log) < stop:
            story.step()
        assert office.replayed() == office.project
    story.play()
    assert office.project.status is ProjectStatus.COMPLETED
    check_history(office)
    return office


def _check_round_trip(office: Office) -> None:
    """The log, written and read again, adds up to the same project."""
    project = None
    for event in office.log:
        name, version = codec.kind(event.body)
        body = codec.decode(name, version, codec.encode(event.body))
        assert body == event.body
        assert isinstance(body, e.Body)
        project = evolve(project, replace(event, body=body))
    assert project == office.project


class TestHistory:
    @pytest.mark.parametrize("seed", range(FEW))
    @pytest.mark.parametrize("flow", FLOWS)
    def test_completes_and_keeps_every_law(self, flow: int, seed: int) -> None:
        _told(flow, seed)

    @pytest.mark.parametrize("flow", FLOWS)
    @pytest.mark.parametrize(("mode", "slots"), [("rolling", 2), ("rounds", 3), ("rolling", 3)])
    def test_completes_with_other_pairing(self, flow: int, mode: str, slots: int) -> None:
        _told(flow, -slots, mode=mode, slots=slots)

    @pytest.mark.parametrize("flow", FLOWS)
    def test_survives_being_written_and_read(self, flow: int) -> None:
        _check_round_trip(_told(flow, -1))

    def test_is_the_same_for_the_same_seed(self) -> None:
        assert _told(3, -2).log == _told(3, -2).log

    def test_is_the_same_however_python_hashes(self) -> None:
        """No order of a set decides anything: neither here nor in the rules."""
        script = (
            "from tests.property.workflows.test_histories import _told; print(_told(4, -2).log)"
        )
        first, second = (
            subprocess.run(
                [sys.executable, "-c", script],
                env={**os.environ, "PYTHONHASHSEED": seed},
                cwd=ROOT,
                capture_output=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        )

        assert first == second
        assert first

    def test_meets_every_mishap(self) -> None:
        seen: Counter[str] = Counter()
        for seed in range(FEW):
            seen.update(mishaps(_told(3, 1000 + seed)))

        assert {name for name, times in seen.items() if not times} <= {"units"}

    @pytest.mark.parametrize("flow", FLOWS)
    def test_completes_for_fifty_fact_sets(self, flow: int) -> None:
        seen: Counter[str] = Counter()
        for seed in range(FEW, SOME):
            seen.update(mishaps(_told(flow, seed)))

        assert all(seen.values()), seen

    @pytest.mark.slow  # two minutes in all: the same laws on three times as many histories
    @pytest.mark.parametrize("flow", FLOWS)
    def test_completes_for_two_hundred_fact_sets(self, flow: int) -> None:
        for seed in range(SOME, MANY):
            _told(flow, seed)


class TestUnits:
    @pytest.mark.parametrize("seed", range(3))
    def test_let_the_project_complete_with_them_only(self, seed: int) -> None:
        office = Office(replays=False)
        story = Story(office=office, rng=Random(seed), chances=Chances(unit=0.05))
        story.begin(3)

        story.play()

        check_history(office)
        assert office.run(4, 1).ended_at is not None
