"""What could not be done in the background: timers, jobs and deliveries, to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from engine.receipts import once
from engine.store import timers
from engine.store.jobs import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from engine.jobs import Jobs
    from engine.outbox import Outbox
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.timers import Timers
    from engine.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that could not be done, and what lets it be tried again within a transaction."""

    id: str
    reason: str
    since: datetime
    retry: Callable[[Connection], None]


class Background(Protocol):
    """Who works in the background."""

    @property
    def new_uow(self) -> Callable[[], UnitOfWork]:
        """Return what makes transactions."""

    @property
    def timers(self) -> Timers:
        """Return what fires timers."""

    @property
    def jobs(self) -> Jobs:
        """Return what runs jobs."""

    @property
    def outbox(self) -> Outbox:
        """Return what delivers."""


def dead_letters(parts: Background) -> Iterator[DeadLetter]:
    """Yield everything that nobody tries again by itself."""
    for timer in parts.timers.dead():
        yield DeadLetter(
            id=f"timer:{timer.project}:{timer.unit}:{timer.path}:{timer.attempt}",
            reason=timer.reason,
            since=timer.died_at,
            retry=partial(timers.revive, timer=timer),
        )
    for job in parts.jobs.listed(JobStatus.FAILED, limit=None):
        yield DeadLetter(
            id=f"job:{job.id}",
            reason=job.error or "",
            since=job.ended_at or job.created_at,
            retry=partial(parts.jobs.retry, identity=job.id),
        )
    for delivery in parts.outbox.dead():
        yield DeadLetter(
            id=f"delivery:{delivery.consumer}:{delivery.stream}:{delivery.number}",
            reason=delivery.last_error or "",
            since=delivery.next_try_at,
            retry=partial(parts.outbox.retry, delivery=delivery),
        )


def retry(
    parts: Background, letters: Collection[DeadLetter], now: datetime, order: Order | None = None
) -> None:
    """Let letters be tried again, all or none, once for each key of who orders it.

    Raises:
        KeyReusedError: If the key came with another request.
        UnknownJobError: If somebody else was faster; none of them is tried again.
    """

    def revive(connection: Connection) -> str:
        for letter in letters:
            letter.retry(connection)
        return ""

    once(parts.new_uow, order, now, revive)
