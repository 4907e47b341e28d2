"""The simulation kernel beside SimPy: the same model, the same draws, equal traces first.

SimPy's side is spared what is not its own: its draws and times are made ahead and its calendars
laid out, while ours draws as it goes; neither makes a trace while the clock runs.
"""

from __future__ import annotations

import cProfile
import time
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from bench.result import Goal, Result, Stopwatch, interleaved, medians
from simulation._kernel_calendar import HALF, gathered, next_minute, schedule
from simulation._kernel_state import case_at, clear, make_case, slot_at
from simulation._words import fixed_words_of, words_of
from simulation.compiled import compiled
from simulation.draws import Purpose, word_of
from simulation.family import BUSY, staffed
from simulation.kernel import run as run_kernel
from simulation.model import model_of
from simulation.quantiles import minutes_of
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
from simulation.tables import Case, Counter, Head, Phase, Row, Slot
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.scenarios import everything
from tests.support.simpy_office import SimPyOffice

if TYPE_CHECKING:
    from types import CodeType

    from numpy.typing import NDArray

    from simulation.model import Model
    from tests.support.simpy_luck import Luck

GOAL = 50.0
BASIC_GOAL = 100.0
FULL_RATE, BASIC_RATE = 5e6, 10e6
BETWEEN = 0.4  # days between two projects
PEER_PROJECTS, PROJECTS = 300, 2_000
ROUNDS = 5
REPEATS = 5  # of ours in a round: one takes some hundredths of a second
EVENTS = 1_000_000  # bare ones
_STREAM = np.uint64(7)
_NEVER = 1 << 40


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
    floor = _floor(_model(basic, PROJECTS))
    return watch.result(
        "kernel",
        goal=GOAL,
        checked=checked,
        unit="item activities/s of CPU, all features",
        packages=("simpy", "numba", "numpy"),
        rounds=rounds,
        notes=(
            f"ours {PROJECTS} projects a run, SimPy's {PEER_PROJECTS}: same scenario, same draws;",
            "SimPy's draws are made ahead and its calendars laid out before its clock starts, ours",
            "draws as it goes; neither makes a trace; in simpy/ and its heap by the profiler:",
            f"{_within(full):.0%} of SimPy's side (all features), {_within(basic):.0%} (basic);",
            "all features: pairs by lot, supplements, procedures, refusals, commitment, queues",
            "of two priorities, a day a week closed, agents; basic: queues, documents, milestones;",
            f"every department is busy {BUSY:.0%} of its open days",
            f"basic: {basics['ours']:,.0f} beside {basics['peer']:,.0f}, x{basics['ratio']:.0f}",
            f"bare events, drawn, put into the calendar and taken out: {floor:,.0f}/s of CPU",
        ),
        goals=(
            Goal(name="activities/s, all features", value=ours, wanted=FULL_RATE),
            Goal(name="activities/s, basic", value=basics["ours"], wanted=BASIC_RATE),
            Goal(name="ratio, basic", value=basics["ratio"], wanted=BASIC_GOAL),
        ),
        more={"basic": basics, "bare_events": floor},
    )


def _full() -> Scenario:
    scenario = _crowded(replace(everything(), pairing=Pairing(policy=Policy.DRAWN)), BUSY * 4 / 5)
    offices = {
        code: replace(known, closed=(at % 5,))
        for at, (code, known) in enumerate(scenario.departments.items())
    }
    return replace(scenario, departments=offices)


def _basic() -> Scenario:
    scenario = replace(
        everything(),
        chances=Chances(supplement=0.0),
        agents=Agents(preparation=Duration(days=2.0)),
        priority=Priority.NONE,
    )
    return _crowded(scenario, BUSY)


def _crowded(scenario: Scenario, busy: float) -> Scenario:
    """Return a scenario in which projects come often, and each department is busy for so much."""
    between = Duration(shape=Shape.EXPONENTIAL, days=BETWEEN)
    arrivals = replace(scenario.arrivals, between=between)
    return staffed(replace(scenario, arrivals=arrivals), shipped(), busy)


