"""Schedules of small random workloads beside trying every start."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.optimise.schedule import best_schedule
from simulation.optimise.schedule_search import searched
from simulation.optimise.serial import ended, serial_plan
from simulation.optimise.workload import Activity, Workload, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES = "abcdefgh"
CAPACITIES = {"x": 3, "y": 2}


@st.composite
def workloads(draw: st.DrawFn, most: int = 8, longest: int = 6) -> Workload:
    codes = CODES[: draw(st.integers(1, most))]
    waits = [pair for pair in combinations(codes, 2) if draw(st.integers(0, 3)) == 0]
    return Workload(
        capacities=CAPACITIES,
        activities={
            code: Activity(
                days=draw(st.integers(0, longest)),
                after=tuple(a for a, b in waits if b == code),
                demand={name: draw(st.integers(0, most)) for name, most in CAPACITIES.items()},
            )
            for code in codes
        },
    )


def breaks(workload: Workload, starts: Mapping[str, int]) -> list[str]:
    """Return what is wrong with the starts of some of the activities, day by day."""
    work = {code: workload.activities[code] for code in starts}
    wrong = [
        f"{each} before {code}"
        for code, activity in work.items()
        for each in activity.after
        if each in starts and starts[each] + work[each].days > starts[code]
    ]
    for day in range(ended(workload, starts)):
        run = [
            each for code, each in work.items() if starts[code] <= day < starts[code] + each.days
        ]
        for name, capacity in workload.capacities.items():
            taken = sum(each.demand.get(name, 0) for each in run)
            wrong += [f"{taken} of {name} on day {day}"] * (taken > capacity)
    return wrong


def can_end(workload: Workload, last: int) -> bool:
    """Try every start of every activity."""
    order = workload.order()

    def tried(starts: dict[str, int]) -> bool:
        if len(starts) == len(order):
            return True
        code = order[len(starts)]
        return any(
            not breaks(workload, {**starts, code: day}) and tried({**starts, code: day})
            for day in range(last - workload.activities[code].days + 1)
        )

    return tried({})


class TestBestSchedule:
    @settings(max_examples=50, deadline=None)
    @given(workloads())
    def test_keeps_every_rule_and_its_bounds(self, workload: Workload) -> None:
        found = best_schedule(checked(workload))

        assert breaks(workload, found.starts) == []
        assert found.total == ended(workload, found.starts)
        assert workload.bound() <= found.bound == found.total <= found.serial

    @settings(max_examples=40, deadline=None)
    @given(workloads(most=4, longest=3))
    def test_is_as_short_as_trying_everything(self, workload: Workload) -> None:
        found = best_schedule(workload)

        assert found.proved
        assert not can_end(workload, found.total - 1)

    @settings(max_examples=40, deadline=None)
    @given(workloads())
    def test_is_found_as_well_from_a_bad_plan(self, workload: Workload) -> None:
        day, slow = 0, dict[str, int]()
        for code in workload.order():
            slow[code] = day
            day += workload.activities[code].days

        starts, bound = searched(workload, slow, 0, 10.0)

        assert breaks(workload, starts) == []
        assert ended(workload, starts) == bound == best_schedule(workload).total


class TestSerialPlan:
    @settings(max_examples=60, deadline=None)
    @given(workloads())
    def test_keeps_every_rule(self, workload: Workload) -> None:
        starts = serial_plan(workload)

        assert starts.keys() == workload.activities.keys()
        assert breaks(workload, starts) == []
