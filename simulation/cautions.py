"""What stands against a scenario without barring it: the planner should know it first.

What contradicts itself, or could never be published, `simulation.check` refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.optimise.moves import MANDATORY, Move, why_not_move
from workflows.applicability import applicable
from workflows.pairing import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario import Edits, Scenario
    from workflows.catalogue.values import Catalogue

# What the check refuses is left out, and what merely says nothing new.
_TOLD = ("national", "milestone", "no_predecessor", "law", "no_leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """One edit that the optimiser would not make, and the rule against it."""

    item: str
    why: Why


def cautions(scenario: Scenario, catalogue: Catalogue) -> tuple[Caution, ...]:
    """Return what stands against the edits of a scenario, by item.

    Args:
        catalogue: As it is in force, without those edits.
    """
    found = {
        (each.item, each.why.rule): each
        for each in (*_dropped(scenario.edits, catalogue), *_moved(scenario, catalogue))
    }
    return tuple(found[key] for key in sorted(found))


def _dropped(edits: Edits, catalogue: Catalogue) -> Iterator[Caution]:
    for code in edits.dropped:
        if catalogue.items[code].national_coupling == MANDATORY:
            named = {"item": code, "national": MANDATORY}
            yield Caution(item=code, why=Why(rule="national", params=named))


def _moved(scenario: Scenario, catalogue: Catalogue) -> Iterator[Caution]:
    moves = tuple(moves_of(scenario.edits))
    for kind in scenario.arrivals.kinds if moves else ():
        codes = tuple(sorted(applicable(catalogue, kind.flow, kind.facts)))
        for move in moves:
            why = why_not_move(catalogue, codes, catalogue.items[move.item].stage, move)
            if why is not None and why.rule in _TOLD:
                yield Caution(item=move.item, why=why)


def moves_of(edits: Edits) -> Iterator[Move]:
    """Yield what the edits do as the optimiser says it."""
    for code, coupling in edits.couplings.items():
        yield Move(item=code, to=coupling)
    for (code, document), hard in edits.needs.items():
        if not hard:
            yield Move(item=code, document=document)
