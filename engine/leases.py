"""Lets one process at a time do a piece of work, and take over from one that died."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errors import LostLeaseError
from engine.store import leases

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork

SPAN = timedelta(seconds=60)


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
        """Keep where they are stored, and the machine's clock: not the office's, it may stand."""
        self._new_uow = new_uow
        self._time = time

    def take(self, name: str, holder: str) -> Lease | None:
        """Return the lease called *name*; None when another one holds it."""
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
