from __future__ import annotations

from datetime import date

import pytest

from analysis import groups, queues
from analysis.choice import Period
from analysis.report import report, rolling
from analysis.worktime import DAY, number_of
from tests.support.item_facts import Told, at, case, columns


class TestFigures:
    def test_count_what_was_refused(self) -> None:
        results = ("granted", "granted", "refused", "lapsed", "withdrawn", "revoked", "complete")
        runs = [
            Told(item=f"I{number}", filed=1, end=5, result=result)
            for number, result in enumerate(results)
        ]

        found = groups.whole(groups.measures(columns([case(runs)], 20)))

        assert (found.ended, found.refused) == (7, 3)


class TestRolling:
    def test_tells_six_months_up_to_the_one_in_which_the_period_ends(self) -> None:
        runs = [
            Told(item=f"I{number}", filed=1, end=10 + 20 * number, more={"limit": 40})
            for number in range(12)
        ]
        own = columns([case(runs)], 260)
        measured = groups.measures(own)

        now = rolling(own, measured)[""]
        then = rolling(own, measured, Period(until=date(2023, 6, 15)))[""]

        today = date.fromordinal(own.today + date(1970, 1, 1).toordinal())
        assert len(now) == 6
        assert now[-1].month == f"{today:%Y-%m}"
        assert [each.month for each in then] == [f"2023-{month:02d}" for month in range(1, 7)]
        ended = [f"{run.ended_at:%Y-%m}" for run in case(runs).runs]
        assert [each.ended for each in then] == [ended.count(each.month) for each in then]
        assert then[0].share == 1.0


class TestQueues:
    """Work begins two days after the filing and takes three, on days 1, 11, 21 and 31."""

    runs = tuple(
        Told(item=f"I{number}", filed=filed, begun=filed + 2, end=filed + 5)
        for number, filed in enumerate((1, 11, 21, 31))
    )

    def test_are_those_of_their_window(self) -> None:
        own = columns([case(self.runs)], 50)
        first, last = own.worktime.minute(at(10)), own.worktime.minute(at(30))

        (found,) = queues.queues(own, (first, last), {"d": 2})

        assert found.arrivals == pytest.approx(2 / 20)
        assert found.waiting == pytest.approx(2 * 2 / 20)
        assert found.wait_days == pytest.approx(2)
        assert found.balance == pytest.approx(1)
        assert found.in_hand == pytest.approx(2 * 3 / 20)
        assert found.utilisation == pytest.approx(2 * 3 / 20 / 2)

    def test_hold_what_is_still_open_and_what_ended_later(self) -> None:
        """A report on a period asks who stood there meanwhile, whenever that ended."""
        runs = [*self.runs, Told(item="open", filed=12, end=None)]
        own = columns([case([*runs, Told(item="late", filed=12, begun=20, end=45)])], 50)
        since, until = at(10), at(29)
        assert since is not None
        assert until is not None
        period = Period(since=since.date(), until=until.date())

        (found,) = report(own, period=period).queues

        length = 20
        assert found.arrivals == pytest.approx(4 / length)
        assert found.waiting * length == pytest.approx(2 + 2 + 18 + 8, abs=0.01)
        assert found.in_hand * length == pytest.approx(3 + 3 + 10, abs=0.01)

    def test_are_out_of_balance_while_the_line_grows_or_is_worked_off(self) -> None:
        """One comes a day; nobody is taken in hand before day 21, then two a day."""
        runs = [
            Told(item=f"I{day}", filed=day, begun=20.5 + day / 2, end=48) for day in range(1, 21)
        ]
        own = columns([case(runs)], 50)
        first, middle, last = (own.worktime.minute(at(day)) for day in (1, 20, 31))

        (growing,) = queues.queues(own, (first, middle))
        (shrinking,) = queues.queues(own, (middle, last))
        (whole,) = queues.queues(own, (first, last))

        assert growing.balance == 0
        assert shrinking.balance is not None
        assert shrinking.balance > 1.5
        assert whole.balance == pytest.approx(1)

    def test_have_no_balance_where_nobody_waited(self) -> None:
        own = columns([case([Told(item="A", filed=1, begun=1, end=5)])], 50)

        (found,) = queues.queues(own)

        assert found.balance is None


class TestAPeriod:
    def test_ends_with_its_last_day(self) -> None:
        own = columns([case([Told(item="A", filed=1, end=5)])], 50)
        day = at(5)
        assert day is not None
        last = day.date()

        low, high = Period(since=last, until=last).minutes(own.worktime, own.now)

        assert low is not None
        assert high - low == DAY
        assert low == own.worktime.morning(number_of(last))
