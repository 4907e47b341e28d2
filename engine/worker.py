"""Does what nobody waits for: timers, jobs, deliveries, the daily work; any number may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from engine.errors import EngineError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from engine.housekeeping import Schedule
    from engine.jobs import Jobs
    from engine.leases import Leases
    from engine.outbox import Outbox
    from engine.timers import Timers

LONGEST_PAUSE = 60.0  # seconds, when the database stays away


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
        """
        done = self._fire()
        done += self._outbox.work(self.holder)
        if self._schedule is not None:
            done += self._schedule.arrange()
        return done + (self._jobs.run_next(self.holder) is not None)

    def run(self, stop: threading.Event, pauses: Callable[[], float]) -> None:
        """Go round until *stop* is set; what was begun is brought to its end.

        Args:
            pauses: How long to wait, in seconds, when there was nothing to do; different each
                time, so that workers do not all knock at once.
        """
        failures = 0
        while not stop.is_set():
            try:
                idle, failures = self.round() == 0, 0
            except EngineError as error:
                failures += 1
                idle = True
                structlog.get_logger().warning("worker.failed", code=error.code, times=failures)
            if idle:
                stop.wait(min(pauses() * 2**failures, LONGEST_PAUSE))

    def _fire(self) -> int:
        """Fire due timers, if no other worker does; two would do no harm, only the work twice."""
        if not self._timers.waiting():
            return 0  # an idle office writes nothing
        with self._leases.holding("timers", self.holder) as lease:
            if lease is None:
                return 0
            fired = self._timers.fire_due()
        return fired.fired + fired.dead
