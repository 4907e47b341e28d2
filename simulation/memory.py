"""An office in memory: decide and evolve on what a model knows, for the reference executor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from workflows.decide import decision
from workflows.facts import Actor, Facts, Role, Rules

if TYPE_CHECKING:
    from simulation.journey import Order
    from simulation.model import Model
    from workflows.events import Event
    from workflows.project import Project

NOWHERE = "T01"  # where projects are filed when the scenario names no townships
LEADER = Actor(id="stage-lead", roles=frozenset({Role.STAGE_LEAD}))  # approves what must be


class MemoryOffice:
    """Carries orders out without a database; keeps every project, and its events on demand."""

    def __init__(self, model: Model, *, keeps_events: bool = False) -> None:
        """Know what *model* knows."""
        self._facts = Facts(
            actor=LEADER,
            recorded_at=datetime.combine(model.first_day, time(), UTC),
            calendar=model.calendar,
            catalogue=model.catalogue,
            nets={net.hash: net for net in model.nets.values()},
            in_force={name: net.hash for name, net in model.nets.items()},
            townships=tuple(code or NOWHERE for code in model.townships),
            approver=LEADER,
            rules=Rules(park_after=model.scenario.park_after),
        )
        self.projects: dict[str, Project] = {}
        self.events: dict[str, list[Event]] = {}
        self._keeps = keeps_events

    def execute(self, order: Order, entropy: str = "") -> Project:
        """Carry an order out and return the project after it.

        Raises:
            Refusal: If the rules refuse it; nothing has changed.
        """
        facts = replace(self._facts, actor=order.actor, recorded_at=order.at, entropy=entropy)
        events, project = decision(self.projects.get(order.project), order.command, facts)
        self.projects[order.project] = project
        if self._keeps:
            self.events.setdefault(order.project, []).extend(events)
        return project
