"""Lets due timers happen: each once, in due order, also after days in which nobody was there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import ConcurrentChangeError, DatabaseFaultError, EngineError
from engine.store import timers
from engine.store.timers import DeadTimer
from workflows import commands as c
from workflows.errors import NotDueError, Refusal, TaskNotOpenError
from workflows.facts import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.handle import Handle
    from engine.unit_of_work import UnitOfWork
    from workflows.rows import TimerRow

BATCH = 100
FAULT = "engine.fault"  # the code of an error that no rule of ours expects


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What came of a batch.

    Attributes:
        fired: Happened now.
        passed: Nothing was left to do: another worker was faster, or the attempt moved on.
        dead: Could not happen; they wait for a person.
    """

    fired: int = 0
    passed: int = 0
    dead: int = 0

    @property
    def all(self) -> int:
        """Return how many timers were looked at."""
        return self.fired + self.passed + self.dead


class Timers:
    """The due timers of all projects."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, handle: Handle) -> None:
        """Keep where they are stored, what time it is in the office, and who fires them."""
        self._new_uow = new_uow
        self._clock = clock
        self._handle = handle

    def fire_due(self, limit: int = BATCH) -> Fired:
        """Fire the timers that are longest due, at most *limit* of them.

        Any number of workers may do so at once: the key of a timer lets it happen once.

        Raises:
            EngineError: If the database fails; the next batch goes on where this one stopped.
        """
        counts = {"fired": 0, "passed": 0, "dead": 0}
        with self._new_uow() as uow:
            due = timers.due(uow.connection, self._clock.now(), limit)
        for timer in due:
            counts[self._fire(timer)] += 1
        return Fired(**counts)

    def waiting(self) -> bool:
        """Tell whether a timer is due; nothing is locked or written."""
        with self._new_uow() as uow:
            return bool(timers.due(uow.connection, self._clock.now(), 1))

    def dead(self) -> tuple[DeadTimer, ...]:
        """Return the timers that could not fire, the longest dead first."""
        with self._new_uow() as uow:
            return timers.dead(uow.connection)

    def retry(self, timer: DeadTimer) -> None:
        """Let a dead timer be tried again."""
        with self._new_uow() as uow:
            uow.begin()
            timers.revive(uow.connection, timer)
            uow.commit()

    def _fire(self, timer: TimerRow) -> str:
        name = timer.path.rpartition("/")[2]
        command = c.FireTimer(unit=timer.unit, item=timer.item, attempt=timer.attempt, timer=name)
        try:
            answer = self._handle.execute(timer.project, command, SYSTEM, key(timer))
        except (TaskNotOpenError, NotDueError, ConcurrentChangeError):
            return "passed"
        except Refusal as refusal:
            return self._bury(timer, refusal.code, str(refusal))
        except EngineError as error:
            # A fault of the database is no fault of the project: nothing of it is buried.
            if error.retry_after is not None or isinstance(error, DatabaseFaultError):
                raise
            return self._bury(timer, error.code, str(error))
        except Exception as error:  # noqa: BLE001 - one project's fault must not stop the others' time; it stays visible
            return self._bury(timer, FAULT, f"{type(error).__name__}: {error}")
        return "passed" if answer.repeated else "fired"

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
