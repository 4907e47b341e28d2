from __future__ import annotations

import numpy as np
import pytest

from simulation.montecarlo import Graph, quantiles, sampled
from simulation.scenario import Duration, Shape

PROJECTS = 200_000


def graph(duration: Duration, **needs: tuple[str, ...]) -> Graph:
    return Graph(stages=(("a", "b"), ("c",)), durations=dict.fromkeys("abc", duration), needs=needs)


class TestSampled:
    def test_adds_stages_and_takes_the_longest_of_a_stage(self) -> None:
        days = {"a": Duration(days=3), "b": Duration(days=5), "c": Duration(days=2)}
        side = Graph(stages=(("a", "b"), ("c",)), durations=days)
        chain = Graph(stages=(("a", "b"), ("c",)), durations=days, needs={"b": ("a",)})

        assert set(sampled(side, 20, 1)) == {7}
        assert set(sampled(chain, 20, 1)) == {10}

    @pytest.mark.parametrize("shape", [Shape.EXPONENTIAL, Shape.LOGNORMAL])
    def test_agrees_with_exact_draws(self, shape: Shape) -> None:
        """Standard errors of P90 are some 0.2 % on either side with so many projects."""
        luck = np.random.default_rng(5)
        sigma = np.sqrt(np.log(1.25))
        a, b, c = (
            luck.exponential(6.0, PROJECTS)
            if shape is Shape.EXPONENTIAL
            else 6.0 * luck.lognormal(-(sigma**2) / 2, sigma, PROJECTS)
            for _ in range(3)
        )
        exact = np.maximum(a, b) + c

        found = sampled(graph(Duration(shape=shape, days=6.0, spread=0.5)), PROJECTS, 3)

        assert found.mean() == pytest.approx(exact.mean(), rel=0.01)
        assert quantiles(found, [0.5, 0.9, 0.95]) == pytest.approx(
            tuple(np.quantile(exact, [0.5, 0.9, 0.95])), rel=0.01
        )

    def test_gives_a_project_the_same_luck_however_many_there_are(self) -> None:
        one = graph(Duration(shape=Shape.EXPONENTIAL, days=4.0), b=("a",))

        assert (sampled(one, 7, 3) == sampled(one, 50, 3)[:7]).all()
        assert (sampled(one, 50, 3) != sampled(one, 50, 4)).any()

    def test_refuses_an_item_before_what_it_waits_for(self) -> None:
        with pytest.raises(ValueError, match="a stands before"):
            sampled(graph(Duration(days=1), a=("b",)), 1, 1)
