from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from workflows.calendar import shipped
from workflows.catalogue.values import DayUnit
from workflows.codec import decode, encode, kind
from workflows.errors import NotAllowedError, Refusal
from workflows.facts import SYSTEM, Actor, Role
from workflows.notices import (
    AdoptNotice,
    BadNoticeError,
    FarNoticeError,
    Notices,
    PastNoticeError,
    SameNoticeError,
    WorkedHolidayError,
    calendar,
    changed_days,
    decide,
    evolve,
    read_notice,
    year_of,
)
from workflows.texts import LOCALES, refusal_text

TODAY = date(2026, 11, 20)


def solar(year: int) -> tuple[date, ...]:
    """Return the days of the solar year that the regulation has off."""
    days = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
    return tuple(date(year, month, day) for month, day in days)


def by_law(year: int) -> tuple[date, ...]:
    """Return every day that the regulation has off, the lunar ones as the shipped table has them.

    A year beyond the table knows those of the solar year alone.
    """
    known = shipped()
    return (*solar(year), *(year_of(known, year).off if year <= known.last.year else ()))


NOTICE = AdoptNotice(
    year=2027,
    off=(*by_law(2027), date(2027, 1, 4)),
    worked=(date(2027, 1, 9),),
    source="国办发明电〔2026〕1号",
)


MANY = tuple(date(2027, 1, 1) + timedelta(at) for at in range(200))


def adopted(command: AdoptNotice = NOTICE, notices: Notices | None = None) -> Notices:
    before = notices or Notices()
    return evolve(before, before.number + 1, decide(before, command, SYSTEM, TODAY))


def changed(**fields: object) -> AdoptNotice:
    known = {"year": 2027, "off": NOTICE.off, "worked": NOTICE.worked, "source": "x", **fields}
    return AdoptNotice(**known)  # type: ignore[arg-type]


class TestANotice:
    def test_makes_its_year_final(self) -> None:
        after = calendar(adopted())

        assert 2027 in shipped().provisional_years
        assert 2027 not in after.provisional_years

    def test_says_what_is_worked(self) -> None:
        after = calendar(adopted())

        assert not after.is_working(date(2027, 1, 4))
        assert after.is_working(date(2027, 1, 9))

    def test_moves_due_dates_only_behind_its_days(self) -> None:
        before, after = shipped(), calendar(adopted())
        start = date(2026, 12, 30)

        assert before.add(start, 1, DayUnit.WORKING_DAY) == after.add(start, 1, DayUnit.WORKING_DAY)
        assert before.add(start, 2, DayUnit.WORKING_DAY) < after.add(start, 2, DayUnit.WORKING_DAY)

    def test_gives_the_calendar_another_version(self) -> None:
        assert calendar(adopted()).version != shipped().version

    def test_changes_no_other_year(self) -> None:
        assert {day.year for day in changed_days(shipped(), calendar(adopted()))} == {2027}

    def test_of_the_same_year_takes_the_place_of_the_one_before(self) -> None:
        second = calendar(adopted(changed(off=by_law(2027), worked=()), adopted()))

        assert second.is_working(date(2027, 1, 4))
        assert not second.is_working(date(2027, 1, 9))

    def test_may_be_for_the_year_after_the_calendars_last(self) -> None:
        year = shipped().last.year + 1

        after = calendar(adopted(AdoptNotice(year=year, off=by_law(year), worked=(), source="x")))

        assert after.last == date(year, 12, 31)

    def test_is_read_back_from_its_event(self) -> None:
        body = decide(Notices(), NOTICE, SYSTEM, TODAY)

        assert decode(*kind(body), encode(body)) == body

    def test_may_move_the_last_days_of_the_year_before(self) -> None:
        """New Year of 2008 and 2019 did: a Saturday worked, Monday 31 December off."""
        saturday, thursday = date(2026, 12, 26), date(2026, 12, 31)
        days = {"off": (*NOTICE.off, thursday), "worked": (*NOTICE.worked, saturday)}

        after = calendar(adopted(changed(**days)))

        assert after.is_working(saturday)
        assert not after.is_working(thursday)
        assert set(changed_days(shipped(), calendar(adopted()))) | {saturday, thursday} == set(
            changed_days(shipped(), after)
        )

    def test_keeps_those_days_when_the_year_before_is_adopted_again(self) -> None:
        thursday = date(2026, 12, 31)
        first = adopted(changed(off=(*NOTICE.off, thursday)))
        known = year_of(shipped(), 2026)
        again = AdoptNotice(
            year=2026, off=(*known.off, date(2026, 12, 30)), worked=known.worked, source="x"
        )

        after = calendar(adopted(again, first))

        assert not after.is_working(thursday)
        assert not after.is_working(date(2026, 12, 30))

    def test_moves_no_day_of_the_year_before_that_has_passed(self) -> None:
        late = date(2026, 12, 31)

        with pytest.raises(PastNoticeError):
            decide(Notices(), changed(off=(*NOTICE.off, late)), SYSTEM, late)


