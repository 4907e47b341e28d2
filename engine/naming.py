"""What townships and organisations are called; logs and rows know their codes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.receipts import once
from engine.store import naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.naming import Asked, Kind, Named
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.catalogue.values import Name


class Naming:
    """The names of one office."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Keep where they are stored and what time it is."""
        self._new_uow = new_uow
        self._clock = clock

    def put(self, *named: Named) -> None:
        """Store names, new or changed, all or none."""
        with self._new_uow() as uow:
            uow.begin()
            for each in named:
                naming.put(uow.connection, each)
            uow.commit()

    def change(self, named: Named, order: Order) -> None:
        """Call a township or an organisation so from now on, once for each key.

        Raises:
            KeyReusedError: If the key came with another request.
        """

        def put(connection: Connection) -> str:
            naming.put(connection, named)
            return ""

        once(self._new_uow, order, self._clock.now(), put)

    def names(self, keys: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], Name]:
        """Return what some are called; whoever has no name is left out."""
        with self._new_uow() as uow:
            return naming.names(uow.connection, keys)

    def page(
        self, asked: Asked, *, after: tuple[object, ...] | None, limit: int
    ) -> tuple[Named, ...]:
        """Return a page of names, by kind and code; *after* is where the last page ended."""
        with self._new_uow() as uow:
            return naming.page(uow.connection, asked, after=after, limit=limit)
