"""A cause that was made a quarter slower is found, and nothing else is ever blamed for sure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from analysis.causes import Cause, Ranking, charges, shifts
from analysis.ledger import columns_of
from engine.library import shipped
from tests.support.planted import PLANTED, Pace, instant, period

if TYPE_CHECKING:
    from workflows.item_runs import Case

PROJECTS = 24
RAISED = 1.25
DAYS = 480  # minutes of a working day
LATER, TODAY = 400 * DAYS, 700 * DAYS


@cache
def baseline(seed: int) -> tuple[Case, ...]:
    return period(f"{seed}-before", Pace(), PROJECTS, 0)


@cache
def ranked(seed: int, cause: Cause | None) -> Ranking:
    """Compare a period as usual with one in which *cause* took a quarter longer."""
    slower = {} if cause is None else {cause: RAISED}
    before = baseline(seed)
    after = period(f"{seed}-{cause}", Pace(slower=slower), PROJECTS, LATER)
    columns = columns_of((*before, *after), shipped().calendar, instant(TODAY))
    early = columns.project < PROJECTS
    return shifts(charges(columns.chosen(early)), charges(columns.chosen(~early)))


def blamed(seeds: range, cause: Cause | None) -> list[Cause | None]:
    """Return which cause was first for sure, seed by seed; None = unresolved."""
    return [ranked(seed, cause).first for seed in seeds]


class TestAPlantedCause:
    @pytest.mark.parametrize("cause", PLANTED, ids=str)
    def test_is_first_or_unresolved(self, cause: Cause) -> None:
        found = blamed(range(2), cause)

        assert set(found) <= {cause, None}

    @pytest.mark.slow
    @pytest.mark.parametrize("cause", PLANTED, ids=str)
    def test_is_found_over_a_hundred_seeds(self, cause: Cause) -> None:
        found = blamed(range(100), cause)

        assert set(found) <= {cause, None}
        assert found.count(cause) >= 40  # else "unresolved" would be an easy answer

    @pytest.mark.slow
    def test_is_not_made_up_where_nothing_changed(self) -> None:
        found = blamed(range(40), None)

        assert found.count(None) >= 38

    def test_leads_the_ranking_even_where_it_is_unresolved(self) -> None:
        for cause in PLANTED[:3]:
            assert ranked(0, cause).causes[0].cause == cause
