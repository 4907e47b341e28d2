from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log
from random import Random
from typing import TYPE_CHECKING

import pytest

from analysis.causes import Cause, Kind
from analysis.comparison import Comparison, Difference, Figure, compared
from analysis.ledger import columns_of
from tests.support.item_facts import Told, at, case, columns
from workflows.calendar import shipped
from workflows.errors import TooNearError
from workflows.item_runs import Case, ItemRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

BORDER, NOW = 100, 300
OPENED = datetime(2023, 1, 3, 1, tzinfo=UTC)  # of the office that never changes
SEEDS = 6


def day(number: float) -> date:
    moment = at(number)
    assert moment is not None
    return moment.date()


def district(before: float, after: float, limit: int = 7) -> Iterator[Case]:
    """Yield 25 projects on either side of BORDER; what takes *before* days then takes *after*."""
    for number in range(50):
        early, spread = number < 25, number % 5 * 0.1
        filed = number if early else BORDER + number
        took = (before if early else after) + spread
        run = Told(
            item="A",
            wanted=filed,
            filed=filed + (1 if early else 3) + spread,
            begun=filed + (1 if early else 3) + spread,
            end=filed + (1 if early else 3) + took,
            more={"limit": limit},
        )
        yield case([run], project=f"P{number}", filed=filed)


def differences(found: Comparison) -> dict[Figure, Difference]:
    return {each.figure: each for each in found.differences}


class TestCompared:
    def test_is_what_came_after_less_what_came_before(self) -> None:
        found = compared(columns(district(5, 9), NOW), day(BORDER))

        told = differences(found)
        slower, inside, waited = (told[each] for each in (Figure.DAYS, Figure.SHARE, Figure.WAITED))
        assert found.projects == (25, 25)
        # Followed for as long as nine in ten took: a little of the longest is cut off.
        assert slower.before == pytest.approx(5)
        assert slower.after == pytest.approx(9, abs=0.05)
        assert slower.low is not None
        assert slower.high is not None
        assert 3.85 < slower.low < slower.high < 4.12
        assert (inside.before, inside.after) == (1.0, 0.0)
        assert inside.high is not None
        assert inside.high < 0
        assert waited.before == pytest.approx(1.2)
        assert waited.after == pytest.approx(3.2)
        assert all(each.resolved for each in found.differences)

    def test_names_the_cause_that_took_more(self) -> None:
        found = compared(columns(district(5, 9), NOW), day(BORDER)).shifts

        assert found.first == Cause(Kind.WORK, "A")
        assert found.causes[0].days == pytest.approx(4, abs=0.5)

    def test_lays_the_causes_on_each_project_once(self) -> None:
        """Each of 25 projects has one attempt before the day and one after it."""
        cases = [
            case(
                [
                    Told(item="A", filed=1, begun=1, end=6 + number % 5 * 0.1),
                    Told(item="B", filed=1, begun=1, end=6),
                    Told(item="A", filed=101, begun=101, end=110 + number % 5 * 0.1, attempt=2),
                ],
                project=f"P{number}",
            )
            for number in range(25)
        ]

        found = compared(columns(cases, NOW), day(BORDER))

        assert found.projects == (25, 25)
        assert found.shifts.causes[0].days == pytest.approx(2 * 4, abs=0.2)

    def test_resolves_nothing_where_nothing_changed(self) -> None:
        """A heavy tail, most of it still open: who counts by the end is wrong in every office."""
        wrong = 0
        for seed in range(SEEDS):
            now, cases = young_office(Random(seed))
            own = columns_of(cases, shipped(), now)
            for border in (80, 160):
                found = compared(own, (OPENED + timedelta(days=border)).date())
                wrong += any(each.resolved for each in found.differences)
                wrong += found.shifts.first is not None

        assert wrong <= 3  # of 24: each is wrong in one case of twenty

    def test_is_no_worse_for_another_mix_of_items(self) -> None:
        """Later there are few short ones beside the long; each takes as long as ever."""
        cases = [
            case(
                [
                    Told(item=item, filed=filed, end=filed + took)
                    for item, took in (("short", 3), ("long", 30), ("another", 30))
                    if item == "long" or (number < 8 if later else item == "short")
                ],
                project=f"{later}-{number}",
                filed=filed,
            )
            for later, filed in ((False, 1), (True, BORDER + 1))
            for number in range(25)
        ]

        found = differences(compared(columns(cases, NOW), day(BORDER)))[Figure.DAYS]

        mixed = pytest.approx((33 * 3 + 50 * 30) / 83)
        assert found.before == mixed
        assert found.after == mixed
        assert not found.resolved

    def test_refuses_a_day_after_which_nothing_was_followed(self) -> None:
        """On day 152 the three projects of the last days are still young."""
        with pytest.raises(TooNearError):
            compared(columns(district(5, 9), 152), day(147))

    def test_gives_no_bounds_to_few_projects(self) -> None:
        few = [one for number, one in enumerate(district(5, 9)) if number % 3 == 0]

        found = compared(columns(few, NOW), day(BORDER))

        assert [each.low for each in found.differences] == [None] * 3
        assert found.shifts.resolved == 0


def young_office(rng: Random) -> tuple[datetime, list[Case]]:
    """Return an office that opened with nothing and never changed, as it is known today."""
    now = OPENED + timedelta(days=320)
    cases = []
    for number in range(150):
        filed = OPENED + timedelta(days=2 * number)
        pace = rng.lognormvariate(0, 0.3)
        runs = tuple(
            as_of(now, attempt(rng, number, item, filed, pace)) for item in ("A", "B", "C")
        )
        one = case((), project=f"P{number}")
        cases.append(replace(one, filed_at=filed, runs=runs))
    return now, cases


def attempt(rng: Random, number: int, item: str, filed: datetime, pace: float) -> ItemRun:
    days = pace * rng.lognormvariate(log(40), 0.8)
    end = filed + timedelta(days=days)
    return ItemRun(
        project=f"P{number}",
        item=item,
        department=f"D{number % 3}",
        stage=1,
        wanted_at=filed,
        filed_at=filed,
        accepted_at=filed,
        begun_at=filed + timedelta(days=days * 0.3),
        decided_at=end,
        ended_at=end,
        result="granted",
        limit=60,
    )


def as_of(now: datetime, run: ItemRun) -> ItemRun:
    """Return a run as it was known *now*: what came later had not come."""
    assert run.begun_at is not None
    assert run.ended_at is not None
    if run.ended_at > now:
        run = replace(run, decided_at=None, ended_at=None, result=None)
    assert run.begun_at is not None
    return run if run.begun_at <= now else replace(run, begun_at=None)
