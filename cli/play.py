"""Lets journeys happen in the live office: each order through the handle, at its own time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.playing import carry_out
from simulation.habits import Habits, Luck
from simulation.world import World
from workflows.errors import UnknownProjectError
from workflows.facts import SYSTEM
from workflows.roster import JoinRoster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.townsfolk import Township
    from engine.clock import PushableClock
    from simulation.journey import Order
    from wire import Parts
    from workflows.project import Project


@dataclass(slots=True)
class Play:
    """The office with a hand on its clock, and the projects as they stand.

    Attributes:
        orders: How many were carried out.
    """

    parts: Parts
    clock: PushableClock
    projects: dict[str, Project] = field(default_factory=dict)
    orders: int = 0

    def staff(self, townships: Iterable[Township]) -> None:
        """Put the agents on their townships' rosters, unless an earlier load did it.

        The keys of that load may be pruned by now: the rosters themselves are asked.
        """
        rosters = self.parts.rosters
        for township in townships:
            there = rosters.roster(township.code)
            missing = [agent for agent in township.agents if agent not in there.agents]
            for agent in missing if there.number < len(township.agents) else ():
                rosters.execute(township.code, JoinRoster(agent=agent), SYSTEM, f"join-{agent}")

    def world(self, habits: Habits, seed: str) -> World:
        """Return the world in which the projects live."""
        library = self.parts.library
        return World(
            catalogue=library.catalogue,
            calendar=library.calendar,
            nets=library.nets,
            habits=habits,
            luck=Luck(seed),
        )

    def find(self, code: str) -> Project | None:
        """Return a project that is there already, and go on with it."""
        with suppress(UnknownProjectError):
            self.projects[code] = self.parts.handle.project(code)
        return self.projects.get(code)

    def execute(self, order: Order) -> Project:
        """Carry *order* out at its time and return the project after it."""
        before = self.projects.get(order.project)
        project = carry_out(self.parts.handle, self.clock, order, before)
        self.projects[order.project] = project
        self.orders += 1
        return project
