"""The next order of a project's people, one at a time, until the project is completed.

Pure: what is due follows from the project, the habits and keyed luck. Who carries an order out
(the live handle, or decide and evolve in memory) is the caller's affair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING

from simulation.habits import days_of
from simulation.mishaps import declines, outcome_of, silent, withdraws
from simulation.options import Option, Rank, Scene
from simulation.papers import handing_in
from simulation.partners import pair_options
from simulation.pauses import beginning, ending, resumed_at
from workflows import commands as c
from workflows.catalogue.values import Coupling, DayUnit
from workflows.project import ProjectStatus, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from simulation.options import Said
    from simulation.world import World
    from workflows.facts import Actor
    from workflows.project import OpenTask, Project, StageRun

STEP = timedelta(minutes=1)  # between two orders of one project that fall due together
LONGEST = 20_000  # orders; a journey of all 87 items with every mishap needs a few thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command, who gives it and when.

    Attributes:
        key: Names the order for good, so that a repetition is harmless.
        said: The words behind the note in the command, if it holds one.
    """

    project: str
    at: datetime
    actor: Actor
    command: c.Command
    key: str
    said: Said | None = None


class StuckError(Exception):
    """A running project has nothing left that anyone could do; *wanted* says what is missing."""

    def __init__(self, code: str, wanted: tuple[str, ...]) -> None:
        """Keep what the project still wants."""
        self.code, self.wanted = code, wanted
        super().__init__(f"{code} is stuck; wanted: {', '.join(wanted) or 'nothing'}")


def drive(
    execute: Callable[[Order], Project],
    project: Project,
    world: World,
    until: datetime | None = None,
) -> Project:
    """Give the orders of *project* in turn and return it at rest: closed, or past *until*.

    Args:
        execute: Carries an order out and returns the project after it.

    Raises:
        StuckError: If the project runs and nobody can do anything; also after LONGEST orders.
    """
    for _ in range(LONGEST):
        order = next_order(project, world)
        if order is None or (until is not None and order.at > until):
            return project
        project = execute(order)
    raise StuckError(project.code, _wanted(project))


def next_order(project: Project, world: World) -> Order | None:
    """Return what is done next, the earliest due; None when the project is closed.

    None too where all that is open waits for a reviewer to take it in hand (see `World.desks`).

    The same project gives the same order. Its time lies after the project's last event; papers
    that are handed in one after the other come at the same instant.

    Raises:
        StuckError: If the project runs and nobody can do anything.
    """
    if project.status is not ProjectStatus.RUNNING:
        return None
    option = min(options(project, world), key=Option.order, default=None)
    if option is None:
        if _all_wait(project, world):
            return None
        raise StuckError(project.code, _wanted(project))
    actor = world.cast(project, option.performer, option.department)
    gap = timedelta() if option.rank is Rank.HAND_IN else STEP
    return Order(
        project=project.code,
        at=max(option.due, project.last_at + gap),
        actor=actor if option.person is None else replace(actor, id=option.person),
        command=option.command,
        key=key_of(project),
        said=option.said,
    )


def key_of(project: Project) -> str:
    """Return the key of a project's next order: by it a repetition is known."""
    return f"journey-{project.code}-{project.number + 1}"


def _all_wait(project: Project, world: World) -> bool:
    tasks = ((run, task) for run in project.runs.values() for task in run.tasks.values())
    return any(waits(project, run, task, world.desks) for run, task in tasks)


def options(project: Project, world: World) -> Iterator[Option]:
    """Yield everything that someone could do now or once it is due."""
    for run in project.runs.values():
        if run.ended_at is not None:
            continue
        scene = Scene.of(project, run, world)
        yield from _intake(scene)
        if run.filed_at is not None:
            yield from chain(
                handing_in(scene),
                declines(scene),
                _filings(scene),
                pair_options(scene),
                _tasks(scene),
            )


def _intake(scene: Scene) -> Iterator[Option]:
    """Yield the joint application of a stage that has just opened."""
    run = scene.run
    if run.filed_at is not None:
        return
    days = scene.world.habits.preparation
    yield Option(
        due=scene.world.after(run.opened_at, days, DayUnit.WORKING_DAY, run.key, "intake"),
        rank=Rank.FILE,
        key=run.key,
        command=c.FileStage(stage=run.stage, unit=run.unit),
        performer="agent",
    )


def _filings(scene: Scene) -> Iterator[Option]:
    """Yield the single filings: free items once nothing is to come, and listed ones again."""
    for code in scene.wanted:
        again = scene.listed(code) and scene.tries(code) > 0
        free = scene.item(code).coupling is Coupling.FREE and not scene.listed(code)
        if scene.ready(code) and (again or (free and not _awaits(scene, code))):
            yield Option(
                due=_filing_time(scene, code),
                rank=Rank.FILE,
                key=code,
                command=c.FileItem(item=code, unit=scene.run.unit),
                performer="agent",
            )


