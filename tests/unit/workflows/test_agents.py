from __future__ import annotations

from random import Random

import pytest

from tests.support.memory_office import load
from workflows.agents import ELSEWHERE, IN_TOWNSHIP, choose

ROSTER = (load("a3", "t1", 4), load("a1", "t1", 2), load("a2", "t1", 2), load("b1", "t2", 0))


class TestChoose:
    def test_takes_the_least_loaded_of_the_township(self) -> None:
        choice = choose((load("a", "t1", 3), load("b", "t1", 1), load("c", "t2", 0)), "t1")

        assert choice is not None
        assert (choice.agent, choice.rule) == ("b", IN_TOWNSHIP)

    def test_gives_a_tie_to_the_smaller_id(self) -> None:
        choice = choose(ROSTER, "t1")

        assert choice is not None
        assert choice.agent == "a1"

    @pytest.mark.parametrize("seed", range(5))
    def test_does_not_depend_on_the_order_of_the_roster(self, seed: int) -> None:
        mixed = list(ROSTER)
        Random(seed).shuffle(mixed)

        assert choose(mixed, "t1") == choose(ROSTER, "t1")

    def test_passes_over_who_is_away(self) -> None:
        choice = choose((load("a", "t1", 0, away=True), load("b", "t1", 9)), "t1")

        assert choice is not None
        assert choice.agent == "b"

    def test_looks_elsewhere_when_the_whole_township_is_away(self) -> None:
        roster = (load("a", "t1", 0, away=True), load("b", "t2", 5), load("c", "t3", 4))

        choice = choose(roster, "t1")

        assert choice is not None
        assert (choice.agent, choice.rule) == ("c", ELSEWHERE)
        assert [each.agent for each in choice.seen] == ["a", "b", "c"]

    def test_looks_elsewhere_for_a_township_without_agents(self) -> None:
        choice = choose(ROSTER, "t9")

        assert choice is not None
        assert choice.agent == "b1"

    @pytest.mark.parametrize("roster", [(), (load("a", "t1", 0, away=True),)])
    def test_finds_nobody_when_all_are_away(self, roster: tuple) -> None:  # type: ignore[type-arg]
        assert choose(roster, "t1") is None

    def test_shows_only_those_that_it_compared(self) -> None:
        choice = choose(ROSTER, "t1")

        assert choice is not None
        assert [each.agent for each in choice.seen] == ["a1", "a2", "a3"]
