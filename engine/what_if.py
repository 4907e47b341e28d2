"""A planner's question, answered in the background, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store.jobs import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.library import Library
    from workflows.catalogue.values import Catalogue

WHAT_IF = "what_if"
LEVERS = "levers"
CHANGED = "scenario.catalogue_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What the simulation answers in parts: scenarios compared (WHAT_IF), or levers tried (LEVERS).

    Parameters: {"actor": ID, "catalogue": HASH, "scenario": TEXT, "replications": N}, and
    {"compare": TEXT} or {"changes": N}. The detail of a line is what `answer` returns.

    Attributes:
        batches: Names the lines of a question.   answer: Answers one of them.
    """

    library: Callable[[], Library]
    batches: Callable[[Mapping[str, Any]], Sequence[str]]
    answer: Callable[[Mapping[str, Any], Catalogue, str], dict[str, Any]]

    def lines(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """Return the lines of the question."""
        return self.batches(parameters)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - the port's signature
        """Answer one; the same luck gives the same answer however often it is asked."""
        catalogue = self.library().catalogue
        if catalogue.hash != parameters["catalogue"]:
            return Line(line=line, ok=False, detail={"problem": CHANGED})
        return Line(line=line, ok=True, detail=self.answer(parameters, catalogue, line))
