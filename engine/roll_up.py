"""Keeps the figures of each month, so that long series need no facts of long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store import facts
from engine.store.jobs import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.facts import FactBook
    from engine.unit_of_work import UnitOfWork

ROLL_UP = "roll_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """Figures of every month in which an attempt ended, a month a line.

    A month's figures are made again each time: a correction may reach back. The compiler of the
    loops takes a while to load, so it is loaded when there is work for it.
    """

    new_uow: Callable[[], UnitOfWork]
    clock: Clock
    book: FactBook

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the months."""
        from engine.month_figures import months_of  # noqa: PLC0415 - see the class

        return months_of(self.book.columns())

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Make one month's figures; the second time they are the same."""
        from engine.month_figures import month_figures  # noqa: PLC0415 - see the class

        at = self.clock.now()  # before the facts are read: what comes in between is news to them
        figures = tuple(month_figures(self.book.columns(), line, at))
        with self.new_uow() as uow:
            uow.begin()
            facts.put_months(uow.connection, line, figures)
            uow.commit()
        return Line(line=line, ok=True, detail={"figures": len(figures)})
