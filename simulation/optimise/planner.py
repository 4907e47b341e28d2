"""Plans of one stage after any moves, each piece of work planned once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from simulation.optimise.moves import Move, moved
from simulation.optimise.stage_plan import StagePlan, stage_plan
from simulation.optimise.stage_work import StageWork, stage_work
from simulation.scenario import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.catalogue.values import Catalogue

EFFORT = 2.0  # deterministic seconds for each plan: a board has some dozens of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A stage to look at.

    Attributes:
        applicable: Codes of the items that are done, in catalogue order.
        made: Moves to begin with, each allowed (see `moves.why_not_move`).
    """

    catalogue: Catalogue
    applicable: tuple[str, ...]
    flow: int
    stage: int
    mode: Mode = Mode.ROUNDS
    made: tuple[Move, ...] = ()


def all_items(catalogue: Catalogue, flow: int) -> tuple[str, ...]:
    """Return every item of a flow type: more than any one project has, an upper bound."""
    return tuple(code for code, item in catalogue.items.items() if flow in item.flows)


class Planner:
    """Plans the stage of a question after its moves and any further ones."""

    def __init__(self, asked: Question) -> None:
        """Begin with nothing planned."""
        self.asked = asked
        self._known: dict[tuple[object, ...], StagePlan] = {}

    def after(self, moves: Iterable[Move] = ()) -> Catalogue:
        """Return the catalogue after the question's moves and these."""
        made: tuple[Move, ...] = reduce(_with, moves, self.asked.made)
        return moved(self.asked.catalogue, made)

    def work(self, moves: Iterable[Move] = ()) -> StageWork:
        """Return what the stage has to do after them."""
        return stage_work(self.after(moves), self.asked.applicable, self.asked.stage)

    def plan(self, moves: Iterable[Move] = ()) -> StagePlan:
        """Return the shortest plan after them."""
        return self.plan_of(self.work(moves))

    def plan_of(self, work: StageWork) -> StagePlan:
        """Return the shortest plan of some work of this stage."""
        same = (work.slotted, frozenset(work.before), work.barred)
        if same not in self._known:
            self._known[same] = stage_plan(work, self.asked.mode, EFFORT)
        return self._known[same]


def _with(made: tuple[Move, ...], move: Move) -> tuple[Move, ...]:
    """Return the moves with one more; a second class for an item takes the first one's place."""
    kept = [each for each in made if move.to is None or each.to is None or each.item != move.item]
    return (*kept, move)
