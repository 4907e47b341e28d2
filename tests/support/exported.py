"""A whole project of generated people with every mishap, for tests of the formats."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING

from engine.library import shipped
from simulation.habits import Habits, Way
from tests.support.facts import random_facts
from tests.support.journeys import journey

if TYPE_CHECKING:
    from workflows.project import Project

ROUGH = Habits(
    ways={1: Way.DRAWN, 2: Way.PLANNED, 3: Way.SINGLE, 4: Way.CHOSEN},
    refused=0.15,
    withdrawn=0.05,
    declined=0.2,
    silent=0.2,
    alone=0.1,
    committed=0.4,
    late=0.2,
)


@cache
def rough(flow: int = 1) -> Project:
    """Return a project that was completed in spite of everything."""
    facts = random_facts(shipped().catalogue, flow, Random(flow))
    project = journey(flow, facts, ROUGH).project
    assert project is not None
    return project
