"""A stage run stays on the net that it was opened with, however the definitions change since."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpmn.library import shipped
from bpmn.net import link
from bpmn.reader import read
from tests.support.memory_office import NOTE, WINDOW, Nets, Office, nets
from workflows import commands as c

GOLDEN = Path(__file__).parents[2] / "golden" / "definitions"
ITEM, LATER = "S1-05", "S2-02"


def earlier() -> Nets:
    """Return the definitions as they were before 不受理 was an outcome of the acceptance."""
    old = {}
    for path in sorted(GOLDEN.glob("*.bpmn")):
        diagram = read(path.read_bytes())
        old[diagram.id] = diagram
    diagrams = {**shipped(), **old}
    found = [
        link(diagram, {} if key == "lifecycle" else diagrams)
        for key, diagram in diagrams.items()
        if not key.startswith("item")
    ]
    return Nets({net.hash: net for net in found}, {net.id: net.hash for net in found})


@pytest.fixture(scope="module")
def before() -> Nets:
    return earlier()


@pytest.fixture
def office(before: Nets) -> Office:
    """Return an office whose first stage was filed by the earlier definitions; new ones are out."""
    found = Office(nets=before)
    found.file(3)
    found.give(c.FileStage(stage=1))
    now = nets()
    found.nets = Nets({**before.by_hash, **now.by_hash}, now.in_force)
    return found


class TestAPinnedNet:
    def test_is_another_than_the_one_in_force(self, office: Office, before: Nets) -> None:
        assert before.in_force["stage_1"] != nets().in_force["stage_1"]
        assert office.run(1).net == before.in_force["stage_1"]

    def test_knows_no_outcome_that_came_later(self, office: Office) -> None:
        office.until(ITEM, "accept")
        order = c.CompleteStep(
            item=ITEM, attempt=1, step="accept", outcome="not_needed", reason=NOTE
        )

        assert office.refused(order, WINDOW).code == "task.unknown_outcome"

    def test_runs_its_way_to_the_end(self, office: Office) -> None:
        office.pass_stage(1)

        assert office.item(ITEM).granted
        assert office.run(1).milestone_at is not None

    def test_gives_way_with_the_next_stage(self, office: Office) -> None:
        office.pass_stage(1)
        office.give(c.FileStage(stage=2))
        net = office.nets.by_hash[office.run(2).net]
        accept = net.node(f"{net.item(LATER).path}/accept").step

        assert net.hash == nets().in_force["stage_2"]
        assert accept is not None
        assert "not_needed" in accept.outcomes

    def test_replays_to_what_it_was(self, office: Office) -> None:
        office.pass_stage(1)

        assert office.replayed() == office.project
