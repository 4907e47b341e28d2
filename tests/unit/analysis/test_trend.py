from __future__ import annotations

from random import Random

import pytest

from analysis.trend import break_of, trend


def drawn(rng: Random, count: int, near: float) -> list[float]:
    """Return a series without any movement whose months resemble one another."""
    value, series = rng.gauss(0, 1), []
    for _ in range(count):
        value = near * value + rng.gauss(0, (1 - near**2) ** 0.5)
        series.append(value)
    return series


class TestTrend:
    def test_is_as_probable_as_mann_and_kendall_say(self) -> None:
        """S = 28, variance 8 * 7 * 21 / 18; z = 27 / 8.083 = 3.340."""
        found = trend([float(value) for value in range(1, 9)])

        assert found is not None
        assert found.slope == 1
        assert found.probability == pytest.approx(0.000837, abs=2e-6)

    def test_takes_ties_off_the_variance(self) -> None:
        """S = 8, variance (6 * 5 * 17 - 2 * 4 * 3 * 13) / 18 = 11; z = 7 / 3.317 = 2.111."""
        found = trend([1.0, 1.0, 1.0, 1.0, 3.0, 5.0])

        assert found is not None
        assert found.probability >= 0.0348

    def test_falls_where_it_falls(self) -> None:
        found = trend([8.0, 7.5, 7.0, 6.0, 5.5, 5.0, 4.0])

        assert found is not None
        assert found.rises is False

    def test_counts_months_and_not_entries(self) -> None:
        """January to March and October to December, one more day a month."""
        months = [0, 1, 2, 9, 10, 11]

        found = trend([5.0 + month for month in months], months)

        assert found is not None
        assert found.slope == pytest.approx(1)

    def test_is_less_sure_among_many(self) -> None:
        series = [1.0, 1.4, 1.2, 1.9, 1.7, 2.2, 2.0]

        alone, among = trend(series), trend(series, among=20)

        assert alone is not None
        assert among is not None
        assert alone.rises
        assert among.rises is None
        assert among.probability == pytest.approx(20 * alone.probability)

    @pytest.mark.parametrize(("near", "most"), [(0.0, 0.06), (0.6, 0.14)])
    def test_is_hardly_ever_told_of_what_does_not_move(self, near: float, most: float) -> None:
        """Uncorrected it was told of 0.29 of series with a resemblance of 0.6."""
        rng = Random(7)

        found = [trend(drawn(rng, 12, near)) for _ in range(400)]

        assert sum(each is not None and each.rises is not None for each in found) / 400 <= most

    def test_is_not_told_of_a_few_months(self) -> None:
        assert trend([1.0, 2.0, 3.0, 4.0, 5.0]) is None


class TestBreak:
    def test_is_as_probable_as_pettitt_says(self) -> None:
        """K = 36: 2 exp(-6 * 1296 / (1728 + 144)) = 0.0314."""
        found = break_of([2.0] * 6 + [3.0] * 6)

        assert found is not None
        assert (found.at, found.before, found.after) == (6, 2.0, 3.0)
        assert found.probability == pytest.approx(0.03141, abs=1e-5)

    def test_is_not_told_of_a_line(self) -> None:
        assert break_of([float(value) for value in range(24)]) is None

    def test_is_less_sure_among_many(self) -> None:
        assert break_of([2.0] * 6 + [3.0] * 6, among=2) is None

    @pytest.mark.parametrize("near", [0.0, 0.6])
    def test_is_hardly_ever_told_of_what_does_not_move(self, near: float) -> None:
        rng = Random(11)

        found = [break_of(drawn(rng, 24, near)) for _ in range(200)]

        assert sum(each is not None for each in found) / 200 <= 0.09
