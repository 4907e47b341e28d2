"""What comes to the district follows from the day, however its clock is pushed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from engine.library import shipped
from simulation.arrivals import A_DAY, MOST, coming, filing_of
from simulation.district import OWNERS, TODAY, TOWNSHIPS, Case, Plan, cases
from workflows.calendar import shipped as shipped_calendar
from workflows.moments import local_date

CALENDAR = shipped_calendar()
PLACES = tuple(each.code for each in TOWNSHIPS)
BUILDERS = tuple(each.code for each in OWNERS)
LATER = TODAY + timedelta(days=140)  # a hundred working days, more or less


def found(
    until: timedelta, since: timedelta = timedelta(0), places: tuple[str, ...] = PLACES
) -> list[Case]:
    return list(coming(TODAY + since, TODAY + until, places, BUILDERS, CALENDAR))


class TestWhatComes:
    def test_is_two_or_three_projects_a_working_day(self) -> None:
        many = found(LATER - TODAY)

        days = sum(
            CALENDAR.is_working(local_date(TODAY) + timedelta(days=at))
            for at in range((LATER - TODAY).days)
        )
        assert abs(len(many) / days - A_DAY) < 0.5
        assert max(Counter(local_date(each.at) for each in many).values()) <= MOST

    def test_is_the_same_in_one_push_and_in_many(self) -> None:
        at_once = found(timedelta(days=7))

        by_days = [
            case for day in range(7) for case in found(timedelta(days=day + 1), timedelta(days=day))
        ]

        assert len(at_once) > 5
        assert list(dict.fromkeys(case.code for case in by_days)) == [c.code for c in at_once]

    def test_comes_in_office_hours_of_working_days_in_order(self) -> None:
        many = found(LATER - TODAY)

        assert [case.at for case in many] == sorted(case.at for case in many)
        assert all(CALENDAR.is_working(local_date(case.at)) for case in many)
        assert all(1 <= case.at.hour < 9 for case in many)  # 9 to 17 in Shanghai

    def test_never_has_the_code_of_another_project(self) -> None:
        planned = [case.code for case in cases(Plan(), CALENDAR)]

        codes = planned + [case.code for case in found(LATER - TODAY)]

        assert len(set(codes)) == len(codes)

    def test_leaves_alone_who_is_not_there(self) -> None:
        some = found(LATER - TODAY, places=PLACES[:3])

        assert {case.township for case in some} <= set(PLACES[:3])
        assert 0 < len(some) < len(found(LATER - TODAY)) / 3
        assert found(LATER - TODAY, places=()) == []
        assert list(coming(TODAY, LATER, PLACES, (), CALENDAR)) == []

    def test_is_filed_by_its_owner_at_its_instant(self) -> None:
        case = found(timedelta(days=1))[0]

        order = filing_of(case, shipped().catalogue)

        assert (order.project, order.at) == (case.code, case.at)
        assert order.actor.organisation == case.owner.code
