from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis._intervals import FEWEST, blocks_of, bounds, ratio, student_quantile, sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

DRAWS = 4000


def coverage(drawn: NDArray[np.float64], true: float) -> tuple[float, float, float]:
    """Return how often the bounds of means hold *true*, lie above it, and lie below it."""
    count = drawn.shape[1]
    means = drawn.mean(axis=1)
    low, high = bounds(means, (drawn - means[:, None]).T / count, count)
    held = (low <= true) & (true <= high)
    return float(held.mean()), float((low > true).mean()), float((high < true).mean())


class TestBounds:
    @pytest.mark.parametrize(
        ("draw", "true"),
        [
            (lambda rng, shape: rng.lognormal(0, 1, shape), np.exp(0.5)),
            (lambda rng, shape: rng.lognormal(0, 0.8, shape), np.exp(0.32)),
            (lambda rng, shape: rng.gamma(4, 1, shape), 4.0),
            (lambda rng, shape: -rng.exponential(1, shape), -1.0),
            (lambda rng, shape: rng.normal(3, 1, shape), 3.0),
        ],
        ids=["heavy", "skewed", "mild", "left", "even"],
    )
    @pytest.mark.parametrize("count", [FEWEST, 100])
    def test_hold_the_truth_as_often_as_they_say(
        self,
        draw: Callable[[np.random.Generator, tuple[int, int]], NDArray[np.float64]],
        true: float,
        count: int,
    ) -> None:
        """93 in a hundred at least, of what is told as 95, with a tail as heavy as permits have."""
        rng = np.random.default_rng(20260301)

        held, above, below = coverage(draw(rng, (DRAWS, count)), true)

        assert 0.93 <= held <= 0.98
        assert max(above, below) <= 0.07

    def test_are_those_of_student_where_nothing_leans(self) -> None:
        values = np.array([1.0, 2.0, 3.0, 4.0, 5.0] * 4)
        mean = np.array([values.mean()])

        low, high = bounds(mean, ((values - mean) / 20)[:, None], 20)

        error = values.std(ddof=1) / np.sqrt(20)
        assert high[0] - 3 == pytest.approx(2.093 * error, abs=1e-3)
        assert 3 - low[0] == pytest.approx(2.093 * error, abs=1e-3)

    def test_reach_further_on_the_side_of_the_long_tail(self) -> None:
        values = np.array([1.0] * 18 + [2.0, 30.0])
        mean = np.array([values.mean()])

        low, high = bounds(mean, ((values - mean) / 20)[:, None], 20)

        student = student_quantile(19) * values.std(ddof=1) / np.sqrt(20)
        assert high[0] - mean[0] > 1.5 * student
        assert mean[0] - low[0] >= student


class TestRatio:
    def test_is_moved_by_a_block_as_leaving_it_out_would(self) -> None:
        """The influences are the first order of what is left without the block."""
        rng = np.random.default_rng(1)
        above, below = rng.gamma(4, 1, (50, 1)), rng.gamma(9, 1, (50, 1))

        value, moved = ratio(above, below)

        without = (above.sum() - above) / (below.sum() - below)
        assert value[0] == pytest.approx(above.sum() / below.sum())
        assert moved[:, 0] == pytest.approx((value - without)[:, 0], rel=0.1, abs=1e-4)
        assert moved.sum() == pytest.approx(0, abs=1e-12)


class TestBlocks:
    def test_keep_a_project_in_one_piece(self) -> None:
        projects = np.array([0, 300, 44, 300, 0])

        block, size = blocks_of(projects, 301)

        assert size == 256
        assert block.tolist() == [0, 44, 44, 44, 0]
        assert sums(block, np.ones(5), size)[44] == 3
