from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.survival import CELLS, NODES, drawn, quantiles, survival, table

times = st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=60)


def arrays(
    drawn_times: list[tuple[int, bool]],
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]
]:
    return (
        np.array([float(each) for each, _ in drawn_times]),
        np.array([ended for _, ended in drawn_times]),
    )


class TestSurvival:
    def test_is_that_of_the_textbook(self) -> None:
        # Remission of leukaemia under 6-MP: Cox and Oakes, Analysis of Survival Data (1984), p. 38.
        ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
        going = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

        at, left = survival(*arrays([(t, True) for t in ended] + [(t, False) for t in going]))

        assert at.tolist() == [6, 7, 10, 13, 16, 22, 23]
        assert left.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]

    @given(times)
    def test_falls_and_is_the_plain_share_where_all_ended(
        self, some: list[tuple[int, bool]]
    ) -> None:
        values, _ = arrays(some)

        at, left = survival(values, np.ones(len(values), dtype=np.bool_))

        assert all(np.diff(left) < 0)
        for each, part in zip(at, left, strict=True):
            assert part == pytest.approx((values > each).mean())


class TestQuantiles:
    def test_do_not_lose_what_goes_on(self) -> None:
        luck = Random(3)
        whole = [luck.expovariate(1 / 100) for _ in range(4000)]
        watched = [luck.uniform(0, 150) for _ in whole]
        seen = np.minimum(whole, watched)
        ended = np.array([a <= b for a, b in zip(whole, watched, strict=True)])

        found = quantiles(seen, ended, np.array([0.5, 0.9]))

        assert found[0] == pytest.approx(100 * np.log(2), rel=0.08)
        assert found[1] == pytest.approx(100 * np.log(10), rel=0.15)
        assert np.median(seen[ended]) < 0.7 * found[0]  # as if what goes on were left out

    @given(times)
    def test_never_fall(self, some: list[tuple[int, bool]]) -> None:
        found = table(*arrays(some))

        assert len(found) == NODES
        assert all(np.diff(found) >= 0)


class TestDrawn:
    TABLE = np.arange(NODES, dtype=np.float64)

    def test_is_the_quantile_of_what_has_just_begun(self) -> None:
        assert drawn(self.TABLE, 0.0, 0.25) == pytest.approx(CELLS / 4)

    def test_is_what_is_left_of_what_has_taken_so_long(self) -> None:
        assert drawn(self.TABLE, CELLS / 2, 0.5) == pytest.approx(CELLS / 4)

    def test_goes_on_beyond_all_that_was_seen(self) -> None:
        assert drawn(self.TABLE, 10.0 * CELLS, 0.5) > 0

    @given(st.floats(0, 2 * CELLS), st.floats(0, 0.999))
    def test_is_never_negative(self, elapsed: float, chance: float) -> None:
        assert drawn(self.TABLE, elapsed, chance) >= 0
