"""The clock of one attempt, on dates of March 2026 (the 2nd is a Monday; no holidays)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.attempts import attempt, limit, stop
from tests.support.law_office import march
from workflows.calendar import OutsideCalendarError, shipped
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp, clock
from workflows.events import PauseKind
from workflows.spans import due, merged, provisional

CALENDAR = shipped()
DAY = timedelta(days=1)
WORKING, NATURAL = DayUnit.WORKING_DAY, DayUnit.CALENDAR_DAY


class TestClock:
    def test_does_not_begin_before_acceptance(self) -> None:
        seen = clock(attempt(None), CALENDAR, march(20))

        assert (seen.start, seen.used, seen.committed, seen.lamp) == (None, 0, None, Lamp.NONE)

    def test_does_not_count_the_day_of_acceptance(self) -> None:
        seen = clock(attempt(march(2)), CALENDAR, march(2))

        assert (seen.used, seen.span) == (0, 0)

    def test_counts_the_day_that_it_is_asked_for(self) -> None:
        assert clock(attempt(march(2)), CALENDAR, march(3)).used == 1

    def test_counts_by_the_legal_date_in_shanghai(self) -> None:
        late_in_utc = datetime(2026, 3, 2, 17, tzinfo=UTC)  # already the 3rd in Shanghai
        begun = replace(attempt(march(2)), accepted_at=late_in_utc)

        assert clock(begun, CALENDAR, march(4)).used == 1

    def test_stops_at_the_decision_not_at_the_delivery(self) -> None:
        done = attempt(march(2), decided=march(6), ended=march(13))

        seen = clock(done, CALENDAR, march(31))

        assert (seen.end, seen.used, seen.span) == (march(6), 4, 4)

    def test_holds_each_limit_in_its_own_unit(self) -> None:
        one = attempt(march(2), committed=limit(5), statutory=limit(7, "calendar_day", "JZF8"))

        seen = clock(one, CALENDAR, march(9))

        assert seen.committed is not None
        assert seen.statutory is not None
        assert (seen.committed.used, seen.committed.due) == (5, march(9))
        assert (seen.statutory.used, seen.statutory.due) == (7, march(9))
        assert seen.statutory.unit is NATURAL
        assert seen.statutory.source == "JZF8"

    def test_has_no_figures_without_a_limit(self) -> None:
        bare = replace(attempt(march(2)), committed=None)

        seen = clock(bare, CALENDAR, march(9))

        assert (seen.committed, seen.lamp, seen.used) == (None, Lamp.NONE, 5)

    def test_refuses_a_year_before_the_calendar(self) -> None:
        first = CALENDAR.first
        with pytest.raises(OutsideCalendarError):
            clock(attempt(first - DAY), CALENDAR, first + DAY)


class TestBeyondTheCalendar:
    """No working day is known there: what can be said is said, and that it is not all."""

    def test_a_due_day_is_unknown_and_the_rest_is_told(self) -> None:
        start = CALENDAR.last - 14 * DAY
        seen = clock(attempt(start, committed=limit(30)), CALENDAR, CALENDAR.last - 7 * DAY)

        assert seen.committed is not None
        assert (seen.committed.due, seen.committed.beyond) == (None, True)
        assert seen.committed.provisional
        assert seen.committed.used == seen.used > 0
        assert seen.lamp is Lamp.GREEN

    def test_what_is_overdue_stays_red(self) -> None:
        one = attempt(CALENDAR.last - 30 * DAY, committed=limit(3))

        seen = clock(one, CALENDAR, CALENDAR.last + 30 * DAY)

        assert seen.committed is not None
        assert (seen.committed.overdue, seen.lamp) == (True, Lamp.RED)
        assert (seen.committed.beyond, seen.span) == (True, 60)
        assert seen.committed.used == clock(one, CALENDAR, CALENDAR.last).used

    def test_calendar_days_need_no_table(self) -> None:
        one = attempt(CALENDAR.last, committed=limit(7, "calendar_day"))

        seen = clock(one, CALENDAR, CALENDAR.last + 9 * DAY).committed

        assert seen is not None
        assert (seen.due, seen.used, seen.beyond) == (CALENDAR.last + 7 * DAY, 9, False)

    def test_what_begins_there_has_used_nothing_that_is_known(self) -> None:
        seen = clock(attempt(CALENDAR.last + DAY), CALENDAR, CALENDAR.last + 9 * DAY)

        assert seen.committed is not None
        assert (seen.used, seen.committed.due, seen.committed.beyond) == (0, None, True)

    def test_a_delivery_is_counted_as_far_as_it_reaches(self) -> None:
        one = attempt(CALENDAR.last - 30 * DAY, decided=CALENDAR.last - DAY)

        seen = clock(one, CALENDAR, CALENDAR.last + 30 * DAY).delivery

        assert seen is not None
        assert (seen.due, seen.beyond, seen.overdue) == (None, True, False)

    def test_an_open_pause_hides_no_year_that_is_not_published(self) -> None:
        one = attempt(date(2026, 12, 14), pauses=[stop(date(2026, 12, 18), None)])

        seen = clock(replace(one, committed=limit(20)), CALENDAR, date(2026, 12, 21)).committed

        assert seen is not None
        assert (seen.due, seen.provisional, seen.beyond) == (None, True, False)


class TestBeforeAcceptance:
    def test_a_supplement_is_the_owners_time(self) -> None:
        one = attempt(march(9), filed=march(2), pauses=[stop(march(3), march(6))])

        seen = clock(one, CALENDAR, march(11))

        assert (seen.before, seen.paused) == ({PauseKind.SUPPLEMENT: 3}, {})
        assert (seen.owner_days, seen.used) == (3, 2)

    def test_it_shows_while_nothing_is_accepted(self) -> None:
        one = attempt(None, filed=march(2), pauses=[stop(march(3), None)])

        assert clock(one, CALENDAR, march(6)).owner_days == 3

    def test_it_ends_with_the_attempt(self) -> None:
        one = attempt(None, filed=march(2), ended=march(5), pauses=[stop(march(3), march(5))])

        assert clock(one, CALENDAR, march(31)).owner_days == 2

    def test_one_after_it_is_added(self) -> None:
        pauses = [stop(march(3), march(6)), stop(march(10), march(12))]
        one = attempt(march(9), filed=march(2), pauses=pauses)

        seen = clock(one, CALENDAR, march(13))

        assert (seen.before[PauseKind.SUPPLEMENT], seen.paused[PauseKind.SUPPLEMENT]) == (3, 2)
        assert seen.owner_days == 5


class TestPauses:
    def test_cover_the_dates_after_their_beginning_with_their_end(self) -> None:
        paused = attempt(march(2), pauses=[stop(march(4), march(6))])

        seen = clock(paused, CALENDAR, march(9))

        assert (seen.used, seen.paused) == (3, {PauseKind.SUPPLEMENT: 2})

    def test_push_the_due_date_by_the_days_they_cover(self) -> None:
        paused = attempt(march(2), pauses=[stop(march(4), march(6))], committed=limit(5))

        seen = clock(paused, CALENDAR, march(9)).committed

        assert seen is not None
        assert seen.due == march(11)

    def test_count_an_overlap_once_and_for_the_stronger_kind(self) -> None:
        paused = attempt(
            march(2),
            pauses=[
                stop(march(3), march(6), "procedure"),
                stop(march(5), march(10), "supplement"),
                stop(march(9), march(11), "suspension"),
            ],
        )

        seen = clock(paused, CALENDAR, march(13))

        assert seen.paused == {
            PauseKind.SUSPENSION: 2,
            PauseKind.SUPPLEMENT: 2,
            PauseKind.PROCEDURE: 2,
        }
        assert (seen.used, seen.elapsed, seen.owner_days) == (3, 9, 2)

    def test_before_acceptance_take_nothing_off(self) -> None:
        paused = attempt(march(6), filed=march(2), pauses=[stop(march(3), march(6))])

        assert clock(paused, CALENDAR, march(9)).paused == {}

    def test_of_unknown_end_leave_the_due_date_open(self) -> None:
        seen = clock(attempt(march(2), pauses=[stop(march(4), None)]), CALENDAR, march(20))

        assert seen.committed is not None
        assert (seen.committed.due, seen.committed.used, seen.lamp) == (None, 2, Lamp.PAUSED)

    def test_that_are_counted_stop_nothing(self) -> None:
        busy = attempt(march(2), pauses=[stop(march(4), None, "procedure", counted=True)])

        seen = clock(busy, CALENDAR, march(9))

        assert seen.committed is not None
        assert (seen.used, seen.paused, seen.committed.due) == (5, {}, march(16))

    def test_after_the_decision_move_no_due_date(self) -> None:
        done = attempt(march(2), decided=march(6), pauses=[stop(march(9), None, "suspension")])

        seen = clock(done, CALENDAR, march(31))

        assert seen.committed is not None
        assert (seen.committed.due, seen.used, seen.lamp) == (march(16), 4, Lamp.GREEN)

    def test_between_decision_and_delivery_move_no_due_date(self) -> None:
        """What is decided falls due no more: the day stays that by which it had to be decided."""
        pauses = [stop(march(9), march(11), "suspension")]
        done = attempt(march(2), decided=march(6), ended=march(13), pauses=pauses)

        seen = clock(done, CALENDAR, march(31)).committed

        assert seen is not None
        assert (seen.due, seen.used) == (march(16), 4)

    def test_beginning_after_the_due_date_move_it_no_more(self) -> None:
        late = attempt(march(2), pauses=[stop(march(18), march(20))])

        seen = clock(late, CALENDAR, march(23)).committed

        assert seen is not None
        assert (seen.due, seen.overdue, seen.left) == (march(16), True, -3)


class TestExtension:
    def test_lengthens_both_limits_of_one_unit(self) -> None:
        seen = clock(attempt(march(2), statutory=limit(20), extension=10), CALENDAR, march(3))

        assert seen.committed is not None
        assert seen.statutory is not None
        assert (seen.committed.limit, seen.statutory.limit) == (20, 30)

    def test_leaves_a_statutory_limit_of_another_unit(self) -> None:
        one = attempt(march(2), statutory=limit(30, "calendar_day"), extension=10)

        seen = clock(one, CALENDAR, march(3)).statutory

        assert seen is not None
        assert (seen.limit, seen.extension) == (30, 0)


class TestLamp:
    @pytest.mark.parametrize(
        ("days", "day", "lamp"),
        [
            (10, 11, Lamp.GREEN),  # 3 left
            (10, 12, Lamp.YELLOW),  # 2 left
            (10, 16, Lamp.YELLOW),  # the last day
            (10, 17, Lamp.RED),
            (3, 3, Lamp.GREEN),  # 2 left of 3: yellow comes with the last third
            (3, 4, Lamp.YELLOW),
            (1, 2, Lamp.GREEN),
            (1, 3, Lamp.YELLOW),
        ],
    )
    def test_turns_with_the_days_left(self, days: int, day: int, lamp: Lamp) -> None:
        assert clock(attempt(march(2), committed=limit(days)), CALENDAR, march(day)).lamp is lamp

    def test_of_what_ended_in_time_is_green(self) -> None:
        done = attempt(march(2), decided=march(16), committed=limit(10))

        assert clock(done, CALENDAR, march(31)).lamp is Lamp.GREEN

    def test_stays_red_while_it_stands_beyond_the_limit(self) -> None:
        late = attempt(march(2), committed=limit(2), pauses=[stop(march(6), None)])

        assert clock(late, CALENDAR, march(9)).lamp is Lamp.RED

    def test_of_a_limit_without_days_divides_by_nothing(self) -> None:
        seen = clock(attempt(march(2), committed=limit(0)), CALENDAR, march(2)).committed

        assert seen is not None
        assert (seen.share, seen.left, seen.due) == (None, 0, march(2))


class TestProvisional:
    def test_is_said_of_working_days_without_a_notice(self) -> None:
        seen = clock(attempt(date(2026, 12, 25)), CALENDAR, date(2026, 12, 28)).committed

        assert seen is not None
        assert seen.provisional

    def test_is_not_said_of_calendar_days(self) -> None:
        assert not provisional(date(2026, 12, 25), date(2027, 1, 5), CALENDAR, NATURAL)


class TestDue:
    def test_does_not_ask_in_which_order_pauses_come(self) -> None:
        pauses = [(march(10), march(12)), (march(3), march(6)), (march(5), march(9))]

        found = {
            due(march(2), 5, order, CALENDAR, WORKING)
            for order in (pauses, pauses[::-1], sorted(pauses))
        }

        assert found == {march(17)}

    def test_is_the_start_for_no_days(self) -> None:
        assert due(march(7), 0, [(march(1), march(9))], CALENDAR, WORKING) == march(7)

    def test_drops_pauses_that_cover_nothing(self) -> None:
        assert merged([(march(3), march(3)), (march(5), march(4))]) == ()
