from __future__ import annotations

from math import sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulation.intervals import FEWEST, interval, needed, student
from tests.support.trials import trials


class TestInterval:
    @pytest.mark.parametrize(
        ("freedom", "expected"), [(4, 2.776), (9, 2.262), (19, 2.093), (99, 1.984)]
    )
    def test_reaches_as_far_as_the_tables_say(self, freedom: int, expected: float) -> None:
        assert student(freedom) == pytest.approx(expected, rel=3e-3)

    def test_holds_the_truth_as_often_as_it_says(self) -> None:
        luck = Random(7)
        samples = [np.array([luck.gauss(3, 2) for _ in range(8)]) for _ in range(2000)]

        inside = sum(
            (i := interval(each)).low is not None and i.low <= 3 <= (i.high or 0)
            for each in samples
        )

        assert inside / 2000 == pytest.approx(0.95, abs=3 * sqrt(0.95 * 0.05 / 2000))

    @pytest.mark.parametrize("wanted", [0.3, 0.5, 0.7])
    def test_holds_the_truth_as_often_as_it_says_though_a_pilot_decides_how_many(
        self, wanted: float
    ) -> None:
        luck = np.random.default_rng(5)

        found = trials(luck.normal(3, 1, 240_000), wanted)[:2000]

        inside = sum((i.low or 0.0) <= 3 <= (i.high or 0.0) for i in found) / 2000
        assert len(found) == 2000
        assert inside == pytest.approx(0.95, abs=3 * sqrt(0.95 * 0.05 / 2000))

    @given(
        values=st.lists(st.floats(-1e3, 1e3), min_size=FEWEST, max_size=30),
        wanted=st.floats(0.01, 1e3),
    )
    def test_is_as_narrow_as_wanted_once_there_are_so_many_as_the_pilot_asks_for(
        self, values: list[float], wanted: float
    ) -> None:
        pilot = np.array(values)
        count = needed(pilot, wanted) or 0
        assume(count < 10_000)

        width = interval(np.resize(pilot, count), len(pilot)).half_width or 0.0
        fewer = interval(np.resize(pilot, count - 1), len(pilot)).half_width or 0.0

        assert count >= len(pilot)
        assert width <= wanted * (1 + 1e-9)
        assert count == len(pilot) or fewer > wanted * (1 - 1e-9)

    def test_asks_for_no_number_after_too_small_a_pilot(self) -> None:
        assert needed(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), 1.0) is None

    @pytest.mark.parametrize(("freedom", "expected"), [(4, 9.029), (9, 4.912), (99, 3.447)])
    def test_reaches_as_far_for_sixty_at_once(self, freedom: int, expected: float) -> None:
        assert student(freedom, 1 - 0.05 / 60) == pytest.approx(expected, rel=0.02)

    def test_holds_for_several_at_once(self) -> None:
        luck = Random(11)
        trials = [
            [interval(np.array([luck.gauss(0, 1) for _ in range(8)])) for _ in range(20)]
            for _ in range(300)
        ]

        alone = sum(any(each.resolved for each in trial) for trial in trials)
        together = sum(any(each.together(20).resolved for each in trial) for trial in trials)

        assert alone / 300 > 0.5
        assert together / 300 <= 0.05 + 3 * sqrt(0.05 * 0.95 / 300)

    def test_says_nothing_of_too_few(self) -> None:
        assert interval(np.array([1.0, 2.0])).low is None
        assert interval(np.array([np.nan])).mean is None
