"""The simulation's reference gives its commands to the real handle: the same trace, event by event.

Pairs are planned or chosen here: a drawn one hangs on the hash of an event in a live office, and on
the scenario's luck in a simulated one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from engine.clock import PushableClock
from engine.handle import Handle
from engine.library import Library
from engine.people import People
from engine.rosters import Rosters
from engine.store.queries import Person
from engine.unit_of_work import UnitOfWork
from simulation.kernel import run
from simulation.memory import LEADER, NOWHERE, MemoryOffice
from simulation.model import Model, model_of
from simulation.reference import Reference
from simulation.scenario import Mode, Pairing, Policy
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.office import START
from tests.support.scenarios import everything
from workflows import codec
from workflows.facts import SYSTEM, Rules
from workflows.roster import JoinRoster, SetAbsence

if TYPE_CHECKING:
    from engine.store.port import Store
    from simulation.journey import Order
    from workflows.project import Project

PAIRINGS = (
    Pairing(policy=Policy.PLANNED),
    Pairing(policy=Policy.CHOSEN, mode=Mode.ROLLING, slots=3),
)


class RealOffice:
    """Carries the orders of a simulation out by the real handle."""

    def __init__(self, store: Store, model: Model) -> None:
        """Open an office that knows what *model* knows, with a township whose agent is away."""
        nets = model.nets
        library = Library(
            catalogue=model.catalogue,
            nets=MappingProxyType({net.hash: net for net in nets.values()}),
            in_force=MappingProxyType({name: net.hash for name, net in nets.items()}),
            calendar=model.calendar,
        )
        new_uow, self.clock = partial(UnitOfWork, store), PushableClock(START)
        self.handle = Handle(
            new_uow, self.clock, library, Rules(park_after=model.scenario.park_after)
        )
        rosters = Rosters(new_uow, self.clock, library)
        rosters.execute(NOWHERE, JoinRoster(agent="agent-1"), SYSTEM, "joined")
        away = SetAbsence(agent="agent-1", first=START.date(), last=model.calendar.last)
        rosters.execute(NOWHERE, away, SYSTEM, "away")
        People(new_uow, self.clock).put(Person(id=LEADER.id, name="阶段牵头", roles=LEADER.roles))

    def execute(self, order: Order, entropy: str = "") -> Project:
        """Carry an order out at its time; a live office draws by its own seed."""
        del entropy
        self.clock.push_to(order.at)
        self.handle.execute(order.project, order.command, order.actor, order.key)
        return self.handle.project(order.project)


def small(pairing: Pairing) -> Model:
    """Return a scenario of two projects in which everything happens."""
    scenario = everything(pairing=pairing)
    arrivals = replace(scenario.arrivals, projects=2)
    return model_of(replace(scenario, arrivals=arrivals), shipped(), first_day=START.date())


class TestReference:
    @pytest.mark.parametrize("pairing", PAIRINGS, ids=lambda each: each.policy.value)
    def test_does_in_the_live_office_what_it_does_in_memory(
        self, store: Store, pairing: Pairing
    ) -> None:
        model = small(pairing)
        real, memory = RealOffice(store, model), MemoryOffice(model, keeps_events=True)

        live = Reference(model, real.execute).run()
        simulated = Reference(model, memory.execute).run()

        assert live == simulated == trace_of(run(model))
        assert {each.answered is None for each in live.attempts} == {True, False}
        assert any(each.partner for each in live.attempts)
        for code, events in memory.events.items():
            bodies = [each.body.encode() for each in real.handle.history(code)]
            assert bodies == [codec.encode(event.body) for event in events]
