"""Reports from stored facts, and the performance graph of an event log beside plain loops.

The histories are real ones, through decide and evolve; they are laid side by side until there are
a million events, then ten. What is timed begins with the stored columns and ends with the report.
"""

from __future__ import annotations

import gc
import random
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.columns import ATTEMPTS, CASE_COLUMNS, NONE, PAUSE_COLUMNS, RUN_COLUMNS
from analysis.groups import measures
from analysis.ledger import Ledger
from analysis.mining import MICROSECONDS, performance, sorted_log
from analysis.parts import parts
from analysis.report import report
from bench.result import Goal, Result, Stopwatch, interleaved, medians, versions
from engine.library import shipped
from simulation.habits import Habits, Way
from tests.support import planted
from tests.support.facts import random_facts
from tests.support.journeys import journey
from workflows.dues import touched
from workflows.evolve import evolve
from workflows.item_runs import case_of, item_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.columns import Columns
    from analysis.mining import EventLog
    from workflows.events import Event
    from workflows.project import Project

GOAL = 5.0
MILLION = 1_000_000
ROUNDS = 5
HISTORIES = 6
EXACT = 1e-6  # seconds
HABITS = Habits(
    ways={1: Way.CHOSEN, 2: Way.DRAWN, 3: Way.SINGLE, 4: Way.PLANNED},
    refused=0.1,
    late=0.3,
    alone=0.1,
)


