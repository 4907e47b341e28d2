from __future__ import annotations

import pytest

from simulation.chart import Lane, lanes
from simulation.errors import WorkloadError
from simulation.optimise.schedule import best_schedule
from simulation.optimise.workload import MOST_DAYS, Activity, Workload, checked


def workload(capacities: dict[str, int], **activities: Activity) -> Workload:
    return checked(Workload(capacities=capacities, activities=activities))


def of(days: int, *after: str, **demand: int) -> Activity:
    return Activity(days=days, after=after, demand=demand)


class TestBestSchedule:
    def test_works_side_by_side_as_far_as_people_go(self) -> None:
        """Six days of one, twice four of the other: 4 + 4 beside 6."""
        found = best_schedule(workload({"x": 2}, a=of(6, x=1), b=of(4, x=1), c=of(4, x=1)))

        assert (found.total, found.proved) == (8, True)

    def test_waits_for_what_comes_before(self) -> None:
        found = best_schedule(workload({}, a=of(3), b=of(2, "a"), c=of(4, "a"), d=of(1, "b", "c")))

        assert (found.total, found.starts["d"]) == (8, 7)

    def test_finds_what_no_serial_rule_does(self) -> None:
        """The longest first leaves a gap: 3+3 and 2+2+2 fill two people for six days."""
        found = best_schedule(
            workload({"x": 2}, **{f"t{n}": of(3 if n < 2 else 2, x=1) for n in range(5)})
        )

        assert (found.total, found.bound, found.proved) == (6, 6, True)

    def test_proves_by_search_what_no_bound_shows(self) -> None:
        """Three that take two of three people each can never meet: 9 days, though 6 would fill."""
        three = {name: of(3, x=2) for name in "abc"}

        found = best_schedule(workload({"x": 3}, **three))

        assert workload({"x": 3}, **three).bound() == 6
        assert (found.total, found.proved) == (9, True)

    def test_tells_the_gap_when_the_effort_runs_out(self) -> None:
        found = best_schedule(workload({"x": 3}, **{n: of(3, x=2) for n in "abc"}), effort=0.0)

        assert (found.bound, found.total, found.proved) == (6, 9, False)
        assert found.gap == pytest.approx(1 / 3)

    def test_has_room_for_what_takes_no_time_or_nobody(self) -> None:
        found = best_schedule(workload({"x": 1}, a=of(0, x=1), b=of(2, x=1), c=of(2)))

        assert found.total == 2

    def test_has_nothing_to_do_without_activities(self) -> None:
        assert best_schedule(workload({"x": 1})).total == 0


class TestUsed:
    def test_is_the_part_of_the_capacity_that_is_taken(self) -> None:
        work = workload({"x": 2, "y": 1, "z": 0}, a=of(3, x=2), b=of(1, y=1))

        assert work.used(4) == {"x": 6 / 8, "y": 1 / 4, "z": 0.0}


class TestChecked:
    @pytest.mark.parametrize(
        ("activities", "code"),
        [
            ({"a": of(1, "b")}, "workload.after_unknown"),
            ({"a": of(1, y=1)}, "workload.department_unknown"),
            ({"a": of(1, x=3)}, "workload.more_than_there_is"),
            ({"a": of(1, "b"), "b": of(1, "a")}, "workload.circle"),
            ({"a": of(1, "a")}, "workload.circle"),
            ({"a": of(MOST_DAYS), "b": of(1)}, "workload.too_many_days"),
        ],
    )
    def test_refuses_what_nobody_could_work_off(
        self, activities: dict[str, Activity], code: str
    ) -> None:
        with pytest.raises(WorkloadError) as caught:
            workload({"x": 2}, **activities)

        assert [each.code for each in caught.value.findings] == [code]


class TestLanes:
    def test_draw_a_line_for_each_activity_by_whole_days(self) -> None:
        chart = lanes(
            "A & B", "days", [Lane(name="a<", start=0, end=3), Lane(name="b", start=3, end=7)]
        )

        assert chart.startswith("<svg ")
        assert "A &amp; B" in chart
        assert "a&lt;" in chart
        assert ">3-7<" in chart
        assert all(f">{day}<" in chart for day in (0, 2, 4, 6, 8))
        assert ">10 days<" in chart
