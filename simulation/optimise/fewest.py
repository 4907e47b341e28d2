"""The fewest moves with which a stage meets its limit, proved, or those that come nearest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulation.optimise.moves import Move, moves_of, why_not_move
from simulation.optimise.planner import EFFORT, Planner
from simulation.optimise.stage_plan import Choices, Chosen, fewest_days, fewest_moves
from workflows.catalogue.values import Coupling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.optimise.stage_work import StageWork

MOST_TRIES = 20  # sets of moves that the model allows and the rules then do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A move of a set, and what the stage would take without this one."""

    move: Move
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewest:
    """The fewest moves that meet the limit; where none do, those that come nearest.

    Attributes:
        days: Working days of the stage after them.
        met: Whether that is within the limit.
        least: When met: no fewer moves do. Otherwise: no moves bring fewer days.
        proved: Whether *least* is reached.
    """

    moves: tuple[Reason, ...]
    days: int
    met: bool
    least: int
    proved: bool


def fewest(planner: Planner, limit: int) -> Fewest:
    """Return the fewest moves that meet the limit, judged by the rules themselves.

    The model takes the items that two moves clear as those that either clears. Where the rules
    see it otherwise the set is banned, and the next one looked for.
    """
    if planner.plan().total <= limit:
        return Fewest(moves=(), days=planner.plan().total, met=True, least=0, proved=True)
    moves, choices = _choices(planner)
    work, banned = _loosest(planner, moves, choices), list[frozenset[str]]()
    while len(banned) < MOST_TRIES:
        found = fewest_moves(
            work, choices, limit, mode=planner.asked.mode, banned=banned, effort=EFFORT
        )
        if found is None:
            break
        chosen = [moves[name] for name in sorted(found.moves)]
        days = planner.plan(chosen).total
        if days <= limit:
            return Fewest(
                moves=_reasons(planner, chosen),
                days=days,
                met=True,
                least=found.least,
                proved=found.least >= len(chosen),
            )
        banned.append(found.moves)
    shortest = fewest_days(work, choices, mode=planner.asked.mode, effort=EFFORT)
    return _nearest(planner, limit, moves, shortest)


def _nearest(
    planner: Planner, limit: int, moves: Mapping[str, Move], found: Chosen | None
) -> Fewest:
    """Return the moves that make the stage shortest, where none were found that meet the limit."""
    chosen = [] if found is None else [moves[name] for name in sorted(found.moves)]
    days = planner.plan(chosen).total
    least = 0 if found is None or days <= limit else found.least
    return Fewest(
        moves=_reasons(planner, chosen),
        days=days,
        met=days <= limit,
        least=least,
        proved=days > limit and least >= days,
    )


def _reasons(planner: Planner, chosen: Sequence[Move]) -> tuple[Reason, ...]:
    """Return the moves, each with what the stage would take without it, the weightiest first."""
    reasons = [
        Reason(
            move=move,
            without=planner.plan([each for each in chosen if each != move]).total,
        )
        for move in chosen
    ]
    return tuple(sorted(reasons, key=lambda each: (-each.without, each.move.name)))


def _choices(planner: Planner) -> tuple[dict[str, Move], Choices]:
    """Return the moves that can shorten the stage, by name, and what the model is to know of them.

    Taking an item off its slot helps, in whatever class: free is the plain one. Mandating one may
    also pull in others that it needs.
    """
    asked, here, work = planner.asked, planner.after(), planner.work()
    moves = {
        move.name: move
        for move in moves_of(here, asked.applicable, asked.stage)
        if why_not_move(here, asked.applicable, asked.stage, move) is None
    }
    clears: dict[str, frozenset[str]] = {}
    for name, move in sorted(moves.items(), key=lambda each: each[1].to is not Coupling.FREE):
        if move.to is not None:
            cleared = work.slotted - planner.work([move]).slotted
            known = (clears[each] for each in clears if moves[each].item == move.item)
            if cleared and not any(cleared <= other for other in known):
                clears[name] = cleared
    softens = {
        name: (move.item, move.document)
        for name, move in moves.items()
        if move.document is not None
    }
    return moves, Choices(clears=clears, softens=softens)


def _loosest(planner: Planner, moves: Mapping[str, Move], choices: Choices) -> StageWork:
    """Return the stage's work, with only those pairs barred that no softer need could allow.

    The order itself keeps the others apart for as long as it stands.
    """
    work = planner.work()
    soft = planner.work([moves[name] for name in choices.softens])
    return replace(work, barred=frozenset(pair for pair in soft.barred if pair <= work.slotted))
