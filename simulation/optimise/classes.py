"""What each next class of each item brings a stage, and the fewest moves that meet its limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from simulation.optimise.fewest import Fewest, fewest
from simulation.optimise.moves import Move, moves_of, why_not_move
from simulation.optimise.planner import Planner, Question

if TYPE_CHECKING:
    from simulation.optimise.stage_plan import StagePlan
    from simulation.optimise.stage_work import StageWork
    from workflows.catalogue.values import Catalogue
    from workflows.pairing import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one move brings from here.

    Attributes:
        why_not: What stands against it; nothing is known of its days then.
        days: Working days of the stage after it.
        saved: Days less than now; negative where it makes the stage longer.
        proved: Whether both figures are the best that can be had.
    """

    move: Move
    why_not: Why | None = None
    days: int | None = None
    saved: int | None = None
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A stage with the classes of its items.

    Attributes:
        catalogue: After the moves of the question; so are *work* and its shortest *plan*.
        limit: Working days that the flow type gives the stage; None = no limit.
        today: The stage before those moves.
        effects: Of every single move from here, by item.
        fewest: None where the stage has no limit.
    """

    asked: Question
    catalogue: Catalogue
    limit: int | None
    today: StagePlan
    work: StageWork
    plan: StagePlan
    effects: tuple[Effect, ...]
    fewest: Fewest | None

    @property
    def met(self) -> bool:
        """Tell whether the stage is over within its limit."""
        return self.limit is None or self.plan.total <= self.limit

    @property
    def ranked(self) -> tuple[Effect, ...]:
        """Return the single moves that save days, the best first."""
        useful = [each for each in self.effects if each.saved is not None and each.saved > 0]
        return tuple(sorted(useful, key=lambda each: (-(each.saved or 0), each.move.name)))


@lru_cache(maxsize=128)
def board(asked: Question) -> Board:
    """Return a stage with its classes, and what each next move brings.

    Days are committed limits, in working days. Every applicable item of the stage counts, in
    whatever class: the clock of a stage runs while any of them does.
    """
    planner = Planner(asked)
    limit = asked.catalogue.flows[asked.flow].stage_limit(asked.stage)
    work = planner.work()
    return Board(
        asked=asked,
        catalogue=planner.after(),
        limit=limit,
        today=Planner(replace(asked, made=())).plan(),
        work=work,
        plan=planner.plan_of(work),
        effects=_effects(planner),
        fewest=None if limit is None else fewest(planner, limit),
    )


def _effects(planner: Planner) -> tuple[Effect, ...]:
    """Return what each next move brings, or what stands against it."""
    here, applicable = planner.after(), planner.asked.applicable
    moves = moves_of(here, applicable, planner.asked.stage)
    return tuple(_effect(planner, here, move) for move in moves)


def _effect(planner: Planner, here: Catalogue, move: Move) -> Effect:
    why = why_not_move(here, planner.asked.applicable, planner.asked.stage, move)
    if why is not None:
        return Effect(move=move, why_not=why)
    now, then = planner.plan(), planner.plan([move])
    return Effect(
        move=move,
        days=then.total,
        saved=now.total - then.total,
        proved=now.proved and then.proved,
    )
