"""Which pairable items the reference starts next: asked of the rules of pairing themselves."""

from __future__ import annotations

from itertools import combinations, count
from typing import TYPE_CHECKING

from simulation.draws import Purpose
from simulation.scenario import Mode, Policy
from workflows import pairing
from workflows.graph import planned_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from simulation._reference_case import ReferenceCase
    from simulation.draws import Draws

Two = tuple[str, str]
_MANY = 99


def next_start(case: ReferenceCase, stage: int, at: datetime, luck: Draws) -> bool:
    """Start two items of a stage, or one; False where nothing may start."""
    view = case.view(stage, at)
    if view is None:
        return False
    chosen = case.model.scenario.pairing
    free = (chosen.slots or _MANY) - len(view.holders)
    if free <= 0 or (view.holders and chosen.mode is Mode.ROUNDS):
        return False
    ready = [code for code in pairing.candidates(view) if not pairing.missing(view, code)]
    if chosen.mode is Mode.ROLLING:
        ready = [code for code in ready if _beside(view, code)]
    if not ready:
        return False
    starts = case.starts[stage] = case.starts.get(stage, -1) + 1
    word = luck.word(case.number, stage - 1, starts, Purpose.LOT)
    legal = [two for two in combinations(ready, 2) if pairing.why_not(view, *two) is None]
    if free == 1 or chosen.policy is Policy.SINGLE or not legal:
        case.file_single(_single(case, ready, word), at)
    else:
        _start_two(case, stage, view, legal, at, word)
    return True


def _beside(view: pairing.View, code: str) -> bool:
    return all(pairing.why_not_beside(view, code, holder) is None for holder in view.holders)


def _single(case: ReferenceCase, ready: Sequence[str], word: int) -> str:
    """Return who goes by itself: the longest, or one by lot."""
    if case.model.scenario.pairing.policy is Policy.DRAWN:
        return ready[word % len(ready)]
    return max(ready, key=lambda code: (case.rows[code].days, code))


def _start_two(  # noqa: PLR0913, PLR0917 - where, among which, and by what luck
    case: ReferenceCase,
    stage: int,
    view: pairing.View,
    legal: Sequence[Two],
    at: datetime,
    word: int,
) -> None:
    policy = case.model.scenario.pairing.policy
    catalogue = case.model.catalogue

    def saved(two: Two) -> tuple[int, Two]:
        return pairing.days_saved(catalogue, *two), two

    if policy is Policy.DRAWN:
        two = legal[word % len(legal)]
        if view.holders or view.run.round.drawn:
            case.propose(two, Policy.CHOSEN.value, at)
        else:
            case.draw(stage, at, _seed_of(view, two))
        return
    plan: Sequence[Two] = ()
    if policy is Policy.PLANNED:
        codes = sorted({code for each in legal for code in each})
        barred = [frozenset(each) for each in combinations(codes, 2) if each not in legal]
        plan = planned_pairs({code: case.rows[code].days for code in codes}, barred)
    two = max(plan or legal, key=saved)
    case.propose(two, (Policy.PLANNED if plan else Policy.CHOSEN).value, at)


def _seed_of(view: pairing.View, two: Two) -> str:
    """Return the first seed by which the real lot falls on *two*.

    The kernel's lot and the real one are both even among the legal pairs; so the real draw is made
    and recorded here, on a seed that agrees with the case's luck.
    """
    for number in count():
        drawn = pairing.draw(view, str(number))
        if drawn is not None and drawn.candidates[0][:2] == two:
            return str(number)
    raise AssertionError  # the count has no end
