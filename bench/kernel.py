"""The simulation kernel beside SimPy: the same model, the same draws, equal traces first."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from bench.result import Goal, Result, Stopwatch, interleaved, medians, versions
from simulation.kernel import run as run_kernel
from simulation.model import model_of
from simulation.scenario import (
    Agents,
    Chances,
    Duration,
    Pairing,
    Policy,
    Priority,
    Scenario,
    Shape,
)
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.scenarios import everything
from tests.support.simpy_office import simpy_trace

if TYPE_CHECKING:
    from simulation.model import Model

GOAL = 50.0
BASIC_GOAL = 100.0
FULL_RATE, BASIC_RATE = 5e6, 10e6
PEER_PROJECTS, PROJECTS = 60, 2_000
ROUNDS = 5
REPEATS = 5  # of ours in a round: one takes some hundredths of a second


def run() -> Result:
    """Check that both decide the same to the minute, then compare what a CPU second brings.

    Raises:
        RuntimeError: If the traces differ.
    """
    watch = Stopwatch()
    full, basic = _full(), _basic()
    checked = f"{_agreed(full)} attempts with all features, {_agreed(basic)} with basic ones"
    rounds = _rounds(full)
    basics = medians(_rounds(basic))
    ours = median(first for first, _ in rounds)
    return Result(
        name="kernel",
        goal=GOAL,
        checked=checked,
        unit="item activities/s of CPU, all features",
        versions=versions("simpy", "numba", "numpy"),
        rounds=rounds,
        notes=(
            f"ours {PROJECTS} projects a run, SimPy's {PEER_PROJECTS}: the same scenario and draws",
            "all features: pairs by lot, supplements, procedures, refusals, commitment, queues",
            "of two priorities, closed days, agents; basic: queues, documents and milestones",
            f"basic: {basics['ours']:,.0f} beside {basics['peer']:,.0f}, x{basics['ratio']:.0f}",
        ),
        goals=(
            Goal(name="activities/s, all features", value=ours, wanted=FULL_RATE),
            Goal(name="activities/s, basic", value=basics["ours"], wanted=BASIC_RATE),
            Goal(name="ratio, basic", value=basics["ratio"], wanted=BASIC_GOAL),
        ),
        more={"basic": basics},
        **medians(rounds),
        **watch.spent(),
    )


def _full() -> Scenario:
    day = Duration(shape=Shape.EXPONENTIAL, days=0.4)
    return replace(_crowded(everything(), day), pairing=Pairing(policy=Policy.DRAWN))


def _basic() -> Scenario:
    return replace(
        _crowded(everything(), Duration(shape=Shape.EXPONENTIAL, days=0.4)),
        chances=Chances(supplement=0.0),
        agents=Agents(preparation=Duration(days=2.0)),
        priority=Priority.NONE,
        departments={
            code: replace(known, closed=(), reviewers=40)
            for code, known in everything().departments.items()
        },
    )


def _crowded(scenario: Scenario, between: Duration) -> Scenario:
    return replace(
        scenario,
        arrivals=replace(scenario.arrivals, between=between),
        departments={
            code: replace(known, reviewers=60) for code, known in scenario.departments.items()
        },
    )


def _model(scenario: Scenario, projects: int) -> Model:
    arrivals = replace(scenario.arrivals, projects=projects)
    return model_of(replace(scenario, arrivals=arrivals), shipped())


def _agreed(scenario: Scenario) -> int:
    """Return how many attempts were found equal: all."""
    model = _model(scenario, PEER_PROJECTS)
    ours, peer = trace_of(run_kernel(model)), simpy_trace(model)
    if ours != peer:
        raise RuntimeError("the traces differ")
    return len(ours.attempts)


def _rounds(scenario: Scenario) -> list[tuple[float, float]]:
    large, small = _model(scenario, PROJECTS), _model(scenario, PEER_PROJECTS)
    run_kernel(large)  # what is compiled is compiled now
    return interleaved(ROUNDS, lambda: _ours(large), lambda: _peer(small))


def _ours(model: Model) -> float:
    activities = 0
    began = time.process_time()
    for number in range(REPEATS):
        activities += run_kernel(model, number).activities
    return activities / (time.process_time() - began)


def _peer(model: Model) -> float:
    began = time.process_time()
    trace = simpy_trace(model)
    return len(trace.attempts) / (time.process_time() - began)
