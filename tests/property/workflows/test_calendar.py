"""Laws of legal dates, against an oracle that walks day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import shipped
from workflows.catalogue.values import DayUnit

WORKING, CALENDAR = DayUnit.WORKING_DAY, DayUnit.CALENDAR_DAY
STARTS = st.dates(date(2004, 1, 1), date(2034, 6, 1))
LIMITS = st.integers(0, 250)
UNITS = st.sampled_from(DayUnit)


def _walked(start: date, days: int) -> date:
    due = start
    while days:
        due += timedelta(days=1)
        days -= shipped().is_working(due)
    return due


class TestCalendar:
    @given(STARTS, LIMITS)
    def test_adds_as_one_walks(self, start: date, days: int) -> None:
        assert shipped().add(start, days, WORKING) == _walked(start, days)

    @given(STARTS, LIMITS, UNITS)
    def test_counts_what_it_added(self, start: date, days: int, unit: DayUnit) -> None:
        assert shipped().count(start, shipped().add(start, days, unit), unit) == days

    @given(STARTS, STARTS, STARTS, UNITS)
    def test_counts_in_parts_as_in_one(
        self, one: date, other: date, third: date, unit: DayUnit
    ) -> None:
        first, middle, last = sorted([one, other, third])

        parts = shipped().count(first, middle, unit) + shipped().count(middle, last, unit)

        assert parts == shipped().count(first, last, unit)

    @given(STARTS, LIMITS)
    def test_never_counts_more_working_than_calendar_days(self, start: date, days: int) -> None:
        end = start + timedelta(days=days)

        assert shipped().count(start, end, WORKING) <= shipped().count(start, end, CALENDAR)
