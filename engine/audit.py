"""The audit trail: who read and changed what. Kept half a year at least, then pruned.

A change is in the log of its project too, in the transaction that made it. A line of the trail is
gathered first and written with others, at the latest a second later: a sync to disk for every
look at a page would cost more than the look. A process that is killed loses that second of looks.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from engine.errors import EngineError
from engine.store import audit
from engine.store.audit import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.store.audit import AuditFilter, AuditLine
    from engine.unit_of_work import UnitOfWork

SHORTEST_DAYS = 183  # Cybersecurity Law, article 21: six months
BATCH = 256  # lines that are written at once without waiting for the second
MOST = 20_000  # lines that wait while the database is away


class Audit:
    """The trail of one process on its way into the database."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, days: int) -> None:
        """Keep where it is stored and for how many days."""
        self._new_uow = new_uow
        self._clock = clock
        self._days = max(days, SHORTEST_DAYS)
        self._waiting: list[Seen] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def note(self, *, actor: str, operation: str, object_: str, status: int, request: str) -> None:
        """Note what was asked for and how it was answered."""
        line = Seen(
            at=self._clock.now(),
            actor=actor,
            operation=operation,
            object=object_,
            status=status,
            request=request,
        )
        with self._lock:
            self._waiting.append(line)
            full = len(self._waiting) % BATCH == 0  # not at each line while the database is away
        if full:
            self.flush()

    def waiting(self) -> int:
        """Return how many lines are not stored yet."""
        with self._lock:
            return len(self._waiting)

    def flush(self) -> None:
        """Store what waits; while the database is away it goes on waiting."""
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, []
            if not taken:
                return
            try:
                self._store(taken)
            except EngineError as error:
                self._keep(taken, error)

    def lines(
        self, which: AuditFilter, *, before: int | None = None, limit: int = audit.LARGEST_PAGE
    ) -> tuple[AuditLine, ...]:
        """Return a page of the trail, the newest first, with what this process still held."""
        self.flush()
        with self._new_uow() as uow:
            return audit.lines(uow.connection, which, before=before, limit=limit)

    def prune(self) -> int:
        """Drop what was kept long enough and return how many lines that were."""
        with self._new_uow() as uow:
            uow.begin()
            number = audit.prune(uow.connection, self._clock.now() - timedelta(days=self._days))
            uow.commit()
        return number

    def _store(self, lines: list[Seen]) -> None:
        with self._new_uow() as uow:
            uow.begin()
            audit.append(uow.connection, lines)
            uow.commit()

    def _keep(self, lines: list[Seen], error: EngineError) -> None:
        """Put lines back in front; what is too many is at least said in the process's log."""
        log = structlog.get_logger("abreast.audit")
        with self._lock:
            self._waiting = lines + self._waiting
            dropped, self._waiting = self._waiting[:-MOST], self._waiting[-MOST:]
        log.error("audit.failed", code=error.code, waiting=len(lines), dropped=len(dropped))
        for line in dropped:
            log.error(
                "audit.dropped",
                at=line.at.isoformat(),
                actor=line.actor,
                operation=line.operation,
                object=line.object,
                status=line.status,
                request=line.request,
            )
