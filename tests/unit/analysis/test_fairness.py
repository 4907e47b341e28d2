from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from analysis.fairness import Carried, agents
from analysis.groups import measures
from tests.support.item_facts import Told, case, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflows.item_runs import Case

PROJECTS = 22


def district(names: int, took: Callable[[int, int], list[tuple[str, float]]]) -> Iterator[Case]:
    """Yield PROJECTS projects of each agent; *took* says of each which items took how long."""
    for agent in range(names):
        for number in range(PROJECTS):
            runs = [Told(item=item, filed=1, end=1 + days) for item, days in took(agent, number)]
            yield case(runs, project=f"{agent}-{number}", agent=f"agent-{agent}")


def judged(cases: Iterator[Case]) -> dict[str, Carried]:
    own = columns(cases, 400)
    return {each.key: each for each in agents(own, measures(own)).carried}


class TestAnAgent:
    def test_is_slower_or_faster_than_what_was_to_be_expected(self) -> None:
        found = judged(
            district(4, lambda agent, number: [("A", (15, 10, 10, 5)[agent] + number % 3)])
        )

        assert [found[f"agent-{agent}"].apart for agent in range(4)] == [1, 0, 0, -1]
        slow = found["agent-0"]
        assert slow.expected_days == pytest.approx(11, abs=0.1)
        assert slow.elapsed_days == pytest.approx(16, abs=0.1)
        assert slow.low is not None
        assert slow.high is not None
        assert slow.low < slow.elapsed_days < slow.high

    def test_is_not_slower_for_having_the_long_items(self) -> None:
        """One has government buildings, the other sheds; each takes as long as anybody's."""

        def took(agent: int, number: int) -> list[tuple[str, float]]:
            names = ("L1", "L2", "S1") if agent == 0 else ("L1", "S1", "S2")
            return [(name, (40 if name < "S" else 4) + number % 7) for name in names]

        found = judged(district(3, took))

        assert found["agent-0"].elapsed_days > 1.3 * found["agent-1"].elapsed_days
        assert [each.apart for each in found.values()] == [0, 0, 0]

    def test_is_hardly_ever_accused_where_all_are_alike(self) -> None:
        """Twenty agents, a heavy tail: one in twenty draws may accuse anybody at all."""
        accused = 0
        for seed in range(20):
            rng = Random(seed)
            same = district(20, lambda _a, _n, rng=rng: [("A", rng.lognormvariate(2, 0.8))])  # type: ignore[misc]
            accused += any(each.apart for each in judged(same).values())

        assert accused <= 4

    def test_is_not_judged_with_few_projects(self) -> None:
        few = (
            one
            for one in district(3, lambda agent, number: [("A", 5 + 20 * agent + number % 3)])
            if int(one.project.split("-")[1]) < 8
        )

        found = judged(few)

        assert [(each.low, each.high, each.apart) for each in found.values()] == [
            (None, None, 0)
        ] * 3
