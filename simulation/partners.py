"""How pairable items find partners: proposed and started, drawn, planned, single or alone."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from simulation.habits import Way
from simulation.options import Option, Rank, Said, Scene
from workflows import commands as c
from workflows import pairing
from workflows.catalogue.values import DayUnit
from workflows.graph import planned_pairs
from workflows.project import PairStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workflows.project import Pair

Two = tuple[str, str]


def pair_options(scene: Scene) -> Iterator[Option]:
    """Yield what is to be done next about the pairable items of a filed run."""
    proposed = _proposed(scene)
    if proposed is not None:
        yield _settled(scene, proposed)
        return
    waiting = [code for code in scene.wanted if scene.pairable(code)]
    if not waiting:
        return
    view = scene.view()
    ready = [code for code in pairing.candidates(view) if not pairing.missing(view, code)]
    lonely = [code for code in ready if _goes_alone(scene, code)]
    yield from (_filed(scene, code, single=False) for code in lonely)
    if lonely or not ready:
        return
    free = _free_slots(scene)
    if free >= 2 and scene.world.habits.way(scene.run.stage) is not Way.SINGLE:  # noqa: PLR2004 - two make a pair
        legal = pairing.legal_pairs(view, ready=True)
        yield _paired(scene, legal) if legal else _filed(scene, _longest(scene, ready), single=True)
    elif free >= 1:
        beside = [code for code in ready if _fits_holders(view, code)]
        yield from (_filed(scene, _longest(scene, beside), single=True) for _ in beside[:1])


def _proposed(scene: Scene) -> Pair | None:
    here = (scene.run.stage, scene.run.unit)
    return next(
        (
            pair
            for pair in scene.project.pairs.values()
            if pair.status is PairStatus.PROPOSED and (pair.stage, pair.unit) == here
        ),
        None,
    )


def _settled(scene: Scene, pair: Pair) -> Option:
    """Start a proposed pair, or give it up when luck has it so."""
    habits = scene.world.habits
    given_up = sum(
        other.status is PairStatus.DISSOLVED
        and (other.stage, other.unit) == (pair.stage, pair.unit)
        for other in scene.project.pairs.values()
    )
    gives_up = given_up < habits.patience and scene.strikes(
        habits.dissolved, scene.run.stage, pair.id, "dissolved"
    )
    if not gives_up:
        return _option(scene, pair.id, c.StartPair(pair=pair.id))
    said = scene.say("dissolved", pair.id)
    return _option(scene, pair.id, c.DissolvePair(pair=pair.id, reason=said.note), said)


def _goes_alone(scene: Scene, code: str) -> bool:
    habits = scene.world.habits
    if habits.way(scene.run.stage) is Way.ALONE:
        return True
    return scene.strikes(habits.alone, code, scene.tries(code), "alone")


def _free_slots(scene: Scene) -> int:
    run = scene.run
    if run.mode == "rounds" and run.held_slots:
        return 0
    return run.slots - run.held_slots


def _paired(scene: Scene, legal: Sequence[Two]) -> Option:
    """Propose one of the legal ready pairs in the stage's way; a round is drawn once only."""
    run = scene.run
    way = scene.world.habits.way(run.stage)
    if way is Way.DRAWN and not run.round.drawn:
        return _option(scene, "draw", c.DrawPair(stage=run.stage, unit=run.unit))
    planned = _planned(scene, legal) if way is Way.PLANNED else None
    first, second = planned or max(legal, key=lambda pair: (_saved(scene, pair), pair))
    said = scene.say("planned" if planned else "chosen", first, second)
    command = c.ProposePair(
        first=first,
        second=second,
        unit=run.unit,
        policy="planned" if planned else "chosen",
        reason=said.note,
    )
    return _option(scene, f"{first} {second}", command, said)


def _planned(scene: Scene, legal: Sequence[Two]) -> Two | None:
    """Return the pair that saves most of the best plan for all that could start now."""
    codes = sorted({code for pair in legal for code in pair})
    illegal = [frozenset(pair) for pair in combinations(codes, 2) if pair not in legal]
    plan = planned_pairs({code: _days(scene, code) for code in codes}, illegal)
    return max(plan, key=lambda pair: (_saved(scene, pair), pair), default=None)


def _saved(scene: Scene, pair: Two) -> int:
    return pairing.days_saved(scene.world.catalogue, *pair)


def _days(scene: Scene, code: str) -> int:
    limit = scene.item(code).committed_limit
    return 0 if limit is None else limit.days


def _longest(scene: Scene, codes: Sequence[str]) -> str:
    return max(codes, key=lambda code: (_days(scene, code), code))


def _fits_holders(view: pairing.View, code: str) -> bool:
    return all(pairing.why_not_beside(view, code, holder) is None for holder in view.holders)


def _filed(scene: Scene, code: str, *, single: bool) -> Option:
    said = scene.say("single" if single else "alone", code)
    command = c.FileItem(item=code, unit=scene.run.unit, single=single, reason=said.note)
    return _option(scene, code, command, said)


def _option(scene: Scene, key: str, command: c.Command, said: Said | None = None) -> Option:
    days = scene.world.habits.hesitation
    last_at, where = scene.project.last_at, scene.run.key
    return Option(
        due=scene.world.after(last_at, days, DayUnit.WORKING_DAY, where, "hesitation"),
        rank=Rank.PAIR,
        key=key,
        command=command,
        performer="agent",
        said=said,
    )
