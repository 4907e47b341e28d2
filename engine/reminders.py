"""Reminds of the days that people were told: once on the day, and once when it has passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store import deadlines
from engine.store.jobs import Line
from engine.tidings import FRESH
from workflows import commands
from workflows.errors import Refusal
from workflows.facts import SYSTEM
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.handle import Handle
    from engine.unit_of_work import UnitOfWork

REMINDERS = "reminders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """A job of one day: every told day that is today, or has passed of late.

    What passed longer ago than news are news is not told any more; lists show it all the same.
    """

    new_uow: Callable[[], UnitOfWork]
    clock: Clock
    handle: Handle

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return PROJECT/UNIT/ITEM/ATTEMPT/KIND/DUE of what there is to be reminded of today."""
        today = local_date(self.clock.now())
        with self.new_uow() as uow:
            found = deadlines.between(uow.connection, str(today - FRESH), str(today))
        return tuple(
            f"{each.project}/{each.unit}/{each.item}/{each.attempt}/{each.kind}/{each.due}"
            for each in found
        )

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Have one told; the rules judge again under the lock, and a key says each thing once."""
        code, unit, item, attempt, kind, due = line.split("/")
        command = commands.RemindDeadline(
            unit=int(unit), item=item, attempt=int(attempt), kind=kind, due=due
        )
        passed = "passed" if due < str(local_date(self.clock.now())) else "day"
        try:
            answer = self.handle.execute(code, command, SYSTEM, f"remind/{line}/{passed}")
        except Refusal as refusal:
            return Line(line=line, ok=False, detail={"problem": refusal.code})
        return Line(line=line, ok=True, detail={"number": answer.number})
