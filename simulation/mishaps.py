"""What goes otherwise than planned: refusals, withdrawals, silence, and items done without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.options import Option, Rank, Scene
from workflows import commands as c
from workflows.project import item_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.project import OpenTask


def declines(scene: Scene) -> Iterator[Option]:
    """Yield the items that the owner does without (不办), before they were ever filed."""
    for code in scene.wanted if scene.world.habits.declined else ():
        if forgoes(scene, code):
            said = scene.say("declined", code)
            yield Option(
                due=scene.soon(),
                rank=Rank.DECLINE,
                key=code,
                command=c.DeclineItem(item=code, unit=scene.run.unit, reason=said.note),
                performer="owner",
                said=said,
            )


def forgoes(scene: Scene, code: str) -> bool:
    """Tell whether the owner does without a wanted item, as things stand."""
    chance = scene.world.habits.declined
    fresh = not scene.listed(code) and scene.tries(code) == 0
    return fresh and scene.strikes(chance, code, "declined") and not _needed(scene, code)


def outcome_of(scene: Scene, task: OpenTask, code: str, step: str) -> str:
    """Return the outcome with which a step is completed."""
    outcomes = task.task.outcomes
    habits = scene.world.habits
    attempt = task.task.attempt
    if "refused" in outcomes and _unlucky(scene, habits.refused, code, attempt, step, "refused"):
        return "refused"
    if "committed" in outcomes and scene.strikes(habits.committed, code, attempt, "committed"):
        return "committed"
    return next(outcome for outcome in outcomes if outcome != "refused")


def withdraws(scene: Scene, task: OpenTask, code: str, step: str) -> bool:
    """Tell whether the owner withdraws the attempt where this step would come next."""
    chance = scene.world.habits.withdrawn
    return _unlucky(scene, chance, code, task.task.attempt, step, "withdrawn")


def silent(scene: Scene, task: OpenTask, code: str) -> bool:
    """Tell whether the window says nothing and lets a step's timer come due."""
    if f"{_scope(task)}/deemed" not in scene.run.timers:
        return False
    return scene.strikes(scene.world.habits.silent, code, task.task.attempt, "silent")


def _scope(task: OpenTask) -> str:
    return task.task.path.rpartition("/")[0]


def _unlucky(scene: Scene, chance: float, code: str, attempt: int, *key: object) -> bool:
    return attempt <= scene.world.habits.patience and scene.strikes(chance, code, attempt, *key)


def _needed(scene: Scene, code: str) -> bool:
    """Tell whether another item of the unit waits for a document that only this one gives."""
    unit = scene.run.unit
    gone = {s.item for s in scene.project.items.values() if s.unit == unit and s.declined} | {code}
    lost = {
        document
        for document in scene.item(code).produces
        if all(producer in gone for producer in scene.wires.producers[document])
    }
    return any(
        lost & needs and other not in gone and not _granted(scene, other)
        for other, needs in scene.wires.needs.items()
    )


def _granted(scene: Scene, code: str) -> bool:
    state = scene.project.items.get(item_key(scene.run.unit, code))
    return state is not None and state.granted
