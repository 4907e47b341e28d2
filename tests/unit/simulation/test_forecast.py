from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analysis.as_of import as_of
from analysis.columns import NONE
from analysis.expected import LEVELS, Adjustment, Calibration, Goal, Target, day_after
from analysis.worktime import DAY, NEVER
from simulation._forecast_standing import alike
from simulation.calibration import calibrated, finished
from simulation.forecast import Sample, bounds_of, by_goal, forecasts
from simulation.history import Queues, steps_of
from tests.support.held_out import History, by_kernel, hidden

WHOLE = Target(stage=0, unit=0, goal=Goal.PROJECT)


@cache
def history() -> History:
    """Return half a year of a busy district."""
    return by_kernel(hidden(150, 300, 11))


class TestForecasts:
    def test_are_of_what_runs_and_has_not_come(self) -> None:
        one = history()
        runs = one.columns.runs

        found = forecasts(one.columns, one.outlines, one.model.catalogue)

        assert {each.project for each in found} == set(one.running)
        names = one.columns.names.projects
        reached = {
            (names[runs.project[at]], int(runs.stage[at]))
            for at in np.flatnonzero(runs.milestone != NEVER)
        }
        ahead = {
            (each.project, each.target.stage)
            for each in found
            if each.target.goal is Goal.MILESTONE
        }
        assert ahead
        assert not ahead & reached
        assert ahead | reached >= {(code, stage) for code in one.running for stage in (1, 2, 3, 4)}
        assert all(list(each.at) == sorted(each.at) for each in found)

    def test_have_stages_come_one_after_the_other(self) -> None:
        one = history()
        at = {
            (each.project, each.target): each.at[0]
            for each in forecasts(one.columns, one.outlines, one.model.catalogue)
        }

        for (project, target), median in at.items():
            following = at.get((project, replace(target, stage=target.stage + 1)))
            if target.goal is Goal.MILESTONE and following is not None:
                assert median <= following
            assert median <= at[project, WHOLE] + 1

    def test_of_one_project_do_not_hang_on_which_others_are_asked_for(self) -> None:
        one = history()
        some = dict(list(one.running.items())[3:5])

        whole = forecasts(one.columns, one.outlines, one.model.catalogue)
        few = forecasts(one.columns, some, one.model.catalogue)

        assert few == tuple(each for each in whole if each.project in some)

    def test_are_sooner_where_nobody_else_waits(self) -> None:
        one = history()
        columns, steps = one.columns, steps_of(one.columns)
        waits = (columns.accepted != NEVER) & ~steps.taken & ~columns.over & ~steps.holding
        longest = int(np.bincount(columns.department[waits]).argmax())
        queue = np.flatnonzero(waits & (columns.department == longest))
        last = queue[np.argmax(columns.accepted[queue])]
        code = columns.names.projects[columns.project[last]]
        others = waits & (columns.project != columns.project[last])

        def median(some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
            found = forecasts(columns.chosen(some), {code: one.outlines[code]}, one.model.catalogue)
            return next(each.at[0] for each in found if each.target == WHOLE)

        assert len(queue) > 5
        assert median(~others) < median(np.ones(len(columns), dtype=np.bool_))

    def test_say_something_before_anything_has_ended(self) -> None:
        one = history()
        first = int(np.sort(one.columns.cases.filed)[2])
        early = as_of(one.columns, first)

        found = forecasts(early, one.outlines, one.model.catalogue)

        assert {each.project for each in found} == {
            early.names.projects[at]
            for at in range(len(early.cases))
            if early.cases.filed[at] != NEVER
        }
        assert all(each.at[0] > 0 for each in found)


class TestBounds:
    SAMPLE = Sample(project="p", target=WHOLE, minutes=np.arange(1000, dtype=np.float64))

    def test_are_quantiles_where_nothing_was_learned(self) -> None:
        assert bounds_of(self.SAMPLE, {}) == (499, 799, 949)

    @pytest.mark.parametrize(("border", "score"), [(100, 2.0), (900, 1.0)])
    def test_are_moved_by_what_was_learned_of_goals_as_far_off(
        self, border: int, score: float
    ) -> None:
        learned = tuple(
            Adjustment(
                goal=Goal.PROJECT,
                stage=0,
                far=far,
                border=border,
                scores=(0.0, each, each + 1),
                forecasts=1,
            )
            for far, each in ((False, 1.0), (True, 2.0))
        )

        found = bounds_of(self.SAMPLE, by_goal(learned))

        spread = self.SAMPLE.spread
        assert found == tuple(int(499.5 + each * spread) for each in (0.0, score, score + 1))


class TestAlike:
    QUEUES = Queues(
        begin=0,
        waits=np.zeros(1),
        first=np.zeros((1, 401), dtype=np.int64),
        length=np.arange(400, dtype=np.int64)[None, :] // 4,
        known=np.array([400]),
        now=np.array([0]),
    )

    def test_takes_days_on_which_as_many_waited(self) -> None:
        cells, more = alike(self.QUEUES, np.array([70]))

        lengths = self.QUEUES.length[0, cells[:, 0]]
        assert lengths.min() >= 70 - 8
        assert lengths.max() <= 70 + 8
        assert more.max() < 0.13

    def test_knows_a_queue_longer_than_any_before(self) -> None:
        _, more = alike(self.QUEUES, np.array([200]))

        assert more.min() > 0.9


class TestCalibrated:
    def test_says_nothing_of_a_short_history(self) -> None:
        one = history()
        first = int(one.columns.cases.filed.min())
        short = as_of(one.columns, first + 100 * DAY)

        assert calibrated(short, one.outlines, one.model.catalogue) is None

    def test_learns_by_goal_from_what_was_known_by_then(self) -> None:
        one = by_kernel(hidden(90, 130, 4))

        found = calibrated(one.columns, one.running, one.model.catalogue)

        assert isinstance(found, Calibration)
        assert found.until == day_after(one.columns.worktime, one.columns.now)
        assert {Goal.MILESTONE, Goal.STAGE, Goal.PROJECT} == {e.goal for e in found.adjustments}
        for each in found.adjustments:
            assert list(each.scores) == sorted(each.scores)
        assert found.forecasts == sum(each.forecasts for each in found.adjustments)
        whole = found.coverage[0]
        assert whole.goal is None
        assert [share.nominal for share in whole.levels] == list(LEVELS)
        assert whole.forecasts == sum(
            each.forecasts for each in found.coverage if each.goal is not None
        )

    def test_knows_what_completed_projects_had(self) -> None:
        one = history()

        found = finished(one.columns)

        assert found
        assert found == {code: one.outlines[code] for code in found}
        assert not set(found) & set(one.running)
        withdrawn = replace(
            one.columns,
            runs=replace(
                one.columns.runs, milestone=np.full_like(one.columns.runs.milestone, NONE)
            ),
        )
        assert finished(withdrawn) == {}
