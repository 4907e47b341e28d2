"""Journeys in memory: decide and evolve without a database, driven by simulation.journey."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from engine.library import shipped
from simulation.habits import Habits, Luck
from simulation.journey import Order, drive
from simulation.world import World
from workflows.commands import FileProject, Note
from workflows.decide import decide
from workflows.events import AgentLoad, Event
from workflows.evolve import evolve
from workflows.facts import Actor, Facts, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.library import Library
    from workflows.project import Project

START = datetime(2026, 3, 2, 1, tzinfo=UTC)  # Monday, 09:00 in Shanghai
TOWNSHIP = "T01"
OWNER = "O1"
CODE = "2603-120118-04-01-000001"
FACTS: Mapping[str, bool | str] = {"land_supply": "granted", "eia": "form"}
ROSTER = (
    AgentLoad(agent="A1", township=TOWNSHIP, load=1, away=False),
    AgentLoad(agent="A2", township=TOWNSHIP, load=0, away=False),
)


@dataclass(slots=True)
class Office:
    """Carries orders out in memory and keeps what happened."""

    library: Library = field(default_factory=shipped)
    approver: Actor | None = None
    project: Project | None = None
    events: list[Event] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def execute(self, order: Order) -> Project:
        """Carry *order* out; a refusal changes nothing and is raised."""
        events = decide(self.project, order.command, self._facts(order))
        for event in events:
            self.project = evolve(self.project, event)
        self.events.extend(events)
        self.orders.append(order)
        assert self.project is not None
        return self.project

    def _facts(self, order: Order) -> Facts:
        entropy = sha256(str(0 if self.project is None else self.project.number).encode())
        return Facts(
            actor=order.actor,
            recorded_at=order.at,
            calendar=self.library.calendar,
            catalogue=self.library.catalogue,
            nets=self.library.nets,
            in_force=self.library.in_force,
            roster=ROSTER,
            townships=(TOWNSHIP,),
            entropy=entropy.hexdigest(),
            approver=self._approver(order),
        )

    def _approver(self, order: Order) -> Actor | None:
        """Return the leader whom the command names: here everyone named is one."""
        named = getattr(order.command, "approved_by", None)
        return None if self.approver is None or named is None else replace(self.approver, id=named)


def filing(flow: int, facts: Mapping[str, bool | str], code: str = CODE) -> Order:
    """Return the owner's order that files a project."""
    command = FileProject(
        code=code,
        flow=flow,
        facts=dict(facts),
        township=TOWNSHIP,
        owner=OWNER,
        name=Note(ref="name", digest="0" * 64),
    )
    actor = Actor(id=f"owner-{OWNER}", roles=frozenset({Role.OWNER}), organisation=OWNER)
    return Order(project=code, at=START, actor=actor, command=command, key="filing")


def world(habits: Habits | None = None, seed: str = "1") -> World:
    """Return a world of the shipped library."""
    library = shipped()
    return World(
        catalogue=library.catalogue,
        calendar=library.calendar,
        nets=library.nets,
        habits=habits or Habits(),
        luck=Luck(seed),
    )


def journey(
    flow: int, facts: Mapping[str, bool | str], habits: Habits | None = None, seed: str = "1"
) -> Office:
    """Drive one project from its filing until it is closed."""
    office = Office()
    filed = office.execute(filing(flow, facts))
    drive(office.execute, filed, world(habits, seed))
    return office
