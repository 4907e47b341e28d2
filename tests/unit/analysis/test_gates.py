from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.choice import EVER, Period
from analysis.columns import NONE
from analysis.gating import gates
from analysis.report import report
from analysis.worktime import DAY
from tests.support.item_facts import Told, at, case, columns, stage
from workflows.catalogue.values import Join

if TYPE_CHECKING:
    from analysis.columns import Columns

COUNTS = {"milestone": True}


def told(join: Join, *runs: Told, milestone: float) -> Columns:
    return columns([case(runs, stage(filed=1, milestone=milestone, join=join))], 100)


class TestTheGateOfAMilestone:
    def test_is_later_than_its_runner_up_by_the_credit(self) -> None:
        found = gates(
            told(
                Join.ALL,
                Told(item="A", filed=1, end=5, more=COUNTS),
                Told(item="B", filed=1, end=12, more=COUNTS),
                Told(item="C", filed=1, end=9, more=COUNTS),
                Told(item="D", filed=1, end=30),  # no milestone of its own
                milestone=12,
            )
        )

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (1, 2, 3 * DAY)

    def test_counts_from_the_filing_where_nothing_else_was_to_end(self) -> None:
        found = gates(told(Join.ALL, Told(item="A", filed=1, end=5, more=COUNTS), milestone=5))

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (0, NONE, 4 * DAY)

    def test_is_the_first_where_any_one_is_enough_and_costs_nothing(self) -> None:
        found = gates(
            told(
                Join.ANY,
                Told(item="A", filed=1, end=9, more=COUNTS),
                Told(item="B", filed=1, end=5, more=COUNTS),
                milestone=5,
            )
        )

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (1, 0, 0)

    def test_costs_nothing_where_any_one_is_enough_and_one_came(self) -> None:
        found = gates(
            told(
                Join.ANY,
                Told(item="A", filed=1, end=9, more=COUNTS),
                Told(item="B", filed=1, end=None, more=COUNTS),
                milestone=9,
            )
        )

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (0, NONE, 0)

    def test_is_no_refusal_and_no_second_try_beside_itself(self) -> None:
        found = gates(
            told(
                Join.ALL,
                Told(item="A", filed=1, end=4, result="refused", more=COUNTS),
                Told(item="A", filed=5, end=9, attempt=2, more=COUNTS),
                Told(item="B", filed=1, end=6, more=COUNTS),
                milestone=9,
            )
        )

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (1, 2, 3 * DAY)

    def test_stays_where_its_grant_is_taken_back_later(self) -> None:
        found = gates(
            told(
                Join.ALL,
                Told(item="A", filed=1, end=9, result="revoked", more=COUNTS),
                Told(item="B", filed=1, end=6, more=COUNTS),
                milestone=9,
            )
        )

        assert (found.gate[0], found.credit[0]) == (0, 3 * DAY)

    def test_is_none_of_those_granted_again_afterwards(self) -> None:
        found = gates(
            told(
                Join.ALL,
                Told(item="A", filed=1, end=9, more=COUNTS),
                Told(item="B", filed=1, end=6, more=COUNTS),
                Told(item="B", filed=20, end=25, attempt=2, more=COUNTS),
                milestone=9,
            )
        )

        assert (found.gate[0], found.runner_up[0], found.credit[0]) == (0, 1, 3 * DAY)


class TestTheGatesOfAPeriod:
    """Two runs: one closed on day 12, by B after A, one on day 40."""

    @pytest.fixture
    def district(self) -> Columns:
        first = case(
            [
                Told(item="A", filed=1, end=5, more=COUNTS),
                Told(item="B", filed=1, end=12, more=COUNTS),
            ],
            stage(filed=1, milestone=12, ended=12, join=Join.ALL),
            project="P1",
        )
        second = case(
            [
                Told(item="A", filed=1, end=30, more=COUNTS),
                Told(item="B", filed=1, end=40, more=COUNTS),
            ],
            stage(filed=1, milestone=40, ended=40, join=Join.ALL),
            project="P2",
        )
        return columns([first, second], 100)

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (None, 35, [("B", 1, 7)]),
            (8, None, [("B", 2, 8.5)]),
            (8, 20, [("B", 1, 7)]),
            (13, 35, []),
        ],
    )
    def test_are_those_of_the_runs_that_closed_in_it(
        self,
        district: Columns,
        since: float | None,
        until: float | None,
        expected: list[tuple[str, int, float]],
    ) -> None:
        first, last = at(since), at(until)
        period = replace(
            EVER,
            since=None if first is None else first.date(),
            until=None if last is None else last.date(),
        )

        found = report(district, period=period).gates

        for milestone in (True, False):
            own = [each for each in found if each.milestone is milestone]
            assert [(each.item, each.closed, each.credit_days) for each in own] == expected

    def test_leave_the_path_whole(self, district: Columns) -> None:
        """What lies before the period still belongs to the path of a run that closed in it."""
        since = at(35)
        assert since is not None

        found = report(district, period=Period(since=since.date())).path

        assert sum(each.days for each in found.causes) == pytest.approx(40)


class TestNoGates:
    def test_are_told_of_nothing(self) -> None:
        found = gates(columns([], 1))

        assert not np.size(found.gate)
