"""Does what nobody waits for: timers, jobs, deliveries, the daily work; any number may run."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import structlog

from engine.errors import EngineError
from engine.timers import FAULT
from workflows.errors import Refusal

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from engine.housekeeping import Schedule
    from engine.jobs import Jobs
    from engine.leases import Leases
    from engine.outbox import Outbox
    from engine.timers import Timers

LONGEST_PAUSE = 60.0  # seconds, when the database stays away
MOST_DOUBLINGS = 10  # of the pause: years of failures must not grow past what a float holds


class Worker:
    """One worker's rounds.

    Attributes:
        holder: Its name, as leases and jobs show it.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - everything that there may be to do
        self,
        holder: str,
        timers: Timers,
        jobs: Jobs,
        outbox: Outbox,
        leases: Leases,
        schedule: Schedule | None = None,
    ) -> None:
        """Keep what there is to do; without *schedule* nothing is done every day."""
        self.holder = holder
        self._timers = timers
        self._jobs = jobs
        self._outbox = outbox
        self._leases = leases
        self._schedule = schedule

    def round(self) -> int:
        """Do a batch of everything, and return how much there was; 0 = nothing to do.

        Raises:
            EngineError: If the database fails.
            Refusal: If another worker did the same at the same time; the next round goes on.
        """
        done = self._fire()
        done += self._outbox.work(self.holder)
        if self._schedule is not None:
            done += self._schedule.arrange()
        return done + (self._jobs.run_next(self.holder) is not None)

    def run(self, stop: threading.Event, pauses: Callable[[], float]) -> None:
        """Go round until *stop* is set; what was begun is brought to its end.

        No error ends it: it is logged, and the next round comes later and later.

        Args:
            pauses: How long to wait, in seconds, when there was nothing to do; different each
                time, so that workers do not all knock at once.
        """
        failures = 0
        while not stop.is_set():
            try:
                idle, failures = self.round() == 0, 0
            except Exception as error:  # noqa: BLE001 - one damaged row must not stop everybody's time; it stays visible
                failures += 1
                idle = True
                _tell(error, failures)
            if idle:
                stop.wait(min(pauses() * 2 ** min(failures, MOST_DOUBLINGS), LONGEST_PAUSE))

    def _fire(self) -> int:
        """Fire due timers, if no other worker does; two would do no harm, only the work twice."""
        if not self._timers.waiting():
            return 0  # an idle office writes nothing
        with self._leases.holding("timers", self.holder) as lease:
            if lease is None:
                return 0
            fired = self._timers.fire_due()
        return fired.fired + fired.dead


def _tell(error: Exception, times: int) -> None:
    log = structlog.get_logger()
    if isinstance(error, (EngineError, Refusal)):
        log.warning("worker.failed", code=error.code, times=times)
        return
    # Where it happened, and not what it said: a damaged row may hold anything.
    name, places = type(error).__name__, traceback.extract_tb(error.__traceback__)
    at = f"{places[-1].name}:{places[-1].lineno}" if places else ""
    log.error("worker.failed", code=FAULT, error=name, at=at, times=times)
