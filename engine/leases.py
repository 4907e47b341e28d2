"""Lets one process at a time do a piece of work, and take over from one that died."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import LostLeaseError
from engine.heartbeat import beating
from engine.store import leases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.clock import Clock
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

SPAN = leases.SPAN
BEAT = SPAN / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do something for a while.

    Attributes:
        fence: Greater than that of every earlier holder; who comes with a smaller one is refused.
    """

    name: str
    fence: int


class Leases:
    """Leases by name.

    A holder that was held up (paused, swapped out) may believe in a lease that has run out. So a
    lease alone protects nothing: what it guards is written together with `renew`, which refuses an
    old fence, or is idempotent by itself.
    """

    def __init__(self, new_uow: Callable[[], UnitOfWork], time: Clock) -> None:
        """Keep where they are stored, and a clock that all holders share and that never stands."""
        self._new_uow = new_uow
        self._time = time

    @contextmanager
    def holding(self, name: str, holder: str) -> Iterator[Lease | None]:
        """Hold the lease called *name* for as long as the context lasts; None = another one has it.

        It is renewed meanwhile by a thread of its own, and free at the end.
        """
        lease = self.take(name, holder)
        if lease is None:
            yield None
            return
        try:
            with beating(partial(self._beat, lease), BEAT):
                yield lease
        finally:
            self.release(lease)

    def take(self, name: str, holder: str) -> Lease | None:
        """Return the lease called *name*; None when another one holds it.

        A holder that could not give it back, as its connection broke, takes it anew at once.

        Args:
            holder: Name of one worker, which does one thing at a time.
        """
        now = self._time.now()
        with self._new_uow() as uow:
            uow.begin()
            fence = leases.take(uow.connection, name, holder, now, now + SPAN)
            uow.commit()
        return None if fence is None else Lease(name=name, fence=fence)

    def renew(self, connection: Connection, lease: Lease) -> None:
        """Hold *lease* longer, within a transaction that writes what it guards.

        Raises:
            LostLeaseError: If another one took it meanwhile.
        """
        until = self._time.now() + SPAN
        if not leases.prolong(connection, lease.name, lease.fence, until):
            raise LostLeaseError(name=lease.name)

    def release(self, lease: Lease) -> None:
        """Let others take it at once; nothing happens when they have."""
        with self._new_uow() as uow:
            uow.begin()
            leases.prolong(uow.connection, lease.name, lease.fence, self._time.now())
            uow.commit()

    def _beat(self, lease: Lease) -> None:
        with self._new_uow() as uow:
            uow.begin()
            self.renew(uow.connection, lease)
            uow.commit()
