"""One project on paper: decide and evolve in memory, no database, a hand on the clock."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from engine.library import shipped
from simulation.journey import Order, drive
from simulation.world import World
from tests.support.facts import random_facts
from workflows import commands as c
from workflows.decide import decide
from workflows.events import AgentLoad
from workflows.evolve import evolve
from workflows.facts import Actor, Facts, Role
from workflows.progress import ItemProgress, Next, Progress, StageProgress, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.project import Project

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CODE = "2026-120118-47-03-000001"
OWNER = Actor(id="owner-1", roles=frozenset({Role.OWNER}), organisation="ORG-A")
LEADER = Actor(id="lead-1", roles=frozenset({Role.STAGE_LEAD, Role.ADMINISTRATOR}))
NOTE = c.Note(ref="n1", digest="0" * 64)


class _EnoughError(Exception):
    """Ends a play early."""


class PaperOffice:
    """Carries orders out in memory and remembers every project state on the way."""

    def __init__(
        self, flow: int = 3, seed: int = 1, agents: tuple[str, ...] = ("agent-1",)
    ) -> None:
        """File a project with random consistent facts."""
        self.library = shipped()
        self.now = START
        self.roster = tuple(
            AgentLoad(agent=agent, township="T1", load=0, away=False) for agent in agents
        )
        self.seen: list[Project] = []
        facts = random_facts(self.library.catalogue, flow, Random(seed))
        filing = c.FileProject(
            code=CODE, flow=flow, facts=dict(facts), township="T1", owner="ORG-A", name=NOTE
        )
        self.project = self._carried(None, filing, OWNER)

    def order(self, command: c.Command, actor: Actor = OWNER) -> Project:
        """Give one command a minute later."""
        self.now += timedelta(minutes=1)
        self.project = self._carried(self.project, command, actor)
        return self.project

    def file_stage(self, stage: int = 1) -> Project:
        """File a stage's joint application."""
        return self.order(c.FileStage(stage=stage))

    def step(self, item: str, outcome: str, *, days: int = 0) -> Project:
        """Complete the open step of *item*, some calendar days later."""
        self.now += timedelta(days=days)
        task = next(
            task.task
            for run in self.project.runs.values()
            for task in run.tasks.values()
            if task.task.item == item
        )
        roles = {"window": Role.WINDOW, "inspector": Role.INSPECTOR}
        role = roles.get(task.performer, Role.REVIEWER)
        actor = Actor(
            id=f"{role.value}-{task.department}",
            roles=frozenset({role}),
            department=task.department,
        )
        name = task.path.rpartition("/")[2]
        command = c.CompleteStep(
            item=item,
            attempt=task.attempt,
            step=name,
            outcome=outcome,
            reason=NOTE if outcome == "refused" else None,
        )
        return self.order(command, actor)

    def grant(self, item: str) -> Project:
        """Complete every step of *item* with the outcome that leads on."""
        while self.progress.item(item).step is not None:
            step = self.progress.item(item).step
            assert step is not None
            self.step(item, next(o for o in step.outcomes if o not in ("refused", "committed")))
        return self.project

    def play(self, until: Callable[[Project], bool] | None = None) -> Project:
        """Let everyone do their work, to the end or until *until* holds."""
        world = World(
            catalogue=self.library.catalogue,
            calendar=self.library.calendar,
            nets=self.library.nets,
        )

        def execute(order: Order) -> Project:
            if until is not None and until(self.project):
                raise _EnoughError
            self.now = order.at
            self.project = self._carried(self.project, order.command, order.actor)
            return self.project

        with suppress(_EnoughError):
            drive(execute, self.project, world)
        return self.project

    @property
    def progress(self) -> View:
        """Return the view of the project now."""
        seen = progress(self.project, self.library.catalogue, self.library.calendar, self.now)
        return View(seen)

    def _carried(self, project: Project | None, command: c.Command, actor: Actor) -> Project:
        facts = Facts(
            actor=actor,
            recorded_at=self.now,
            calendar=self.library.calendar,
            catalogue=self.library.catalogue,
            nets=self.library.nets,
            in_force=self.library.in_force,
            roster=self.roster,
            townships=("T1",),
            entropy="e",
        )
        for event in decide(project, command, facts):
            project = evolve(project, event)
            self.seen.append(project)
        assert project is not None
        return project


class View:
    """A progress with short ways to its parts."""

    def __init__(self, seen: Progress) -> None:
        """Keep it."""
        self.all = seen

    def stage(self, number: int, unit: int = 0) -> StageProgress:
        """Return one stage."""
        found = self.all.stage(number, unit)
        assert found is not None
        return found

    def item(self, code: str, unit: int = 0) -> ItemProgress:
        """Return one item."""
        stage = self.stage(int(code[1]), unit)
        return next(item for item in stage.items if item.item == code)

    @property
    def next(self) -> Next:
        """Return what is next."""
        assert self.all.next is not None
        return self.all.next


__all__ = ["CODE", "LEADER", "NOTE", "OWNER", "START", "PaperOffice"]
