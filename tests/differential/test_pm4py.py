"""Foreign logs: what we say of them is what pm4py says; and it reads what we write."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from analysis import mining
from engine.foreign import event_log
from engine.library import shipped
from exchange import importing
from exchange.case_log import trace_of
from exchange.mapping import LogMapping
from exchange.ocel import as_json
from exchange.ocel_sqlite import write
from exchange.project_objects import object_log
from exchange.xes import written
from tests.support.exported import rough
from tests.support.foreign_logs import Told, permits, table, xes
from tests.support.pm4py_figures import figures
from workflows.item_runs import case_of

if TYPE_CHECKING:
    from pathlib import Path

NEAR = 1e-6  # seconds


def ours(file: Path) -> mining.EventLog:
    mapping = LogMapping()
    with file.open("rb") as opened:
        kind = importing.format_of(file.name, mapping)
        return event_log(importing.take_in(opened, kind, mapping))


def shuffled(events: list[Told]) -> list[Told]:
    """Return the same events with those of each case in another order."""
    return sorted(events, key=lambda event: (event.case, event.activity))


@pytest.mark.parametrize("kind", ["xes", pytest.param("csv", marks=pytest.mark.slow)])
def test_pm4py_says_the_same_of_a_log(tmp_path: Path, kind: str) -> None:
    events = list(permits(2000))
    file = tmp_path / f"log.{kind}"
    file.write_bytes(xes(events) if kind == "xes" else table(shuffled(events)))

    log, peer = ours(file), figures(file)

    edges = mining.performance(log)
    assert [[e.source, e.target, e.count] for e in edges] == peer["counts"]
    for edge, (source, target, mean) in zip(edges, peer["edges"], strict=True):
        assert (edge.source, edge.target) == (source, target)
        assert abs(edge.mean - mean) <= NEAR
    variants = sorted([list(each.activities), each.count] for each in mining.variants(log))
    assert variants == peer["variants"]
    durations = sorted(mining.durations(log).tolist())
    assert durations == pytest.approx(peer["durations"], abs=NEAR)


READ = """
import json, sys, pm4py
log = pm4py.read_xes(sys.argv[1])
ocel = pm4py.read_ocel2_json(sys.argv[2])
lite = pm4py.read_ocel2_sqlite(sys.argv[3])
print()
print(json.dumps({
    "cases": log["case:concept:name"].nunique(), "events": len(log),
    "objects": [len(each.objects) for each in (ocel, lite)],
    "ocel_events": [len(each.events) for each in (ocel, lite)],
    "relations": [len(each.relations) for each in (ocel, lite)],
}))
"""


def test_pm4py_reads_what_we_write(tmp_path: Path) -> None:
    project, catalogue = rough(), shipped().catalogue
    trace = trace_of(case_of(project, catalogue))
    log = object_log([(project, catalogue)])
    files = [tmp_path / name for name in ("log.xes", "log.json", "log.sqlite")]
    files[0].write_bytes(b"".join(written([trace])))
    files[1].write_bytes(as_json(log))
    write(log, files[2])
    command = [sys.executable, "-W", "ignore", "-c", READ, *map(str, files)]

    said = subprocess.run(command, capture_output=True, text=True, check=True)

    objects, events = len(log.objects), len(log.events)
    relations = sum(len(event.relations) for event in log.events)
    assert json.loads(said.stdout.splitlines()[-1]) == {
        "cases": 1,
        "events": len(trace.events),
        "objects": [objects, objects],
        "ocel_events": [events, events],
        "relations": [relations, relations],
    }
