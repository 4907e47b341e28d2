from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wire
from engine.packed import Packed
from simulation.district import LEFT

if TYPE_CHECKING:
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
