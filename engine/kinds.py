"""The kinds of jobs: each names its lines and does one of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from engine.rebuild import rebuild
from engine.store import derived
from engine.store.jobs import Line
from workflows import commands
from workflows.errors import Refusal
from workflows.facts import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.following import Following
    from engine.handle import Handle
    from engine.library import Library
    from engine.people import People
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor

RECOMPUTE, REBUILD, COMMANDS = "recompute", "rebuild", "commands"
_TOLD = ("problem", "params")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recompute:
    """Due dates and timers of every running project by the calendar in force."""

    following: Following

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the running projects."""
        return self.following.running_codes()

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Compute one project's; its keys hang on calendar and project, not on the job."""
        found = self.following.recompute_one(line)
        return Line(line=line, ok=found.problem is None, detail=asdict(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """Snapshots and rows of every project from its log."""

    new_uow: Callable[[], UnitOfWork]
    library: Callable[[], Library]

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return all projects."""
        with self.new_uow() as uow:
            return tuple(sorted(derived.codes(uow.connection)))

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Make one project's again; the second time nothing differs."""
        found = rebuild(self.new_uow, self.library(), line)
        changed = len(found.inserts) + len(found.updates) + len(found.deletes)
        return Line(line=line, ok=True, detail={"changed": changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Many commands of one person, each in its own transaction.

    Parameters: {"actor": ID, "commands": [{"project": CODE, "name": CLASS, "fields": {...}}, ...]};
    a line is a command's place in the list, from 0. A command may carry its own refusal instead:
    {"project": CODE, "problem": CODE, "params": {...}}.
    """

    handle: Handle
    people: People

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the places of the commands."""
        return tuple(map(str, range(len(parameters["commands"]))))

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        """Give one command; a person who left since may give none."""
        order = parameters["commands"][int(line)]
        if "problem" in order:  # seen when it was ordered: a project out of the sender's sight
            return Line(line=line, ok=False, detail={name: order[name] for name in _TOLD})
        actor = self._actor(parameters["actor"])
        kind = getattr(commands, order["name"], None)
        if actor is None or not isinstance(kind, type):
            return Line(line=line, ok=False, detail={"problem": "access.not_allowed"})
        try:
            command: commands.Command = msgspec.convert(order["fields"], kind)
        except msgspec.ValidationError as error:
            return Line(line=line, ok=False, detail={"problem": str(error)})
        try:
            answer = self.handle.execute(order["project"], command, actor, key, final=True)
        except Refusal as refusal:
            told = {name: str(value) for name, value in refusal.params.items()}
            return Line(line=line, ok=False, detail={"problem": refusal.code, "params": told})
        return Line(line=line, ok=True, detail={"number": answer.number})

    def _actor(self, identity: str) -> Actor | None:
        if identity == SYSTEM.id:
            return None  # the office's own commands are not for the asking
        person = self.people.get(identity)
        return None if person is None or not person.active else person.actor
