"""The arithmetic of a clock, line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.attempts import attempt, limit, stop
from tests.support.catalogues import shipped as catalogue
from tests.support.law_office import CALENDAR, filed
from workflows.clock import clock
from workflows.clock_lines import Line, Rule, lines, sheet
from workflows.errors import UnknownItemError
from workflows.texts import LOCALES, texts

if TYPE_CHECKING:
    from workflows.project import Attempt


def shown(one: Attempt, on: date, *, statutory: bool = False) -> dict[date, Line]:
    seen = clock(one, CALENDAR, on)
    reading = seen.statutory if statutory else seen.committed
    assert reading is not None
    return {line.day: line for line in lines(one, reading, CALENDAR, catalogue(), on)}


class TestLines:
    def test_name_the_rule_of_every_date(self) -> None:
        one = attempt(date(2026, 9, 28), committed=limit(7))

        found = shown(one, date(2026, 10, 12))

        assert [found[date(2026, 9, 28)].rule, found[date(2026, 9, 29)].rule] == [
            Rule.START,
            Rule.WORKING,
        ]
        assert found[date(2026, 10, 1)].rule is Rule.HOLIDAY
        assert found[date(2026, 10, 10)].rule is Rule.WORKED_WEEKEND
        assert found[date(2026, 10, 11)].rule is Rule.WEEKEND

    def test_give_each_rule_its_source(self) -> None:
        one = attempt(
            date(2026, 9, 28),
            committed=limit(7),
            pauses=[
                stop(date(2026, 9, 28), date(2026, 9, 29)),
                replace(
                    stop(date(2026, 10, 8), date(2026, 10, 9), "procedure"),
                    procedure="fire_expert_review",
                ),
            ],
        )

        found = shown(one, date(2026, 10, 12))

        assert found[date(2026, 9, 29)].source == "BLZT"
        assert found[date(2026, 9, 30)].source == "XKF82"
        assert found[date(2026, 10, 1)].source == f"calendar {CALENDAR.version}"
        assert (found[date(2026, 10, 9)].source, found[date(2026, 10, 9)].procedure) == (
            "XF22",
            "fire_expert_review",
        )

    def test_credit_art_32_with_no_day_after_acceptance(self) -> None:
        """行政许可法 art. 32 speaks of what comes before acceptance; later, it is practice."""
        one = attempt(
            date(2026, 3, 4),
            filed=date(2026, 3, 2),
            pauses=[stop(date(2026, 3, 3), date(2026, 3, 6)), stop(date(2026, 3, 9), None)],
        )

        found = shown(one, date(2026, 3, 11))

        asked_before, asked_after = found[date(2026, 3, 5)], found[date(2026, 3, 10)]
        assert (asked_before.rule, asked_before.source) == (Rule.SUPPLEMENT, "XKF32")
        assert (asked_after.rule, asked_after.source) == (Rule.SUPPLEMENT, "BLZT")

    def test_end_where_the_calendar_ends(self) -> None:
        one = attempt(CALENDAR.last - timedelta(days=9), committed=limit(30))

        found = shown(one, CALENDAR.last - timedelta(days=5))

        assert max(found) == CALENDAR.last - timedelta(days=5)
        assert max(shown(one, CALENDAR.last + timedelta(days=9))) == CALENDAR.last

    def test_look_ahead_to_the_due_date(self) -> None:
        found = shown(attempt(date(2026, 3, 2), committed=limit(5)), date(2026, 3, 4))

        assert max(found) == date(2026, 3, 9)
        assert next(day for day, line in found.items() if line.ahead) == date(2026, 3, 5)

    def test_do_not_look_beyond_an_open_pause(self) -> None:
        one = attempt(date(2026, 3, 2), pauses=[stop(date(2026, 3, 3), None)])

        assert max(shown(one, date(2026, 3, 6))) == date(2026, 3, 6)

    def test_end_with_the_decision(self) -> None:
        one = attempt(date(2026, 3, 2), decided=date(2026, 3, 5))

        assert max(shown(one, date(2026, 3, 31))) == date(2026, 3, 5)

    def test_mark_the_days_of_an_extension_and_those_beyond(self) -> None:
        one = attempt(date(2026, 3, 2), committed=limit(2), extension=1)

        found = shown(one, date(2026, 3, 6))

        assert (found[date(2026, 3, 4)].extended, found[date(2026, 3, 5)].extended) == (
            False,
            True,
        )
        assert (found[date(2026, 3, 5)].late, found[date(2026, 3, 6)].late) == (False, True)

    @pytest.mark.parametrize("article", ["XKF42", "HZTL10"])
    def test_name_the_article_that_an_extension_rests_on(self, article: str) -> None:
        one = attempt(date(2026, 3, 2), committed=limit(2), extension=1, article=article)

        assert shown(one, date(2026, 3, 6))[date(2026, 3, 5)].source == article

    def test_count_every_day_of_a_limit_in_calendar_days(self) -> None:
        one = attempt(date(2026, 9, 30), statutory=limit(7, "calendar_day", "JZF8"))

        found = shown(one, date(2026, 10, 3), statutory=True)

        assert [line.number for line in found.values()] == [None, 1, 2, 3, 4, 5, 6, 7]

    def test_say_which_years_are_provisional(self) -> None:
        found = shown(attempt(date(2026, 12, 22)), date(2026, 12, 23))

        assert not found[date(2026, 12, 23)].provisional
        assert found[date(2026, 12, 24)].provisional  # the next notice may move it
        assert found[date(2027, 1, 4)].provisional

    @pytest.mark.parametrize("rule", Rule)
    def test_have_words_for_every_rule(self, rule: Rule) -> None:
        assert set(texts()[f"clock.rule.{rule}"]) == {"zh", "en"}
        assert len(LOCALES) == 2


class TestSheet:
    def test_is_bare_before_the_first_filing(self) -> None:
        office = filed(3)

        seen = sheet(office.project, "S3-12", 0, catalogue(), CALENDAR, date(2026, 3, 3))

        assert (seen.attempt, seen.clock, seen.committed, seen.reported) == (0, None, None, None)

    def test_tells_of_the_last_attempt(self) -> None:
        office = filed(3, approval_catalogue=True)
        office.accept("S1-04")

        seen = sheet(office.project, "S1-04", 0, catalogue(), CALENDAR, date(2026, 3, 9))

        assert seen.committed is not None
        assert seen.statutory is not None
        assert (seen.committed.reading.limit, seen.statutory.reading.limit) == (10, 20)
        assert seen.filed == date(2026, 3, 2)

    def test_refuses_an_unknown_item(self) -> None:
        with pytest.raises(UnknownItemError):
            sheet(filed(3).project, "S9-99", 0, catalogue(), CALENDAR, date(2026, 3, 9))