def _model(scenario: Scenario, projects: int) -> Model:
    arrivals = replace(scenario.arrivals, projects=projects)
    return model_of(replace(scenario, arrivals=arrivals), shipped())


def _agreed(scenario: Scenario) -> int:
    """Return how many attempts were found equal: all."""
    model = _model(scenario, PEER_PROJECTS)
    office = SimPyOffice(model)
    office.run()
    ours, peer = trace_of(run_kernel(model)), office.trace()
    if ours != peer:
        raise RuntimeError("the traces differ")
    return len(ours.attempts)


def _rounds(scenario: Scenario) -> list[tuple[float, float]]:
    large, small = _model(scenario, PROJECTS), _model(scenario, PEER_PROJECTS)
    run_kernel(large)  # what is compiled is compiled now
    luck = _made(small)
    return interleaved(ROUNDS, lambda: _ours(large), lambda: _peer(small, luck))


def _ours(model: Model) -> float:
    activities = 0
    began = time.process_time()
    for number in range(REPEATS):
        activities += run_kernel(model, number).activities
    return activities / (time.process_time() - began)


def _floor(model: Model) -> float:
    """Return how many bare events a CPU second brings: drawn, put into the calendar, taken out."""
    _count_bare(model, 1)
    began = time.process_time()
    return _count_bare(model, EVENTS) / (time.process_time() - began)


def _count_bare(model: Model, wanted: int) -> int:
    state = np.empty(model.tables[Head.STATE_WORDS], dtype=np.int32)
    state[model.tables[Head.QUANTILES_AT] :][: len(model.quantiles)] = model.quantiles
    keys = np.empty(PROJECTS, dtype=np.int64)
    return _bare_events(model.tables, state, keys, wanted)


@compiled
def _bare_events(
    tables: NDArray[np.int64], state: NDArray[np.int32], sorting: NDArray[np.int64], wanted: int
) -> int:
    t, s, found = fixed_words_of(tables), words_of(state), words_of(sorting)
    clear(t, s)
    for case in range(PROJECTS):
        s[case_at(t, case) + Case.KIND] = 0
        make_case(t, s, case)
        s[slot_at(t, case_at(t, case), 0) + Slot.PHASE] = Phase.SERVED
        schedule(s, slot_at(t, case_at(t, case), 0), case)
    events, now = 0, 0
    while events < wanted:
        now = next_minute(s, now, _NEVER)
        s[Counter.NOW] = now
        for place in range(gathered(t, s, found, now)):
            slot = found[place]
            case, r = s[s[slot + Slot.CASE_AT] + Case.NUMBER], s[slot + Slot.ROW_AT]
            word = word_of(_STREAM, case, t[r + Row.ITEM], now, Purpose.SERVICE)
            after = minutes_of(s, t[Head.QUANTILES_AT], t[r + Row.SHAPE], t[r + Row.MEAN], word)
            schedule(s, slot, now + min(after, HALF - 1))
            events += 1
        now += 1
    return events


def _made(model: Model) -> Luck:
    """Return the luck of the peer with every draw made."""
    office = SimPyOffice(model)
    office.run()
    return office.luck


def _peer(model: Model, luck: Luck) -> float:
    office = SimPyOffice(model, luck=luck)
    began = time.process_time()
    office.run()
    return len(office.attempts) / (time.process_time() - began)


def _within(scenario: Scenario) -> float:
    """Return the part of the peer's time that is SimPy's own, 0 to 1, as a profiler sees it."""
    model = _model(scenario, PEER_PROJECTS)
    office, profile = SimPyOffice(model, luck=_made(model)), cProfile.Profile()
    profile.runcall(office.run)
    spent = [(_where(entry.code), entry.inlinetime) for entry in profile.getstats()]
    own = (seconds for where, seconds in spent if "/simpy/" in where or "_heapq" in where)
    return sum(own) / sum(seconds for _, seconds in spent)


def _where(code: CodeType | str) -> str:
    return code if isinstance(code, str) else code.co_filename