def run() -> Result:
    """Check the figures, then time them."""
    watch = Stopwatch()
    stored = from_stored_facts()
    log, rows = _event_log()
    same = _same_graph(log, rows)
    rounds = interleaved(ROUNDS, lambda: _rate(lambda: performance(log)), lambda: _rate_plain(rows))
    return Result(
        name="reports",
        goal=GOAL,
        checked=f"{stored.checked}; {same} edges equal to plain loops to 1e-6 s",
        unit="events/s of CPU (performance graph)",
        versions=versions("numpy", "numba"),
        rounds=rounds,
        goals=stored.goals,
        notes=(
            stored.note,
            "the graph's columns are coded and sorted before it is timed, for both sides",
        ),
        **medians(rounds),
        **watch.spent(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How long reports from stored facts take, and what was found right before."""

    checked: str
    note: str
    goals: tuple[Goal, ...]


def from_stored_facts() -> Stored:
    """Check the whole report on stored facts, then time it, in CPU time."""
    logs = [_history(seed) for seed in range(HISTORIES)]
    few, events = _columns(logs)
    checked = _checked(few)
    report(_tiled(few, 2))  # compiled before it is timed
    at_one = _milliseconds(_tiled(few, MILLION // events + 1), ROUNDS)
    at_ten = _milliseconds(_tiled(few, 10 * MILLION // events + 1), 3)
    after = _incremental(logs[0])
    return Stored(
        checked=checked,
        note=f"{events / len(few):.1f} events and {len(few.pause_of) / len(few):.2f} pauses an "
        f"attempt; the whole of {report.__module__}",
        goals=(
            Goal(name="report at 1e6 events, ms", value=at_one, wanted=100, most=True),
            Goal(name="report at 1e7 events, ms", value=at_ten, wanted=800, most=True),
            Goal(name="after one more event, ms", value=after, wanted=1.0, most=True),
        ),
    )


def _history(seed: int) -> list[Event]:
    facts = random_facts(shipped().catalogue, 3, random.Random(seed))
    return journey(3, facts, HABITS, str(seed)).events


def _project(events: list[Event]) -> Project:
    project: Project | None = None
    for event in events:
        project = evolve(project, event)
    assert project is not None
    return project


def _columns(logs: list[list[Event]]) -> tuple[Columns, int]:
    """Return the facts of *logs* and of as many projects with supplements, and all events."""
    library = shipped()
    ledger = Ledger(library.calendar)
    paused = [planted.History(random.Random(seed), planted.Pace(), 0) for seed in range(len(logs))]
    projects = [*map(_project, logs), *(history.play() for history in paused)]
    for number, project in enumerate(projects):
        ledger.put(planted.renamed(case_of(project, library.catalogue), f"P{number}"))
    told = [*logs, *(history.events for history in paused)]
    last = max(log[-1].recorded_at for log in told)
    return ledger.columns(last + timedelta(days=1)), sum(map(len, told))


def _tiled(columns: Columns, times: int) -> Columns:
    """Lay the columns side by side, each copy with projects and stage runs of its own."""
    steps = {
        "project": len(columns.cases),
        "run": len(columns.runs),
        "producer": len(columns),
        "previous": len(columns),
        "pause_of": len(columns),
        "before": len(columns.runs),
    }

    def laid(holder: object, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: _laid(getattr(holder, name), steps.get(name, 0), times) for name in names}

    projects = tuple(f"{name}-{copy}" for copy in range(times) for name in columns.names.projects)
    return replace(
        columns,
        names=replace(columns.names, projects=projects),
        cases=replace(columns.cases, **laid(columns.cases, CASE_COLUMNS)),
        runs=replace(columns.runs, **laid(columns.runs, RUN_COLUMNS)),
        **laid(columns, ATTEMPTS),
        **laid(columns, PAUSE_COLUMNS),
    )


def _laid(array: NDArray[np.int32], step: int, times: int) -> NDArray[np.int32]:
    many = np.tile(array, times)
    if step:
        copies = np.repeat(np.arange(times, dtype=np.int32), len(array)) * step
        many = np.where(many == NONE, NONE, many + copies).astype(np.int32)
    return many


def _checked(few: Columns) -> str:
    """Check that the parts add up and that copies change nothing but the counts."""
    minutes = parts(few)
    assert (minutes.sum(axis=1) == few.until - few.wanted).all()
    once, thrice = report(few), report(_tiled(few, 3))
    assert thrice.whole.ended == 3 * once.whole.ended
    assert thrice.projects == 3 * once.projects
    for mine, theirs in zip(once.departments, thrice.departments, strict=True):
        assert (mine.key, mine.share, 3 * mine.inside) == (theirs.key, theirs.share, theirs.inside)
    assert measures(few).used.min() >= NONE
    return f"{len(few)} attempts: parts add up, copies agree"


def _milliseconds(columns: Columns, rounds: int) -> float:
    gc.collect()
    return median(_seconds(lambda: report(columns)) for _ in range(rounds)) * 1000


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _incremental(log: list[Event]) -> float:
    """Return the milliseconds from an event to columns that know it, the median of a journey's."""
    library = shipped()
    project = _project(log[: len(log) // 2])
    ledger = Ledger(library.calendar)
    ledger.put(case_of(project, library.catalogue))
    taken = []
    for event in log[len(log) // 2 :]:
        after = evolve(project, event)
        begun = time.process_time()
        changed = [new for _, new in touched(project, after)]
        ledger.follow(
            run for state in changed for run in item_runs(after, state, library.catalogue)
        )
        ledger.columns(event.recorded_at)
        taken.append(time.process_time() - begun)
        project = after
    return median(taken) * 1000


def _event_log() -> tuple[EventLog, list[tuple[int, int, int]]]:
    """Draw a million events of 16,700 cases with sixty activities."""
    generator = np.random.Generator(np.random.PCG64(7))
    cases = 16_700
    case = np.repeat(np.arange(cases, dtype=np.int32), 60)
    activity = generator.integers(0, 60, len(case)).astype(np.int32)
    at = generator.integers(0, 400 * 86_400, len(case)) * MICROSECONDS
    log = sorted_log(
        case, activity, at, tuple(map(str, range(cases))), tuple(f"a{n}" for n in range(60))
    )
    rows = list(zip(log.case.tolist(), log.activity.tolist(), log.at.tolist(), strict=True))
    return log, rows


def _plain(rows: list[tuple[int, int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    last = rows[0]
    for row in rows[1:]:
        if row[0] == last[0]:
            edge = found[last[1], row[1]]
            edge[0] += 1
            edge[1] += row[2] - last[2]
        last = row
    return {key: (count, total) for key, (count, total) in found.items()}


def _same_graph(log: EventLog, rows: list[tuple[int, int, int]]) -> int:
    graph = {(edge.source, edge.target): edge for edge in performance(log)}
    plain = _plain(rows)
    assert len(graph) == len(plain)
    for (source, target), (count, total) in plain.items():
        edge = graph[log.activities[source], log.activities[target]]
        assert edge.count == count
        assert abs(edge.mean - total / count / MICROSECONDS) <= EXACT
    return len(graph)


def _rate(work: Callable[[], object]) -> float:
    return MILLION / _seconds(work)


def _rate_plain(rows: list[tuple[int, int, int]]) -> float:
    return MILLION / _seconds(lambda: _plain(rows))
