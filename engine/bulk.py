"""Many orders of one person as one job: put into the queue once for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import receipts
from engine.kinds import COMMANDS
from engine.store import jobs as store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.clock import Clock
    from engine.jobs import Jobs
    from engine.receipts import Order
    from engine.store.jobs import Job
    from engine.unit_of_work import UnitOfWork


class Bulk:
    """The way in for jobs that people order."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], time: Clock, jobs: Jobs) -> None:
        """Keep where jobs are queued, and the machine's clock."""
        self._new_uow = new_uow
        self._time = time
        self._jobs = jobs

    def order(self, order: Order, commands: Sequence[Mapping[str, Any]]) -> str:
        """Queue *commands* as the order's sender, and return the job's id.

        Args:
            commands: As engine.kinds.Commands takes them.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        with self._new_uow() as uow:
            uow.begin()
            told = {"actor": order.actor, "commands": list(commands)}
            job = self._jobs.put(uow.connection, COMMANDS, told)
            first = receipts.take(uow.connection, order, job, self._time.now())
            if first == job:
                uow.commit()
        return first

    def of(self, actor: str, limit: int = 100) -> tuple[Job, ...]:
        """Return the jobs that a person ordered, the newest first."""
        with self._new_uow() as uow:
            return store.ordered_by(uow.connection, actor, limit)
