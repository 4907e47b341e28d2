"""Journeys recorded once in memory, and given again as the orders of any number of projects."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from engine import notes
from engine.library import shipped
from simulation.habits import Habits, Luck, Way
from simulation.journey import Order, drive
from simulation.world import World
from workflows import commands as c
from workflows.catalogue.fact_sets import random_facts
from workflows.decide import decide
from workflows.events import AgentLoad
from workflows.evolve import evolve
from workflows.facts import Actor, Facts, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.project import Project

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWNSHIP, AGENT, ORGANISATION = "township-1", "agent-1", "o1"
NAME = "示例项目"
FLOWS = (1, 2, 3, 4)
# Nothing is drawn by lot: a draw hangs on the hashes of the log it is in.
HABITS = Habits(ways=dict.fromkeys(range(1, 6), Way.CHOSEN))
_OWNER = Actor(id=f"owner-{ORGANISATION}", roles=frozenset({Role.OWNER}), organisation=ORGANISATION)
_RECORDED = "2601-120118-04-01-000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One order of one project, with the words behind its note."""

    order: Order
    text: notes.Text | None = None


def code_of(number: int) -> str:
    """Return the code of project *number*.

    >>> code_of(7)
    '2601-120118-04-01-000007'
    """
    return f"2601-120118-04-01-{number:06d}"


def orders(number: int) -> Iterator[Given]:
    """Yield every order of project *number*, from its filing until it is closed."""
    filing, *others = recorded()[number % len(FLOWS)]
    code = code_of(number)
    name = notes.write(NAME)
    if not isinstance(filing.command, c.FileProject):
        raise TypeError("a journey begins with the filing")
    command = replace(filing.command, code=code, name=name.note)
    yield Given(
        order=replace(filing, project=code, command=command, key=f"{code}-filing"), text=name
    )
    for place, order in enumerate(others):
        yield Given(order=replace(order, project=code, key=f"{code}-{place}"))


@cache
def recorded() -> tuple[tuple[Order, ...], ...]:
    """Play one journey of each flow in memory and return the orders that were given."""
    return tuple(tuple(_play(flow)) for flow in FLOWS)


def _play(flow: int) -> list[Order]:
    library = shipped()
    given: list[Order] = []
    project: Project | None = None

    def execute(order: Order) -> Project:
        nonlocal project
        facts = Facts(
            actor=order.actor,
            recorded_at=order.at,
            calendar=library.calendar,
            catalogue=library.catalogue,
            nets=library.nets,
            in_force=library.in_force,
            roster=(AgentLoad(agent=AGENT, township=TOWNSHIP, load=0, away=False),),
            townships=(TOWNSHIP,),
        )
        for event in decide(project, order.command, facts):
            project = evolve(project, event)
        if project is None:
            raise RuntimeError("the filing made no project")
        given.append(order)
        return project

    world = World(
        catalogue=library.catalogue,
        calendar=library.calendar,
        nets=library.nets,
        habits=HABITS,
        luck=Luck(str(flow)),
    )
    drive(execute, execute(_filing(flow)), world)
    return given


def _filing(flow: int) -> Order:
    facts = random_facts(shipped().catalogue, flow, random.Random(flow))
    command = c.FileProject(
        code=_RECORDED,
        flow=flow,
        facts=dict(facts or {}),
        township=TOWNSHIP,
        owner=ORGANISATION,
        name=c.Note(ref="name", digest="0" * 64),
    )
    return Order(project=_RECORDED, at=START, actor=_OWNER, command=command, key="filing")
