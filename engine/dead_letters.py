"""What could not be done in the background: timers, jobs and deliveries, to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.store.jobs import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from engine.jobs import Jobs
    from engine.outbox import Outbox
    from engine.timers import Timers


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that could not be done, and what lets it be tried again."""

    id: str
    reason: str
    since: datetime
    retry: Callable[[], None]


class Background(Protocol):
    """Who works in the background."""

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
            retry=lambda timer=timer: parts.timers.retry(timer),  # type: ignore[misc]
        )
    for job in parts.jobs.listed(JobStatus.FAILED):
        yield DeadLetter(
            id=f"job:{job.id}",
            reason=job.error or "",
            since=job.ended_at or job.created_at,
            retry=lambda job=job: parts.jobs.retry(job.id),  # type: ignore[misc]
        )
    for delivery in parts.outbox.dead():
        yield DeadLetter(
            id=f"delivery:{delivery.consumer}:{delivery.stream}:{delivery.number}",
            reason=delivery.last_error or "",
            since=delivery.next_try_at,
            retry=lambda delivery=delivery: parts.outbox.retry(delivery),  # type: ignore[misc]
        )
