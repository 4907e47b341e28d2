"""A planner's question, answered in the background, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engine.store.jobs import Line
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.library import Library
    from workflows.catalogue.values import Catalogue

WHAT_IF = "what_if"
LEVERS = "levers"
CHANGED = "scenario.catalogue_changed"


class Answer(Protocol):
    """Answers one line of a question, and calls *look* now and then."""

    def __call__(
        self,
        question: Mapping[str, Any],
        catalogue: Catalogue,
        line: str,
        /,
        *,
        look: Callable[[], None],
    ) -> dict[str, Any]:
        """Return the answer, which JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What the simulation answers in parts: scenarios compared (WHAT_IF), or levers tried (LEVERS).

    Parameters: {"actor": ID, "catalogue": HASH, "scenario": TEXT, "replications": N}, and
    {"compare": TEXT} or {"changes": N}. The detail of a line is what `answer` returns.

    Attributes:
        batches: Names the lines of a question.
        answer: Answers one of them.
    """

    library: Callable[[], Library]
    batches: Callable[[Mapping[str, Any]], Sequence[str]]
    answer: Answer

    def lines(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """Return the lines of the question."""
        return self.batches(parameters)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        """Answer one; the same luck gives the same answer however often it is asked."""
        return self.do_looking(parameters, line, key, lambda: None)

    def do_looking(
        self,
        parameters: Mapping[str, Any],
        line: str,
        key: str,  # noqa: ARG002 - the port's signature
        look: Callable[[], None],
    ) -> Line:
        """Do the same, and look up while the simulation is at work."""
        catalogue = self.library().catalogue
        if catalogue.hash != parameters["catalogue"]:
            return Line(line=line, ok=False, detail={"problem": CHANGED})
        try:
            found = self.answer(parameters, catalogue, line, look=look)
        except Refusal as refusal:  # what it names is kept: the planner has to know what to change
            detail = {"problem": refusal.code, "params": refusal.params}
            return Line(line=line, ok=False, detail=detail)
        return Line(line=line, ok=True, detail=found)
