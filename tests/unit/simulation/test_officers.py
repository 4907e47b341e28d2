"""The people of many projects: desks with so many seats, and nobody forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cli.example import FACTS
from engine.library import shipped
from simulation import district
from simulation.district import TODAY, Plan
from simulation.memory import LEADER
from simulation.officers import Officers, Staff
from simulation.world import World
from tests.support.journeys import Office, filing
from workflows import commands as c
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulation.journey import Order
    from workflows.project import Project

DESK = "drawing_review"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
FAR = datetime(2026, 12, 1, tzinfo=UTC)


class Town:
    """Some projects in memory and their people, who stop when they are told to."""

    def __init__(self, seats: int) -> None:
        """Have one reviewer with so many seats at the desk."""
        self.staff = {DESK: Staff(people=("reviewer-1",), each=seats)}
        self.officers = Officers(self.world, self.staff)
        self.offices: dict[str, Office] = {}
        self.orders: list[Order] = []
        self.longest = 0

    def world(self, project: Project) -> World:
        library = shipped()
        return World(
            catalogue=library.catalogue,
            calendar=library.calendar,
            nets=library.nets,
            habits=district.habits_of(project.code),
            luck=district.luck_of(project.code),
            desks=frozenset(self.staff),
        )

    def expect(self, number: int) -> None:
        for at in range(number):
            self.officers.expect(filing(3, FACTS, f"2603-120118-04-01-{at + 1:06d}"))

    def work(self, until: datetime) -> None:
        while (order := self.officers.next_order(until)) is not None:
            office = self.offices.setdefault(order.project, Office(approver=LEADER))
            self.officers.take(office.execute(order))
            self.orders.append(order)
            self.longest = max(self.longest, self.officers.in_hand()[DESK])

    def resumed(self) -> None:
        """Forget everything but the projects as they stand, as a new process does."""
        self.officers = Officers(self.world, self.staff)
        projects = [each.project for each in self.offices.values() if each.project is not None]
        self.officers.begin(projects, max(each.last_at for each in projects))


def claims(orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if isinstance(order.command, c.ClaimTask)]


class TestOfficers:
    def test_complete_every_project_within_the_seats_of_a_desk(self) -> None:
        town = Town(seats=1)
        town.expect(4)

        town.work(FAR)

        assert {each.project.status.value for each in town.offices.values() if each.project} == {
            "completed"
        }
        assert town.longest == 1
        assert {order.actor.id for order in claims(town.orders)} == {"reviewer-1"}

    def test_take_who_came_first(self) -> None:
        town = Town(seats=1)
        town.expect(4)

        town.work(FAR)

        times = [order.at for order in town.orders]
        assert times == sorted(times)
        called = Counter(order.project for order in claims(town.orders))
        assert set(called) == set(town.offices)

    def test_wait_longer_where_fewer_have_seats(self) -> None:
        few, many = Town(seats=1), Town(seats=50)
        for town in (few, many):
            town.expect(6)
            town.work(FAR)

        def end(town: Town) -> datetime:
            return max(each.project.last_at for each in town.offices.values() if each.project)

        assert end(few) > end(many)

    def test_go_on_where_another_process_stopped(self) -> None:
        whole, parts = Town(seats=1), Town(seats=1)
        for town in (whole, parts):
            town.expect(3)
        whole.work(FAR)

        for days in (20, 33, 47, 60):
            parts.work(START + timedelta(days=days))
            parts.resumed()
        parts.work(FAR)

        assert [order.key for order in parts.orders] == [order.key for order in whole.orders]
        assert [order.at for order in parts.orders] == [order.at for order in whole.orders]

    def test_leave_a_project_alone_when_told(self) -> None:
        town = Town(seats=1)
        town.expect(2)
        town.work(START + timedelta(days=10))
        code = next(iter(town.offices))

        town.officers.leave(code)
        done = len(town.orders)
        town.work(FAR)

        assert code not in {order.project for order in town.orders[done:]}


class TestThePlan:
    def test_is_the_same_for_the_same_seed_and_another_for_another(self) -> None:
        calendar = shipped().calendar

        one, again, other = (
            district.cases(Plan(projects=40, years=1, seed=seed), calendar) for seed in "112"
        )

        assert one == again
        assert one != other

    def test_has_all_flows_townships_and_months_of_its_years(self) -> None:
        cases = district.cases(Plan(), shipped().calendar)

        assert len(cases) == len({case.code for case in cases}) == 2300
        assert {case.flow for case in cases} == {1, 2, 3, 4, 5, 6}
        assert {case.township for case in cases} == {each.code for each in district.TOWNSHIPS}
        assert len(district.TOWNSHIPS) == 18
        assert len({case.at.strftime("%y%m") for case in cases}) >= 36
        assert cases[0].at < cases[-1].at < TODAY + timedelta(days=1)
        assert [case.at for case in cases] == sorted(case.at for case in cases)

    def test_comes_in_office_hours_of_working_days(self) -> None:
        calendar = shipped().calendar

        for case in district.cases(Plan(), calendar)[::17]:
            assert calendar.is_working(case.at.date())
            assert 1 <= case.at.hour < 9  # UTC: 09:00 to 17:00 in Shanghai


class TestReviewers:
    def test_are_one_at_least_and_each_once(self) -> None:
        everyone = [one for code in shipped().catalogue.departments for one in
                    district.reviewers_of(code)]  # fmt: skip

        assert len(everyone) == len(set(everyone))
        assert Role.REVIEWER.value == everyone[0].partition("-")[0]
