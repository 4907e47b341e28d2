from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import pytest

from bench.live.crew import Crew, Taken, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.live.crew import Lane

CREW = Crew(processes=2, seconds=0.02, warm=1)


@contextmanager
def counting(_: int) -> Iterator[Sequence[Lane]]:
    yield [count(), count()]


@contextmanager
def failing(number: int) -> Iterator[Sequence[Lane]]:
    yield [iter([1, 2]) if number else count()]


class TestCrew:
    def test_counts_the_steps_of_every_thread(self) -> None:
        taken = take(CREW, counting)

        assert len(taken.latencies) >= 4
        assert list(taken.latencies) == sorted(taken.latencies)
        assert taken.seconds >= CREW.seconds

    def test_fails_with_its_worker(self) -> None:
        with pytest.raises(RuntimeError, match="a worker failed"):
            take(CREW, failing)


class TestTaken:
    def test_tells_rate_and_percentiles(self) -> None:
        latencies = [n / 1000 for n in range(1, 101)]
        taken = Taken(latencies=latencies, seconds=2.0, cpu=1.0, server_cpu=0.0)

        assert taken.rate == 50.0
        assert taken.percentile(0.5) == pytest.approx(51.0)
        assert taken.percentile(0.99) == pytest.approx(100.0)
