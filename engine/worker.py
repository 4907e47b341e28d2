"""Does what nobody waits for: timers, jobs, deliveries, the daily work; any number may run."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from engine.rests import Rests, log_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.housekeeping import Schedule
    from engine.jobs import Jobs
    from engine.leases import Leases
    from engine.outbox import Outbox
    from engine.store.jobs import Kinds
    from engine.timers import Timers


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
        self._short = _Errands(timers=self._fire, outbox=self._send, schedule=self._arrange)
        self._jobs_apart = (
            _Errands(jobs=partial(self._run_a_job, jobs.brief)),
            _Errands(jobs=partial(self._run_a_job, jobs.long)),
        )
        self._stop = threading.Event()

    def round(self) -> int:
        """Do a batch of everything, and return how much there was; 0 = nothing to do.

        What fails is logged, rests for some rounds, longer each time, and holds up nothing else.
        """
        return sum(errands.round() for errands in (self._short, *self._jobs_apart))

    def run(self, stop: threading.Event, pauses: Callable[[], float]) -> None:
        """Go round until *stop* is set.

        Jobs are done beside the rest: one may take an hour, and no deadline waits for it, nor does
        a letter wait for simulations. One that is at work when *stop* is set is set aside at its
        next look, for any worker; all else comes to its end.

        Args:
            pauses: How long to wait, in seconds, when there was nothing to do; different each
                time, so that workers do not all knock at once.
        """
        self._stop = stop
        beside = [
            threading.Thread(target=_go_round, args=(errands, stop, pauses), name=f"jobs-{number}")
            for number, errands in enumerate(self._jobs_apart)
        ]
        for thread in beside:
            thread.start()
        try:
            _go_round(self._short, stop, pauses)
        finally:
            stop.set()  # also where something that is no error ends this thread
            for thread in beside:
                thread.join()

    def _fire(self) -> int:
        """Fire due timers, if no other worker does; two would do no harm, only the work twice."""
        if not self._timers.waiting():
            return 0  # an idle office writes nothing
        with self._leases.holding("timers", self.holder) as lease:
            if lease is None:
                return 0
            fired = self._timers.fire_due()
        return fired.fired + fired.dead

    def _send(self) -> int:
        return self._outbox.work(self.holder)

    def _arrange(self) -> int:
        return 0 if self._schedule is None else self._schedule.arrange()

    def _run_a_job(self, kinds: Kinds) -> int:
        return int(self._jobs.run_next(self.holder, self._stop.is_set, kinds) is not None)


class _Errands:
    """Things that are done in every round, each with failures of its own."""

    def __init__(self, **acts: Callable[[], int]) -> None:
        self._acts = acts
        self._rests = Rests()

    def round(self) -> int:
        """Do each, unless it rests, and return how much there was to do."""
        resting = self._rests.resting()
        return sum([self._do(name, act) for name, act in self._acts.items() if name not in resting])

    def _do(self, name: str, act: Callable[[], int]) -> int:
        try:
            done = act()
        except Exception as error:  # noqa: BLE001 - one damaged row must not stop everybody's time; it stays visible
            log_failure("worker.failed", error, errand=name, times=self._rests.failed(name))
            return 0
        self._rests.recovered(name)
        return done


def _go_round(errands: _Errands, stop: threading.Event, pauses: Callable[[], float]) -> None:
    while not stop.is_set():
        if errands.round() == 0:
            stop.wait(pauses())
