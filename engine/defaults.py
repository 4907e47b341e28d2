"""超时默认: what a department left lying beyond its promise is granted, where that is the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store.dues import overdue
from engine.store.jobs import Line
from workflows import commands
from workflows.errors import Refusal
from workflows.facts import SYSTEM
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.handle import Handle
    from engine.unit_of_work import UnitOfWork

DEFAULTS = "defaults"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """A job of one day: every attempt whose committed limit had passed when it was looked at."""

    new_uow: Callable[[], UnitOfWork]
    clock: Clock
    handle: Handle

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return PROJECT/UNIT/ITEM/ATTEMPT of the attempts that are overdue today."""
        today = local_date(self.clock.now()).isoformat()
        with self.new_uow() as uow:
            return overdue(uow.connection, today)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Grant one by default; the rules judge again under the lock, once an attempt."""
        code, unit, item, attempt = line.split("/")
        command = commands.GrantByDefault(unit=int(unit), item=item, attempt=int(attempt))
        try:
            answer = self.handle.execute(code, command, SYSTEM, f"default/{line}")
        except Refusal as refusal:
            return Line(line=line, ok=False, detail={"problem": refusal.code})
        return Line(line=line, ok=True, detail={"number": answer.number})
