from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.clock import PushableClock
from engine.errors import LostLeaseError
from engine.leases import SPAN, Lease, Leases
from engine.store.moments import SKEW

if TYPE_CHECKING:
    from tests.support.office import Office


def renew(office: Office, leases: Leases, lease: Lease) -> None:
    with office.new_uow() as uow:
        uow.begin()
        leases.renew(uow.connection, lease)
        uow.commit()


def taken(leases: Leases, holder: str) -> Lease:
    lease = leases.take("work", holder)
    assert lease is not None
    return lease


class TestLease:
    def test_is_one_holders_at_a_time(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda n: leases.take("work", str(n)), range(8)))

        assert sum(each is not None for each in found) == 1

    def test_of_a_dead_holder_passes_on_and_fences_it_off(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        first = taken(leases, "a")
        office.clock.push(SPAN)

        second = taken(leases, "b")

        assert second.fence > first.fence
        renew(office, leases, second)
        with pytest.raises(LostLeaseError):
            renew(office, leases, first)

    def test_is_held_as_long_as_it_is_renewed(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        lease = taken(leases, "a")
        office.clock.push(SPAN - timedelta(seconds=1))
        renew(office, leases, lease)
        office.clock.push(SPAN - timedelta(seconds=1))

        assert leases.take("work", "b") is None

    def test_is_free_when_it_was_released(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        leases.release(taken(leases, "a"))

        assert leases.take("work", "b") is not None

    def test_is_taken_anew_by_a_holder_that_could_not_give_it_back(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        first = taken(leases, "a")

        second = taken(leases, "a")

        assert second.fence > first.fence
        assert leases.take("work", "b") is None

    def test_is_free_after_the_work_whatever_came_of_it(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)

        def work() -> None:
            with leases.holding("work", "a") as lease:
                assert lease is not None
                assert leases.take("work", "b") is None
                raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            work()

        with leases.holding("work", "b") as lease:
            assert lease is not None

    def test_released_by_an_old_holder_stays_with_the_new_one(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        old = taken(leases, "a")
        office.clock.push(SPAN)
        taken(leases, "b")

        leases.release(old)

        assert leases.take("work", "c") is None

    def test_taken_while_the_clock_was_ahead_is_free_when_it_is_right(self, office: Office) -> None:
        leases = Leases(office.new_uow, office.clock)
        ahead = PushableClock(office.clock.now() + timedelta(days=365))
        first = taken(Leases(office.new_uow, ahead), "who dies")

        second = taken(leases, "b")

        assert second.fence > first.fence
        with pytest.raises(LostLeaseError):
            renew(office, leases, first)

    def test_of_a_holder_whose_clock_is_a_little_ahead_is_kept(self, office: Office) -> None:
        ahead = PushableClock(office.clock.now() + SKEW)
        taken(Leases(office.new_uow, ahead), "a")

        assert Leases(office.new_uow, office.clock).take("work", "b") is None
