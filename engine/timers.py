"""Lets due timers happen: each once, in due order, also after days in which nobody was there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from engine.errors import (
    ConcurrentChangeError,
    DatabaseBusyError,
    DatabaseFaultError,
    EngineError,
)
from engine.rests import FAULT, Rests
from engine.store import timers
from engine.store.timers import DeadTimer
from workflows import commands as c
from workflows.errors import NotDueError, ProjectClosedError, Refusal, TaskNotOpenError
from workflows.facts import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.handle import Handle
    from engine.unit_of_work import UnitOfWork
    from workflows.rows import TimerRow

BATCH = 100
PATIENCE = 200  # tries until its timers are given up: some hours, of a worker that is idle
PASSES = 3  # batches in a row in which nothing was left to do, until a row is taken for a stray
UNKNOWN = "timer.stray"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What came of a batch.

    Attributes:
        fired: Happened now.
        passed: Nothing was left to do: another worker was faster, the attempt moved on, or the
            project ended.
        put_off: The database did not let them happen; they are tried again in a later batch.
        dead: Could not happen; they wait for a person.
    """

    fired: int = 0
    passed: int = 0
    put_off: int = 0
    dead: int = 0

    @property
    def all(self) -> int:
        """Return how many timers were looked at."""
        return self.fired + self.passed + self.put_off + self.dead


class Timers:
    """The due timers of all projects."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        handle: Handle,
        patience: int = PATIENCE,
    ) -> None:
        """Keep where they are stored, what time it is in the office, and who fires them.

        Args:
            patience: Tries of a project that the database fails, until its timers are given up.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._handle = handle
        self._patience = patience
        self._rests = Rests()  # of projects
        self._passed: dict[str, int] = {}  # in how many batches in a row, by key; of the last only

    def fire_due(self, limit: int = BATCH) -> Fired:
        """Fire the timers that are longest due, at most *limit* of them.

        Any number of workers may do so at once: the key of a timer lets it happen once. A project
        that the database fails is left out of the next batches, so that it holds up no other.

        Raises:
            EngineError: If the database is away; the next batch goes on where this one stopped.
        """
        counts = {"fired": 0, "passed": 0, "put_off": 0, "dead": 0}
        before, self._passed = self._passed, {}
        resting = self._rests.resting()
        with self._new_uow() as uow:
            due = timers.due(uow.connection, self._clock.now(), limit, without=resting)
        for timer in due:
            if timer.project not in resting:
                how = self._fire(timer)
                if how == "passed":
                    how = self._pass(timer, before.get(key(timer), 0) + 1)
                counts[how] += 1
                if how == "put_off":
                    resting.add(timer.project)  # one after the other, and no second wait for a lock
        return Fired(**counts)

    def waiting(self) -> bool:
        """Tell whether a timer is due; nothing is locked or written."""
        with self._new_uow() as uow:
            return bool(timers.due(uow.connection, self._clock.now(), 1))

    def dead(self) -> tuple[DeadTimer, ...]:
        """Return the timers that could not fire, the longest dead first."""
        with self._new_uow() as uow:
            return timers.dead(uow.connection)

    def _fire(self, timer: TimerRow) -> str:
        name = timer.path.rpartition("/")[2]
        command = c.FireTimer(unit=timer.unit, item=timer.item, attempt=timer.attempt, timer=name)
        try:
            answer = self._handle.execute(timer.project, command, SYSTEM, key(timer))
        except (TaskNotOpenError, NotDueError, ProjectClosedError):
            return "passed"
        except (ConcurrentChangeError, DatabaseFaultError, DatabaseBusyError) as error:
            # It may be the database's fault and over soon, or this one project's for ever.
            return self._put_off(timer, error.code, str(error))
        except Refusal as refusal:
            return self._bury(timer, refusal.code, str(refusal))
        except EngineError as error:
            if error.retry_after is not None:
                raise
            return self._bury(timer, error.code, str(error))
        except Exception as error:  # noqa: BLE001 - one project's fault must not stop the others' time; it stays visible
            return self._bury(timer, FAULT, f"{type(error).__name__}: {error}")
        self._rests.recovered(timer.project)
        return "passed" if answer.repeated else "fired"

    def _pass(self, timer: TimerRow, times: int) -> str:
        """Remember that there was nothing to do; a row that stays for all that is a stray.

        Rows and state are written together: what is due here and unknown to its project can only
        have been damaged, would be looked at in every batch and keep others from theirs.
        """
        if times < PASSES:
            self._passed[key(timer)] = times
            return "passed"
        return self._bury(
            timer, UNKNOWN, "no state of the project knows of it: `abreast verify` says more"
        )

    def _put_off(self, timer: TimerRow, code: str, reason: str) -> str:
        times = self._rests.failed(timer.project)
        log = structlog.get_logger()
        log.warning("timer.put_off", project=timer.project, code=code, times=times)
        return "put_off" if times < self._patience else self._bury(timer, code, reason)

    def _bury(self, timer: TimerRow, code: str, reason: str) -> str:
        dead = DeadTimer(
            project=timer.project,
            unit=timer.unit,
            path=timer.path,
            attempt=timer.attempt,
            due_at=timer.due_at,
            code=code,
            reason=reason,
            died_at=self._clock.now(),
        )
        with self._new_uow() as uow:
            uow.begin()
            timers.bury(uow.connection, dead)
            uow.commit()
        return "dead"


def key(timer: TimerRow) -> str:
    """Return the idempotency key of *timer*: the same whoever fires it, and however often."""
    parts = (timer.project, timer.unit, timer.path, timer.attempt, timer.due_at.isoformat())
    return "timer-" + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:40]
