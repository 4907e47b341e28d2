"""One net and its marking, moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn import tokens
from bpmn.net import link
from tests.support.small_stage import FACTS, diagrams

if TYPE_CHECKING:
    from collections.abc import Collection

    from bpmn.diagram import Result
    from bpmn.net import Net

DOCUMENTS = frozenset({"D1", "D2", "D3"})
STEPS = (("accept", "accepted"), ("inspect", "inspected"), ("review", "reviewed"))


@dataclass(slots=True)
class Game:
    """A net, its marking, and what the conditions see."""

    net: Net
    case: tokens.Case
    marking: int = 0
    ended: tuple[tuple[str, Result], ...] = ()

    @classmethod
    def begun(cls, net: Net, declined: Collection[str] = (), **values: bool | int | str) -> Game:
        """Put the first token in."""
        game = cls(net, tokens.Case({**FACTS, **values}, frozenset(declined)))
        return game.take(tokens.start(net, game.case))

    @classmethod
    def filed(
        cls,
        mode: str = "rounds",
        slots: int = 2,
        declined: Collection[str] = (),
        **values: bool | int | str,
    ) -> Game:
        """Begin the small stage and pass its intake."""
        found = diagrams(mode, slots)
        game = cls.begun(link(found["stage"], found), declined, **values)
        return game.complete("stage/intake", "filed")

    def take(self, move: tokens.Move) -> Game:
        """Stand where *move* leads."""
        self.marking, self.ended = move
        return self

    def clear(self) -> None:
        """Forget which attempts the last move ended."""
        self.ended = ()

    def complete(self, path: str, outcome: str | None = None) -> Game:
        """Complete a task."""
        return self.take(tokens.complete(self.net, self.marking, path, self.case, outcome))

    def fire(self, path: str) -> Game:
        """Let a boundary event happen."""
        return self.take(tokens.fire(self.net, self.marking, path, self.case))

    def open(self, *codes: str, slots: bool = False, have: Collection[str] = DOCUMENTS) -> Game:
        """Begin attempts."""
        move = tokens.open_items(self.net, self.marking, codes, self.case, have=have, slots=slots)
        return self.take(move)

    def do(self, code: str, step: str, outcome: str) -> Game:
        """Complete a step of an item."""
        return self.complete(f"{self.net.item(code).path}/{step}", outcome)

    def decide(self, code: str, outcome: str) -> Game:
        """Do all steps of a running item of the small stage up to its decision."""
        for step, done in STEPS:
            self.do(code, step, done)
        return self.do(code, "decide", outcome)

    def grant(self, *codes: str, slots: bool = False) -> Game:
        """Open items one after the other and grant each."""
        for code in codes:
            self.open(code, slots=slots).decide(code, "granted")
        return self

    def bits(self, code: str) -> set[str]:
        """Return the state bits of an item that are set, and its open nodes."""
        path = self.net.item(code).path
        found = [name for name in self.net.paths(self.marking) if name.startswith(path)]
        return {name.removeprefix(path)[1:] for name in found if name != path}

    def has(self, path: str) -> bool:
        """Tell whether the bit at *path* is set."""
        return bool(self.marking & self.net.bits[path])
