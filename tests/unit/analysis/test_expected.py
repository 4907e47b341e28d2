from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from analysis.as_of import as_of
from analysis.columns import ATTEMPTS, Columns
from analysis.expected import Expected, Goal, Target, Told, coverage, day_after, truth
from analysis.worktime import DAY, NEVER, WorkTime
from tests.support.held_out import by_kernel, hidden
from workflows.calendar import shipped

GOAL = Target(stage=2, unit=0, goal=Goal.MILESTONE)


@cache
def history() -> Columns:
    """Return five weeks of a small district."""
    return by_kernel(hidden(40, 300, 2)).columns


def told(project: int, made: int = 0, at: tuple[int, ...] = (10, 20, 30)) -> Told:
    return Told(made=made, expected=Expected(project=f"P{project:03}", target=GOAL, at=at))


class TestCoverage:
    def test_is_the_share_that_came_no_later(self) -> None:
        reached = {(f"P{number:03}", GOAL): number for number in range(40)}

        whole, own = coverage([told(number) for number in range(40)], reached, 100)

        assert (whole.goal, own.goal, own.stage) == (None, Goal.MILESTONE, 2)
        assert (own.forecasts, own.projects, own.open) == (40, 40, 0)
        assert [share.observed for share in own.levels] == [11 / 40, 21 / 40, 31 / 40]
        middle = own.levels[1]
        assert middle.low is not None
        assert middle.high is not None
        assert middle.low < 21 / 40 < middle.high

    def test_counts_each_level_once_its_time_has_passed(self) -> None:
        reached = {("P000", GOAL): 5}

        _, own = coverage([told(0), told(1)], reached, 25)

        assert own.open == 1
        assert [share.observed for share in own.levels] == [0.5, 0.5, None]

    def test_has_no_bounds_over_few_projects(self) -> None:
        reached = {("P000", GOAL): 5}

        _, own = coverage([told(0, made) for made in range(30)], reached, 100)

        assert own.levels[0].observed is not None
        assert own.levels[0].low is None

    def test_says_nothing_of_nothing(self) -> None:
        assert coverage([], {}, 100) == ()


class TestDayAfter:
    LINE = WorkTime.of(shipped())

    @pytest.mark.parametrize(
        ("instant", "day"),
        [
            (datetime(2026, 3, 6, 8, 30, tzinfo=UTC), "2026-03-06"),
            (datetime(2026, 3, 6, 9, 0, tzinfo=UTC), "2026-03-06"),  # closes at five in Shanghai
            (datetime(2026, 3, 9, 1, 30, tzinfo=UTC), "2026-03-09"),
        ],
    )
    def test_is_the_day_on_which_a_minute_ends(self, instant: datetime, day: str) -> None:
        assert str(day_after(self.LINE, self.LINE.minute(instant))) == day

    def test_is_none_beyond_the_calendar(self) -> None:
        assert day_after(self.LINE, 10**9) is None


class TestAsOf:
    def same(self, one: Columns, other: Columns) -> bool:
        return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ATTEMPTS)

    def test_changes_nothing_at_the_end(self) -> None:
        assert self.same(as_of(history(), history().now), history())

    def test_knows_nothing_that_came_later(self) -> None:
        for part in (3, 2):
            now = history().now - part * 3 * DAY

            found = as_of(history(), now)

            times = ("filed", "received", "accepted", "begun", "decided", "ended")
            assert all(getattr(found, name).max() <= now for name in times)
            assert all(getattr(found.cases, name).max() <= now for name in ("filed", "ended"))
            moments = ("opened", "filed", "milestone", "ended")
            assert all(getattr(found.runs, name).max() <= now for name in moments)
            live = found.pause_of != NEVER
            assert found.pause_since[live].max() <= now
            assert found.pause_until.max() <= now
            assert ((found.ended == NEVER) == (found.result == 0)).all()

    def test_may_be_asked_in_two_steps(self) -> None:
        middle, early = (history().now - days * DAY for days in (5, 20))

        assert self.same(as_of(as_of(history(), middle), early), as_of(history(), early))

    def test_tells_what_has_been_reached(self) -> None:
        reached = truth(history())
        early = truth(as_of(history(), history().now - 12 * DAY))

        assert len(early) < len(reached)
        assert early.items() <= reached.items()
        assert {each.name for each in fields(Target)} == {"stage", "unit", "goal"}
