"""Many orders of one person as one job: put into the queue once for each key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003 - a receipt is read by the annotations
from typing import TYPE_CHECKING, Any

from msgspec.json import decode, encode

from engine.errors import TooManyJobsError
from engine.kinds import COMMANDS
from engine.receipts import once
from engine.store import jobs as store
from engine.store import receipts
from engine.store.jobs import JobStatus  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.clock import Clock
    from engine.jobs import Jobs
    from engine.receipts import Order
    from engine.store.jobs import Job
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

MOST_OPEN = 20  # jobs of one person that wait or run


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
            TooManyJobsError: If too many of the sender's jobs are not done yet.
        """
        return self.queue(order, COMMANDS, {"commands": list(commands)})

    def queue(self, order: Order, kind: str, parameters: Mapping[str, Any]) -> str:
        """Queue a job of any kind for the order's sender, and return its id.

        Raises:
            KeyReusedError: If the key came with another request.
            TooManyJobsError: If too many of the sender's jobs are not done yet.
        """

        def put(connection: Connection) -> str:
            _check_room(connection, order.actor)
            told = {"actor": order.actor, **parameters}
            return self._jobs.put(connection, kind, told)

        return once(self._new_uow, order, self._time.now(), put)

    def check_room(self, actor: str, key: str) -> None:
        """Refuse an order for which `queue` would have no room, before anything of it is read.

        Raises:
            TooManyJobsError: If too many of the sender's jobs are not done yet, and the key is new.
        """
        with self._new_uow() as uow:
            if receipts.kept(uow.connection, actor, key) is None:
                _check_room(uow.connection, actor)

    def cancel(self, order: Order, identity: str) -> Job:
        """Call a job off and return it as it was then; one that has ended is left as it is.

        Raises:
            UnknownJobError: If there is none.
            KeyReusedError: If the key came with another request.
        """

        def call_off(connection: Connection) -> str:
            stood = self._jobs.call_off(connection, identity)
            return encode(
                _End(status=stood.status, done=stood.done, ended_at=stood.ended_at)
            ).decode()

        told = once(self._new_uow, order, self._time.now(), call_off)
        end = decode(told, type=_End)
        found = self._jobs.get(identity)
        return replace(found, status=end.status, done=end.done, ended_at=end.ended_at)

    def of(self, actor: str, limit: int = 100) -> tuple[Job, ...]:
        """Return the jobs that a person ordered, the newest first."""
        with self._new_uow() as uow:
            return store.ordered_by(uow.connection, actor, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How a job stood when it was called off; it may go on when somebody tries it again."""

    status: JobStatus
    done: int
    ended_at: datetime | None


def _check_room(connection: Connection, actor: str) -> None:
    if store.unfinished(connection, actor) >= MOST_OPEN:
        raise TooManyJobsError(limit=MOST_OPEN)