def _awaits(scene: Scene, code: str) -> bool:
    """Tell whether a soft document of the item's own or an earlier stage is still to come."""
    item = scene.item(code)
    awaited = {need.document for need in item.needs} - scene.at_hand
    return any(
        scene.item(producer).stage <= item.stage
        for document in awaited
        for producer in scene.wires.producers[document]
    )


def _filing_time(scene: Scene, code: str) -> datetime:
    """Return when an item is filed: soon, or the working day after its last attempt ended."""
    last = scene.state(code).attempts[-1:]
    ended = last[0].ended_at if last else None
    if ended is None:
        return scene.soon()
    return scene.world.after(ended, 1, DayUnit.WORKING_DAY, code, len(last), "again")


def _tasks(scene: Scene) -> Iterator[Option]:
    """Yield the open steps, each when its days are over, and the timers, which may come before."""
    for path, task in scene.run.tasks.items():
        if task.task.item is not None and not silent(scene, task, task.task.item):
            yield from _turn(scene, task, task.task.item, path.rpartition("/")[2])
    for path, timer in scene.run.timers.items():
        yield Option(
            due=timer.due_at,
            rank=Rank.TIMER,
            key=path,
            command=c.FireTimer(
                unit=scene.run.unit,
                item=timer.item,
                attempt=timer.attempt,
                timer=path.rpartition("/")[2],
            ),
            performer="system",
        )


def _turn(scene: Scene, task: OpenTask, code: str, step: str) -> Iterator[Option]:
    """Yield the end of a pause, a pause, or the step; nothing while it waits for a reviewer."""
    ended = ending(scene, task, code)
    if ended is not None:
        yield ended
    elif not waits(scene.project, scene.run, task, scene.world.desks):
        yield beginning(scene, task, code, step) or _step(scene, task, code, step)


def waits(project: Project, run: StageRun, task: OpenTask, desks: Collection[str]) -> bool:
    """Tell whether a task lies at one of *desks*, and no reviewer has taken its item in hand."""
    if task.task.performer != "department" or task.task.department not in desks:
        return False
    state = project.items.get(item_key(run.unit, task.task.item or ""))
    attempt = None if state is None else state.open
    return attempt is not None and attempt.begun_at is None


def _step(scene: Scene, task: OpenTask, code: str, step: str) -> Option:
    """Return the step as it will be done, or that the owner takes the attempt back instead."""
    unit, attempt = scene.run.unit, task.task.attempt
    outcome = outcome_of(scene, task, code, step)
    why = scene.say("refused", code, attempt, step) if outcome == "refused" else None
    done = Option(
        due=_step_time(scene, task, code, step),
        rank=Rank.STEP,
        key=task.task.path,
        command=c.CompleteStep(
            unit=unit,
            item=code,
            attempt=attempt,
            step=step,
            outcome=outcome,
            reason=None if why is None else why.note,
        ),
        performer=task.task.performer,
        department=task.task.department,
        said=why,
        person=task.person,
    )
    if not withdraws(scene, task, code, step):
        return done
    said = scene.say("withdrawn", code, attempt)
    withdrawal = c.WithdrawItem(item=code, unit=unit, reason=said.note)
    return replace(done, command=withdrawal, performer="owner", said=said, person=None)


def _step_time(scene: Scene, task: OpenTask, code: str, step: str) -> datetime:
    """Return when a step is done: so many days after it could be begun."""
    days, unit = days_of(scene.item(code), step)
    attempt = scene.state(code).open
    since = task.opened_at
    if attempt is not None:
        since = resumed_at(attempt, since)
        if task.person is not None and attempt.begun_at is not None:
            since = max(since, attempt.begun_at)
    key = (task.task.path, task.task.attempt)
    return scene.world.after(since, _pace(scene, days, code, step, *key), unit, *key)


def _pace(scene: Scene, days: int, code: str, step: str, *key: object) -> int:
    """Return the days that a step takes of those it may: a late one takes twice as many."""
    habits = scene.world.habits
    if habits.quick < 1:
        luck = scene.world.luck.draw(scene.project.code, *key, "pace")
        days = ceil(days * (habits.quick + (1 - habits.quick) * luck))
    days = round(days * habits.slow.get(code, 1))
    return 2 * days if scene.strikes(habits.late, code, key[1], step, "late") else days


def _wanted(project: Project) -> tuple[str, ...]:
    return tuple(
        sorted(
            path.removesuffix(":wanted")
            for run in project.runs.values()
            for path in run.tokens
            if path.endswith(":wanted")
        )
    )
