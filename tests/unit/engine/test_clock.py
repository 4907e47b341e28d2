from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.clock import PushableClock, SystemClock

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class TestSystemClock:
    def test_tells_whole_milliseconds_in_utc(self) -> None:
        now = SystemClock().now()

        assert now.tzinfo is UTC
        assert now.microsecond % 1000 == 0

    def test_does_not_stand_still(self) -> None:
        clock = SystemClock()

        assert clock.now() <= clock.now()


class TestPushableClock:
    def test_stands_until_it_is_pushed(self) -> None:
        clock = PushableClock(NOON)

        assert clock.now() == clock.now() == NOON
        assert clock.push(timedelta(days=1)) == clock.now() == NOON + timedelta(days=1)

    def test_can_be_pushed_to_an_instant_of_another_zone(self) -> None:
        clock = PushableClock(NOON)

        clock.push_to((NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=8))))

        assert clock.now() == NOON + timedelta(hours=1)
        assert clock.now().tzinfo is UTC

    def test_does_not_go_back(self) -> None:
        clock = PushableClock(NOON)

        with pytest.raises(ValueError, match="cannot go back"):
            clock.push(timedelta(seconds=-1))

    def test_wants_a_zone(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            PushableClock(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
