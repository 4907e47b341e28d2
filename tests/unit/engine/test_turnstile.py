from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from engine.store.turnstile import Turnstile

LONG = 30.0


class TestTurnstile:
    def test_lets_one_in_at_a_time(self) -> None:
        turnstile, inside, most = Turnstile(), 0, 0

        def work() -> None:
            nonlocal inside, most
            for _ in range(50):
                assert turnstile.enter(LONG)
                inside += 1
                most = max(most, inside)
                inside -= 1
                turnstile.leave()

        with ThreadPoolExecutor(8) as threads:
            for done in [threads.submit(work) for _ in range(8)]:
                done.result()
        assert most == 1

    def test_serves_in_order_of_arrival(self) -> None:
        turnstile, served = Turnstile(), []
        assert turnstile.enter(LONG)

        def work(number: int) -> None:
            assert turnstile.enter(LONG)
            served.append(number)
            turnstile.leave()

        threads = []
        for number in range(5):
            thread = threading.Thread(target=work, args=(number,))
            thread.start()
            while len(turnstile._queue) <= number:  # noqa: SLF001 - to know who stands in line
                pass
            threads.append(thread)
        turnstile.leave()
        for thread in threads:
            thread.join()

        assert served == [0, 1, 2, 3, 4]

    def test_does_not_wait_for_ever(self) -> None:
        turnstile = Turnstile()
        assert turnstile.enter(0)

        assert not turnstile.enter(0)

        turnstile.leave()
        assert turnstile.enter(0)
