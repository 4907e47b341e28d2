from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import draws
from simulation.draws import Draws, Purpose
from simulation.quantiles import mean_minutes, minutes, minutes_of, table_of
from simulation.scenario import Duration, Shape

keys = st.tuples(
    st.integers(0, 2**39), st.integers(0, 4095), st.integers(0, 255), st.sampled_from(Purpose)
)
SHAPES = [
    Duration(days=1.5),
    Duration(shape=Shape.EXPONENTIAL, days=2.0),
    Duration(shape=Shape.LOGNORMAL, days=2.0, spread=0.7),
    Duration(shape=Shape.UNIFORM, values=(1.0, 3.0)),
    Duration(shape=Shape.EMPIRICAL, values=(1.0, 2.0, 6.0)),
]


class TestDraws:
    @given(seed=st.integers(0, 2**63), replication=st.integers(0, 5000), key=keys)
    def test_are_the_same_in_python_and_compiled(
        self, seed: int, replication: int, key: tuple[int, int, int, int]
    ) -> None:
        luck = Draws(seed, replication)

        assert luck.word(*key) == int(draws.word_of(np.uint64(luck.stream), *key))

    @given(key=keys, chance=st.floats(0, 1))
    def test_strike_the_same_in_python_and_compiled(
        self, key: tuple[int, int, int, int], chance: float
    ) -> None:
        luck, threshold = Draws(1), draws.threshold_of(chance)

        word = draws.word_of(np.uint64(luck.stream), *key)

        assert luck.strikes(threshold, *key) == draws.strikes(np.uint64(word), threshold)

    @given(first=keys, second=keys)
    def test_have_keys_of_their_own(
        self, first: tuple[int, int, int, int], second: tuple[int, int, int, int]
    ) -> None:
        assert (draws.packed(*first) == draws.packed(*second)) == (first == second)

    def test_fill_the_range_evenly(self) -> None:
        luck = Draws(5)
        words = [luck.word(case, 7, 1, Purpose.SERVICE) >> 60 for case in range(16_000)]

        counts = np.bincount(words, minlength=16)

        assert ((counts - 1000) ** 2 / 1000).sum() < 37.7  # chi squared, 15 degrees, 0.1 %

    def test_of_certain_things_always_strike(self) -> None:
        certain, never = draws.threshold_of(1.0), draws.threshold_of(0.0)

        assert all(Draws(1).strikes(certain, case, 0, 0, 0) for case in range(100))
        assert not any(Draws(1).strikes(never, case, 0, 0, 0) for case in range(100))


class TestMinutes:
    @pytest.mark.parametrize("duration", SHAPES)
    def test_are_the_same_in_python_and_compiled(self, duration: Duration) -> None:
        table, mean = table_of(duration), mean_minutes(duration)
        words = [Draws(3).word(case, 1, 1, Purpose.SERVICE) for case in range(500)]
        words += [0, draws.WHOLE - 1, (1 << 52) - 1, draws.WHOLE - (1 << 40)]

        compiled = [minutes_of(table, 0, 0, mean, np.uint64(word)) for word in words]

        assert compiled == [minutes(table, mean, word) for word in words]

    @pytest.mark.parametrize("duration", SHAPES)
    def test_have_the_wanted_mean(self, duration: Duration) -> None:
        table, mean = table_of(duration), mean_minutes(duration)
        step = draws.WHOLE // 20_000

        found = np.mean([minutes(table, mean, step * k + step // 2) for k in range(20_000)])

        assert found == pytest.approx(mean, rel=2e-3)

    def test_take_at_least_one(self) -> None:
        table = table_of(Duration(shape=Shape.EXPONENTIAL, days=0.01))

        assert minutes(table, 5, 0) == 1

    def test_of_nothing_are_none(self) -> None:
        assert minutes(table_of(Duration(days=1.0)), 0, 12345) == 0

    def test_grow_with_the_luck(self) -> None:
        table, step = table_of(SHAPES[2]), draws.WHOLE // 5000

        drawn = [minutes(table, 10_000, step * k) for k in range(5000)]

        assert drawn == sorted(drawn)
