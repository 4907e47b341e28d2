from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.clock import ASK_AGAIN, PushableClock, SharedClock, SystemClock
from engine.errors import DatabaseUnreachableError

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


class TestSystemClock:
    def test_tells_whole_milliseconds_in_utc(self) -> None:
        now = SystemClock().now()

        assert now.tzinfo is UTC
        assert now.microsecond % 1000 == 0

    def test_does_not_stand_still(self) -> None:
        clock = SystemClock()

        assert clock.now() <= clock.now()


class Machines:
    """The database's clock and this machine's steady counter, both set by hand."""

    def __init__(self) -> None:
        self.shared = NOON
        self.counter = 100.0
        self.asked = 0
        self.away = False
        self.clock = SharedClock(self.ask, lambda: self.counter, lambda work: work())

    def ask(self) -> datetime:
        self.asked += 1
        if self.away:
            raise DatabaseUnreachableError
        return self.shared


class TestSharedClock:
    def test_tells_what_the_database_says_in_utc_and_whole_milliseconds(self) -> None:
        machines = Machines()
        machines.shared = NOON.astimezone(timezone(timedelta(hours=8))) + timedelta(microseconds=7)

        assert machines.clock.now() == NOON
        assert machines.clock.now().utcoffset() == timedelta(0)

    def test_goes_on_by_the_steady_counter_without_asking(self) -> None:
        machines = Machines()
        machines.clock.now()
        machines.counter += ASK_AGAIN / 2

        assert machines.clock.now() == NOON + timedelta(seconds=ASK_AGAIN / 2)
        assert machines.asked == 1

    def test_asks_again_after_a_while(self) -> None:
        machines = Machines()
        machines.clock.now()
        machines.counter += ASK_AGAIN + 1
        machines.shared += timedelta(hours=1)

        assert machines.clock.now() == NOON + timedelta(hours=1)

    def test_goes_on_while_the_database_is_away(self) -> None:
        machines = Machines()
        machines.clock.now()
        machines.away = True
        machines.counter += ASK_AGAIN + 1

        alone = machines.clock.now()
        machines.away = False
        machines.counter += ASK_AGAIN + 1
        machines.shared += timedelta(hours=1)
        again = machines.clock.now()

        assert alone == NOON + timedelta(seconds=ASK_AGAIN + 1)
        assert again == NOON + timedelta(hours=1)

    def test_says_nothing_where_the_database_could_never_be_asked(self) -> None:
        def ask() -> datetime:
            raise DatabaseUnreachableError

        with pytest.raises(DatabaseUnreachableError):
            SharedClock(ask).now()


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
