"""Removes files that no project speaks of: uploads that were refused, or broke off on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.store.jobs import Line
from engine.store.materials import handed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.files import Files
    from engine.unit_of_work import UnitOfWork

SWEEP = "sweep"
GRACE = timedelta(days=1)  # a file is stored before its project says so: no younger one is taken
_FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Drops stored files that no log names and nobody has handed in for a day.

    Attributes:
        machine: The clock that stamps files; an office's may stand.
    """

    new_uow: Callable[[], UnitOfWork]
    files: Files
    machine: Clock

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the one line there is."""
        return (_FILES,)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Look once; doing it twice drops nothing more."""
        since = self.machine.now() - GRACE
        old = tuple(self.files.untouched(since))
        with self.new_uow() as uow:
            wanted = handed_in(uow.connection) if old else frozenset()
        dropped = sum(self.files.drop(each, since) for each in old if each not in wanted)
        broken = self.files.clear_incoming(since)
        return Line(line=line, ok=True, detail={"dropped": dropped, "broken_off": broken})
