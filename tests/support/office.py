"""A small office on a database: one township, one agent, projects that people push on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from engine import notes
from engine.clock import PushableClock
from engine.handle import Handle
from engine.library import shipped
from engine.rosters import Rosters
from engine.unit_of_work import UnitOfWork
from simulation.habits import Habits, Luck
from simulation.journey import Order, next_order
from simulation.world import World
from tests.support.facts import random_facts
from workflows import commands as c
from workflows.facts import SYSTEM, Actor, Role
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.handle import Answer
    from engine.library import Library
    from engine.store.port import Connection, Store
    from workflows.project import Project

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWNSHIP = "township-1"
OWNER = Actor(id="owner-o1", roles=frozenset({Role.OWNER}), organisation="o1")


@dataclass(frozen=True, kw_only=True)
class Office:
    """Everything that carries commands out, on one store."""

    store: Store
    new_uow: Callable[[], UnitOfWork]
    clock: PushableClock
    library: Library
    handle: Handle
    rosters: Rosters
    numbers: count[int] = field(default_factory=lambda: count(1))

    def write(self, act: Callable[[Connection], object]) -> None:
        """Do *act* in a transaction of its own."""
        with self.new_uow() as uow:
            uow.begin()
            act(uow.connection)
            uow.commit()

    def filing(self, flow: int = 3, seed: int = 0) -> tuple[c.FileProject, notes.Text]:
        """Return the filing of a new project with facts drawn by *seed*."""
        name = notes.write("示例项目")
        command = c.FileProject(
            code=f"2601-120118-04-01-{next(self.numbers):06d}",
            flow=flow,
            facts=dict(random_facts(self.library.catalogue, flow, random.Random(seed))),
            township=TOWNSHIP,
            owner="o1",
            name=name.note,
        )
        return command, name

    def filed(self, flow: int = 3, seed: int = 0) -> Project:
        """File a new project and return it."""
        command, name = self.filing(flow, seed)
        self.handle.execute(command.code, command, OWNER, f"file-{command.code}", [name])
        return self.handle.project(command.code)

    def world(self, habits: Habits | None = None, seed: int = 0) -> World:
        """Return the world in which the projects' people live."""
        return World(
            catalogue=self.library.catalogue,
            calendar=self.library.calendar,
            nets=self.library.nets,
            habits=habits or Habits(),
            luck=Luck(str(seed)),
        )

    def carry_out(self, code: str, order: Order) -> Answer:
        """Carry an order out at its time."""
        self.clock.push_to(max(order.at, self.clock.now()))
        return self.handle.execute(code, order.command, order.actor, order.key)

    def pushed_on(self, project: Project, steps: int, world: World | None = None) -> Project:
        """Give *steps* orders, fewer when the project ends, and return the project after them."""
        world = world or self.world()
        for _ in range(steps):
            order = next_order(project, world)
            if order is None:
                break
            self.carry_out(project.code, order)
            project = self.handle.project(project.code)
        return project


def opened(store: Store, library: Library | None = None) -> Office:
    """Return an office with one agent on the roster."""
    new_uow = partial(UnitOfWork, store)
    clock, library = PushableClock(START), library or shipped()
    rosters = Rosters(new_uow, clock, library)
    rosters.execute(TOWNSHIP, JoinRoster(agent="agent-1"), SYSTEM, "agent-1")
    return Office(
        store=store,
        new_uow=new_uow,
        clock=clock,
        library=library,
        handle=Handle(new_uow, clock, library),
        rosters=rosters,
    )


def again(office: Office, store: Store) -> Office:
    """Return the same office on another store of the same database."""
    new_uow = partial(UnitOfWork, store)
    return replace(
        office,
        store=store,
        new_uow=new_uow,
        handle=Handle(new_uow, office.clock, office.library),
        rosters=Rosters(new_uow, office.clock, office.library),
    )


@pytest.fixture
def office(store: Store) -> Office:
    return opened(store)
