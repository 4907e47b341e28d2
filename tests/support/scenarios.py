"""Scenarios of tests: the shipped catalogue, a few kinds of projects, and everything at once."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from simulation.scenario import (
    Agents,
    Arrivals,
    Chances,
    Department,
    Duration,
    Kind,
    Mode,
    Pairing,
    Policy,
    Priority,
    Scenario,
    Service,
    Shape,
)
from tests.support.catalogues import shipped
from tests.support.facts import random_facts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

QUICK = Duration(shape=Shape.EXPONENTIAL, days=1.0)
BUSY = ("housing", "natural_resources", "development_reform", "water", "urban_management")


@cache
def kinds(count: int = 3) -> tuple[Kind, ...]:
    """Return kinds of projects of different flow types with random answers."""
    return tuple(
        Kind(flow=flow, facts=random_facts(shipped(), flow, Random(flow)), weight=float(flow))
        for flow in range(1, count + 1)
    )


def everything(**other: object) -> Scenario:
    """Return a scenario in which all features of the kernel are at work."""
    chosen: dict[str, object] = {
        "name": "everything",
        "arrivals": Arrivals(projects=12, warm_up=0, kinds=kinds(), between=QUICK),
        "departments": {
            code: Department(reviewers=1 + at, closed=(at,)) for at, code in enumerate(BUSY)
        },
        "priority": Priority.MILESTONE,
        "pairing": Pairing(policy=Policy.DRAWN),
        "chances": Chances(
            supplement=0.3, refused=0.1, committed=0.4, procedure=0.3, procedure_time=QUICK
        ),
        "agents": Agents(precheck=0.5, free=QUICK),
        "park_after": 3,
    }
    return Scenario(**{**chosen, **other})  # type: ignore[arg-type]


durations = st.one_of(
    st.builds(Duration, days=st.sampled_from([0.0, 1.0, 2.5])),
    st.builds(
        Duration,
        shape=st.just(Shape.LOGNORMAL),
        days=st.sampled_from([0.5, 2.0]),
        spread=st.sampled_from([0.3, 1.0]),
    ),
    st.just(QUICK),
)
chance = st.sampled_from([0.0, 0.2, 0.6])


@st.composite
def scenarios(draw: DrawFn) -> Scenario:
    """Draw a small scenario with any of the kernel's features."""
    weekdays = st.frozensets(st.integers(0, 4), max_size=2).map(sorted).map(tuple)
    offices = st.builds(Department, reviewers=st.integers(1, 4), closed=weekdays)
    chances = draw(
        st.builds(
            Chances,
            supplement=chance,
            answer=durations,
            refused=chance,
            patience=st.integers(0, 2),
            again=durations,
            committed=chance,
            procedure=chance,
            procedure_time=st.sampled_from([Duration(), Duration(days=1.0), QUICK]),
        )
    )
    # A procedure's slot goes by the end that was told, which the law bounds (ADR 16, Cost).
    parks = [10] if chances.procedure else [0, 2, 10]
    return Scenario(
        name="drawn",
        arrivals=Arrivals(
            projects=draw(st.integers(1, 6)),
            warm_up=0,
            kinds=kinds(draw(st.integers(1, 6))),
            between=draw(durations),
        ),
        pairing=draw(
            st.builds(
                Pairing,
                policy=st.sampled_from(Policy),
                mode=st.sampled_from(Mode),
                slots=st.sampled_from([0, 1, 2, 3]),
            )
        ),
        departments=draw(st.dictionaries(st.sampled_from(BUSY), offices)),
        priority=draw(st.sampled_from(Priority)),
        service=Service(
            share=draw(st.sampled_from([0.2, 0.6])),
            shape=draw(st.sampled_from([Shape.FIXED, Shape.LOGNORMAL])),
        ),
        chances=chances,
        agents=draw(
            st.builds(Agents, precheck=chance, effect=chance, preparation=durations, free=durations)
        ),
        park_after=draw(st.sampled_from(parks)),
        seed=draw(st.integers(0, 2**63)),
    )
