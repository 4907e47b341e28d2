"""A foreign log of a million events, from the file to its figures: ours beside pm4py.

And the reports from stored facts, which no peer has, as bench.reports measures them.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from analysis import mining
from bench.reports import from_stored_facts
from bench.result import Result, Stopwatch, interleaved, medians, versions
from engine.foreign import event_log
from exchange import importing
from exchange.bounded import bounded
from exchange.mapping import LogMapping
from tests.support.foreign_logs import permits, table, xes
from tests.support.pm4py_figures import figures

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from bench.result import Medians

    Mined: TypeAlias = tuple[
        tuple[mining.Edge, ...], tuple[mining.Variant, ...], NDArray[np.float64]
    ]

GOAL = 5.0
EVENTS = int(os.environ.get("ABREAST_BENCH_EVENTS", "1000000"))
ROUNDS = 1  # one of pm4py with XES takes minutes
TABLE_ROUNDS = 3
NEAR = 1e-6  # seconds


def run() -> Result:
    """Check that both say the same of the log, then compare the CPU time each needs.

    Raises:
        RuntimeError: If they disagree.
    """
    watch = Stopwatch()
    with TemporaryDirectory() as folder:
        log, csv = Path(folder) / "log.xes", Path(folder) / "log.csv"
        log.write_bytes(xes(permits(EVENTS)))
        csv.write_bytes(table(permits(EVENTS)))
        _mined(log)  # what is compiled is compiled now
        checked = _agreed(log)
        rounds = interleaved(ROUNDS, lambda: _rate(_ours(log)), lambda: _rate(_peer(log)))
        tables = interleaved(TABLE_ROUNDS, lambda: _rate(_ours(csv)), lambda: _rate(_peer(csv)))
    of_tables = medians(tables)
    stored = from_stored_facts()
    return Result(
        name="analysis",
        goal=GOAL,
        checked=f"{checked}; {stored.checked}",
        unit="events/s of CPU, from XES",
        versions=versions("pm4py", "numpy", "numba", "lxml"),
        rounds=rounds,
        notes=(
            "end to end: read the file, performance graph, variants, durations of cases",
            "pm4py with its own defaults, in a process of its own; importing it does not count",
            _said(of_tables),
            f"from stored facts: {stored.note}",
        ),
        goals=stored.goals,
        more={"csv": of_tables},
        **medians(rounds),
        **watch.spent(),
    )


def _said(of: Medians) -> str:
    return f"from CSV: {of['ours']:,.0f} beside {of['peer']:,.0f} events/s, x{of['ratio']:.1f}"


def _rate(seconds: float) -> float:
    return EVENTS / seconds


def _ours(file: Path) -> float:
    """Return our CPU seconds."""
    began = time.process_time()
    _mined(file)
    return time.process_time() - began


def _peer(file: Path) -> float:
    """Return pm4py's CPU seconds."""
    spent: float = figures(file)["cpu"]
    return spent


def _mined(file: Path) -> Mined:
    mapping = LogMapping()
    with file.open("rb") as opened:
        kind = importing.format_of(file.name, mapping)
        log = event_log(importing.take_in(bounded(opened), kind, mapping))
    return mining.performance(log), mining.variants(log), mining.durations(log)


def _plain(mined: Mined) -> dict[str, Any]:
    """Return the figures as pm4py's are told."""
    edges, variants, durations = mined
    return {
        "counts": [[e.source, e.target, e.count] for e in edges],
        "edges": [[e.source, e.target, e.mean] for e in edges],
        "variants": sorted([list(each.activities), each.count] for each in variants),
        "durations": sorted(durations.tolist()),
    }


def _agreed(file: Path) -> str:
    """Return what was found equal: everything."""
    ours, peer = _plain(_mined(file)), figures(file)
    for name in ("counts", "variants"):
        if ours[name] != peer[name]:
            raise RuntimeError(f"the {name} differ")
    means = [[each[-1] for each in side["edges"]] for side in (ours, peer)]
    if [e[:2] for e in ours["edges"]] != [e[:2] for e in peer["edges"]] or not _near(*means):
        raise RuntimeError("the mean times of the edges differ")
    if not _near(ours["durations"], peer["durations"]):
        raise RuntimeError("the durations differ")
    return json.dumps({name: len(ours[name]) for name in ("edges", "variants", "durations")}).strip(
        "{}"
    )


def _near(some: Iterable[float], others: Iterable[float]) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(some, others, strict=True))
