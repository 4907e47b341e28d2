"""Does harm, one fault after the other, and writes down what it did."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import psycopg

from tests.chaos.keeper import set_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from tests.chaos.servers import Office

Struck = tuple[float, float, str]
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
FURTHEST = 36 * DAY  # clocks are never further ahead than that
STALL = 0.3  # seconds that a stalled line holds every piece
# How often each fault strikes, against the others.
WEIGHTS = {
    "kill_server": 5,
    "kill_worker": 2,
    "kill_backends": 5,
    "cut_database": 4,
    "cut_clients": 4,
    "restart_postgres": 2,
    "half_close": 2,
    "stall": 2,
    "clock_forward": 2,
    "clock_back": 1,
}


@dataclass
class Nemesis(threading.Thread):
    """Strikes every *pause* seconds until *stop* is set.

    Attributes:
        kinds: Faults to choose from.
        struck: Faults by kind. One that could not be done is not counted.
        diary: Each fault: when it began, by the monotonic clock, how long it took, its kind.
    """

    office: Office
    stop: threading.Event
    rng: Random
    pause: float = 1.5
    kinds: Sequence[str] = tuple(WEIGHTS)
    struck: Counter[str] = field(default_factory=Counter)
    diary: list[Struck] = field(default_factory=list)
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Become a thread."""
        super().__init__(daemon=True, name="nemesis")

    def __hash__(self) -> int:
        """Be one thread among others."""
        return id(self)

    def run(self) -> None:
        """Strike; each kind comes early once, so that a short run sees most of them."""
        kinds = self._kinds()
        while not self.stop.wait(self.pause):
            kind = next(kinds)
            self.strike(kind)

    def strike(self, kind: str) -> None:
        """Do one fault and heal what would otherwise last."""
        faults: dict[str, Callable[[], bool]] = {
            "kill_server": self._kill_server,
            "kill_worker": self._kill_worker,
            "kill_backends": self._kill_backends,
            "cut_database": lambda: self.office.database.cut() > 0,
            "cut_clients": self._cut_clients,
            "restart_postgres": self._restart_postgres,
            "half_close": lambda: self.office.database.half_close() > 0,
            "stall": self._stall,
            "clock_forward": self._clock_forward,
            "clock_back": self._clock_back,
        }
        began = time.monotonic()
        if faults[kind]():
            self.struck[kind] += 1
            self.diary.append((began, time.monotonic() - began, kind))

    def _kinds(self) -> Iterator[str]:
        first = list(self.kinds)
        self.rng.shuffle(first)
        yield from islice(first, len(first))
        while True:
            yield from self.rng.choices(self.kinds, [WEIGHTS[kind] for kind in self.kinds])

    def _kill_server(self) -> bool:
        self.office.kill(self.rng.choice(self.office.servers))
        return True

    def _kill_worker(self) -> bool:
        self.office.kill_worker(self.rng.randrange(len(self.office.workers)))
        return True

    def _kill_backends(self) -> bool:
        try:
            return self.office.postgres.kill_backends(3) > 0
        except psycopg.Error:
            return False

    def _cut_clients(self) -> bool:
        return self.rng.choice(self.office.servers).door.cut() > 0

    def _restart_postgres(self) -> bool:
        self.office.postgres.restart()
        return True

    def _stall(self) -> bool:
        self.office.database.delay = STALL
        self.stop.wait(0.8)
        self.office.database.delay = 0.0
        return True

    def _clock_forward(self) -> bool:
        step = self.rng.choice((5 * MINUTE, HOUR, DAY, 9 * DAY))
        if self.offset + step > FURTHEST:
            return False
        self.offset += step
        set_offset(self.office.clock, self.offset)
        return True

    def _clock_back(self) -> bool:
        set_offset(self.office.clock, self.offset - self.rng.choice((MINUTE, HOUR, DAY)))
        self.stop.wait(0.5)
        set_offset(self.office.clock, self.offset)
        return True
