"""Working days: against an independent library, the notices themselves, and bad tables."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest

from workflows.calendar import (
    DATA,
    Calendar,
    CalendarDataError,
    OutsideCalendarError,
    load,
    shipped,
)
from workflows.calendar_build import build
from workflows.catalogue.values import DayUnit

WORKING, CALENDAR = DayUnit.WORKING_DAY, DayUnit.CALENDAR_DAY


class TestShippedCalendar:
    def test_equals_an_independent_library_day_by_day(self) -> None:
        """One day differs, and there the notice is with us.

        国办发明电〔2005〕35号 on 2006: 12月31日(星期六)上班. That library reads each notice for its
        own year only.
        """
        days = (date(2004, 1, 1) + timedelta(days=at) for at in range(8401))

        wrong = [d for d in days if shipped().is_working(d) is not chinese_calendar.is_workday(d)]

        assert wrong == [date(2005, 12, 31)]

    def test_holds_the_working_days_of_the_notices(self) -> None:
        found = {
            year: shipped().count(date(year - 1, 12, 31), date(year, 12, 31), WORKING)
            for year in range(2020, 2026)
        }

        assert found == {2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248}

    def test_is_what_the_generator_makes(self) -> None:
        assert DATA.read_text(encoding="utf-8") == build()

    @pytest.mark.parametrize(("year", "expected"), [(2004, False), (2026, False), (2027, True)])
    def test_flags_years_without_a_notice(self, year: int, expected: bool) -> None:
        assert shipped().provisional(date(year, 6, 1)) is expected

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2025, 12, 31), False),
            (date(2026, 12, 23), False),
            (date(2026, 12, 24), True),
            (date(2026, 12, 31), True),
        ],
    )
    def test_flags_days_that_the_next_notice_may_move(self, day: date, *, expected: bool) -> None:
        assert shipped().provisional(day) is expected
        assert shipped().unsettled(date(2026, 12, 1), day) is (expected and day.year == 2026)

    def test_knows_its_borders(self) -> None:
        assert (shipped().first, shipped().last) == (date(2004, 1, 1), date(2035, 12, 31))


class TestTheYearAfterTheTable:
    def test_may_still_move_the_last_days_of_december(self) -> None:
        """Its notice is not there either, however final the table's own years are."""
        final = replace(shipped(), provisional_years=frozenset())

        assert final.provisional(date(2035, 12, 30))
        assert not final.provisional(date(2035, 12, 23))


class TestAdd:
    @pytest.mark.parametrize(
        ("start", "days", "unit", "due"),
        [
            (date(2024, 2, 9), 1, WORKING, date(2024, 2, 18)),  # a Sunday worked after the feast
            (date(2024, 9, 30), 5, WORKING, date(2024, 10, 12)),  # a Saturday worked
            (date(2024, 2, 10), 0, WORKING, date(2024, 2, 10)),  # a holiday, no days
            (date(2024, 2, 9), 1, CALENDAR, date(2024, 2, 10)),
            (date(2024, 2, 28), 2, CALENDAR, date(2024, 3, 1)),
            (date(2035, 12, 1), 60, CALENDAR, date(2036, 1, 30)),
        ],
    )
    def test_counts_days_after_the_start(
        self, start: date, days: int, unit: DayUnit, due: date
    ) -> None:
        assert shipped().add(start, days, unit) == due

    def test_refuses_to_run_beyond_the_table(self) -> None:
        with pytest.raises(OutsideCalendarError) as refusal:
            shipped().add(date(2035, 12, 20), 30, WORKING)

        assert refusal.value.code == "calendar.outside"
        assert refusal.value.params["last"] == "2035-12-31"

    @pytest.mark.parametrize("day", [date(2003, 12, 31), date(2036, 1, 1)])
    def test_refuses_a_day_outside(self, day: date) -> None:
        for ask in (shipped().is_working, shipped().provisional):
            with pytest.raises(OutsideCalendarError):
                ask(day)
        with pytest.raises(OutsideCalendarError):
            shipped().add(day, 1, WORKING)

    def test_refuses_a_negative_limit(self) -> None:
        with pytest.raises(ValueError, match="-1 days"):
            shipped().add(date(2024, 2, 9), -1, WORKING)


class TestCount:
    def test_leaves_out_the_start_and_takes_the_end(self) -> None:
        assert shipped().count(date(2024, 3, 4), date(2024, 3, 5), WORKING) == 1
        assert shipped().count(date(2024, 3, 4), date(2024, 3, 4), WORKING) == 0

    def test_is_nothing_when_the_end_comes_first(self) -> None:
        assert shipped().count(date(2024, 3, 5), date(2024, 3, 4), WORKING) == 0
        assert shipped().count(date(2024, 3, 5), date(2024, 3, 4), CALENDAR) == 0

    def test_refuses_an_end_outside(self) -> None:
        with pytest.raises(OutsideCalendarError):
            shipped().count(date(2035, 12, 1), date(2036, 1, 2), WORKING)


def _table(**years: dict[str, Any]) -> str:
    plain = {"off": [], "worked": [], "provisional": False}
    return json.dumps({"years": {year[1:]: plain | entry for year, entry in years.items()}})


class TestLoad:
    def test_reads_a_local_table(self) -> None:
        calendar = load(_table(y2024={"off": ["01-02"], "worked": ["01-06"]}))

        assert not calendar.is_working(date(2024, 1, 2))
        assert calendar.is_working(date(2024, 1, 6))
        assert not calendar.is_working(date(2024, 1, 7))

    def test_gives_another_version_when_a_day_or_a_flag_changes(self) -> None:
        tables = [
            _table(y2024={}),
            _table(y2024={"off": ["01-02"]}),
            _table(y2024={"provisional": True}),
        ]

        assert len({load(table).version for table in tables}) == 3

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "JSONDecodeError"),
            ("[]", "TypeError"),
            ('{"years": {}}', "ValueError"),
            ('{"years": {"2024": {}}}', "KeyError"),
            (_table(y2024={"off": ["02-30"]}), "ValueError"),
            (_table(y2024={"off": ["01-06"]}), "2024-01-06 is a weekend day"),
            (_table(y2024={"worked": ["01-02"]}), "2024-01-02 is a weekday"),
            (_table(y2023={}, y2025={}), "not one after the other"),
        ],
    )
    def test_refuses_a_table_that_contradicts_itself(self, text: str, problem: str) -> None:
        with pytest.raises(CalendarDataError, match=problem):
            load(text)

    def test_refuses_days_that_do_not_fill_the_span(self) -> None:
        with pytest.raises(CalendarDataError):
            Calendar(first=date(2024, 1, 1), last=date(2024, 1, 3), version="x", days=(True,))
