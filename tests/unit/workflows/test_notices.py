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


def by_law(year: int) -> tuple[date, ...]:
    """Return the days of the solar year that the regulation has off."""
    days = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
    return tuple(date(year, month, day) for month, day in days)


NOTICE = AdoptNotice(
    year=2027,
    off=(date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 4), date(2027, 10, 1)),
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


class TestDecide:
    @pytest.mark.parametrize(
        ("command", "error"),
        [
            (changed(off=(date(2026, 1, 1),)), BadNoticeError),
            (changed(worked=(date(2027, 1, 11),)), BadNoticeError),
            (changed(off=()), WorkedHolidayError),
            (changed(worked=(date(2027, 5, 1),)), WorkedHolidayError),
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
