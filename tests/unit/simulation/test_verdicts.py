from __future__ import annotations

import pytest

from simulation.compare import Difference
from simulation.intervals import Interval
from simulation.measures import Figure, Measure
from simulation.verdicts import felt, verdict


def moved(
    mean: float | None, figure: Figure = Figure.DAYS, of: str = "", *, sure: bool = True
) -> Difference:
    """Return a difference whose bounds lie close by, or about nought."""
    low, high = (None, None) if mean is None else (mean - 1e-4, mean + 1e-4)
    if mean is not None and not sure:
        low, high = -abs(mean), 2 * abs(mean)
    both = Interval(mean=1.0, low=0.9, high=1.1, variance=0.1, replications=9)
    change = Interval(mean=mean, low=low, high=high, variance=0.1, replications=9)
    return Difference(measure=Measure(figure, of), before=both, after=both, moved=change)


@pytest.mark.parametrize(
    ("mean", "figure", "is_felt"),
    [
        (0.05, Figure.DAYS, True),
        (-0.05, Figure.TOWNSHIP, True),
        (0.0499, Figure.DAYS, False),
        (None, Figure.DAYS, False),
        (0.0005, Figure.INSIDE, True),
        (0.0004, Figure.INSIDE, False),
    ],
)
def test_a_difference_is_felt_from_the_last_digit_shown(
    mean: float | None, figure: Figure, *, is_felt: bool
) -> None:
    assert felt(moved(mean, figure)) is is_felt


class TestTheVerdict:
    def test_is_that_nothing_differs_where_nobody_would_feel_it(self) -> None:
        assert verdict(moved(0.04), ()) == "same"

    def test_is_open_where_it_may_be_chance(self) -> None:
        assert verdict(moved(3.0, sure=False), ()) == "open"

    def test_is_open_where_a_difference_that_is_felt_may_hide_in_the_bounds(self) -> None:
        assert verdict(moved(0.04, sure=False), ()) == "open"
        assert verdict(moved(0.02, sure=False), ()) == "same"

    def test_is_open_where_nothing_was_counted_on_one_side(self) -> None:
        assert verdict(moved(None, Figure.TOWNSHIP, "town-a"), ()) == "open"

    def test_goes_by_what_is_good(self) -> None:
        assert verdict(moved(3.0), ()) == "worse"
        assert verdict(moved(-3.0), ()) == "better"
        assert verdict(moved(0.1, Figure.INSIDE), ()) == "better"
        assert verdict(moved(-0.1, Figure.INSIDE), ()) == "worse"

    def test_says_worse_of_a_group_only_where_all_are_judged_together(self) -> None:
        one = moved(3.0, Figure.TOWNSHIP, "town-a")

        assert verdict(one, ()) == "open"
        assert verdict(one, {one.measure}) == "worse"
        assert verdict(moved(-3.0, Figure.TOWNSHIP, "town-a"), ()) == "better"