class TestDecide:
    @pytest.mark.parametrize(
        ("command", "error"),
        [
            (changed(off=(date(2026, 1, 1),)), BadNoticeError),
            (changed(worked=(date(2027, 1, 11),)), BadNoticeError),
            (changed(off=()), WorkedHolidayError),
            (
                changed(off=year_of(shipped(), 2027).off, worked=(date(2027, 5, 1),)),
                WorkedHolidayError,
            ),
            (changed(off=solar(2027)), WorkedHolidayError),  # no Spring Festival
            (changed(off=(*by_law(2027), date(2026, 12, 23))), BadNoticeError),
            (changed(off=(*by_law(2027), date(2028, 1, 3))), BadNoticeError),
            (changed(worked=(date(2026, 12, 31),)), BadNoticeError),  # a Thursday
            (changed(off=(date(2027, 1, 9),)), BadNoticeError),
            (changed(source=" "), BadNoticeError),
            (changed(source="a\nb"), BadNoticeError),
            (
                changed(off=MANY),
                BadNoticeError,
            ),
            (changed(year=2090), FarNoticeError),
            (changed(year=1990), FarNoticeError),
            (
                AdoptNotice(year=2026, off=by_law(2026), worked=(), source="x"),
                PastNoticeError,
            ),
        ],
    )
    def test_refuses_what_no_notice_says(self, command: AdoptNotice, error: type[Refusal]) -> None:
        with pytest.raises(error) as refused:
            decide(Notices(), command, SYSTEM, TODAY)

        assert all(refusal_text(refused.value, locale) for locale in LOCALES)

    @pytest.mark.parametrize(
        ("day", "refused"),
        [
            (TODAY - timedelta(days=1), True),
            (TODAY, True),  # clocks have counted it since midnight
            (TODAY + timedelta(days=3), False),  # a Monday
        ],
    )
    def test_changes_days_to_come_only(self, day: date, *, refused: bool) -> None:
        known = shipped()
        year = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
        off = [each for each in year if each.weekday() < 5 and not known.is_working(each)]
        worked = tuple(each for each in year if each.weekday() >= 5 and known.is_working(each))
        command = AdoptNotice(year=2026, off=(*off, day), worked=worked, source="x")

        if refused:
            with pytest.raises(PastNoticeError):
                decide(Notices(), command, SYSTEM, TODAY)
        else:
            assert not calendar(adopted(command)).is_working(day)

    def test_refuses_what_changes_nothing(self) -> None:
        with pytest.raises(SameNoticeError):
            adopted(NOTICE, adopted())

    def test_listens_to_planners_and_administrators_alone(self) -> None:
        supervisor = Actor(id="s", roles=frozenset({Role.SUPERVISOR}))

        with pytest.raises(NotAllowedError):
            decide(Notices(), NOTICE, supervisor, TODAY)

    def test_may_change_what_is_left_of_this_year(self) -> None:
        known = year_of(shipped(), 2026)
        more = AdoptNotice(
            year=2026, off=(*known.off, date(2026, 12, 31)), worked=known.worked, source="x"
        )

        assert list(changed_days(shipped(), calendar(adopted(more)))) == [date(2026, 12, 31)]


class TestReadNotice:
    def test_reads_whole_dates_and_days_of_the_year(self) -> None:
        text = json.dumps(
            {"year": 2027, "source": "s", "off": ["2027-01-01", "01-04"], "worked": ["01-09"]}
        )

        assert read_notice(text).off == (date(2027, 1, 1), date(2027, 1, 4))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            '{"year": "2027", "source": "s", "off": [], "worked": []}',
            '{"year": 2027, "source": "s", "off": [1], "worked": []}',
            '{"year": 2027, "source": "s", "off": ["02-30"], "worked": []}',
            '{"year": 2027, "source": "s", "off": [], "worked": [], "more": 1}',
            "[" * 100_000,
        ],
    )
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(BadNoticeError):
            read_notice(text)


class TestYearOf:
    def test_counts_a_published_year(self) -> None:
        assert year_of(shipped(), 2025).working == 248
