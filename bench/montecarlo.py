"""Projects through uncapacitated stages by luck alone, beside numpy with exact draws."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.result import Goal, Result, Stopwatch, interleaved, medians
from simulation.montecarlo import Graph, quantiles, sampled
from simulation.scenario import Duration, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE, ERROR = 5e6, 0.001
STAGES, ITEMS, SPREAD = 4, 15, 0.5
PROJECTS, PEER_PROJECTS, CHUNK = 2_000_000, 400_000, 10_000
CHECKED = 1_500_000
ROUNDS = 5


def run() -> Result:
    """Check the 90th percentile and the mean, then compare what a CPU second brings.

    Raises:
        RuntimeError: If the two do not agree.
    """
    watch = Stopwatch()
    graph = stages()
    ours, exact = sampled(graph, CHECKED, 1), _exact(graph, CHECKED, 1)
    (mine,), (theirs,) = quantiles(ours, [0.9]), quantiles(exact, [0.9])
    error, mean_error = abs(mine / theirs - 1), abs(float(ours.mean() / exact.mean()) - 1)
    if max(error, mean_error) > 10 * ERROR:
        message = f"P90 {mine} beside {theirs}"
        raise RuntimeError(message)
    rounds = interleaved(
        ROUNDS,
        partial(_rate, graph, PROJECTS, peer=False),
        partial(_rate, graph, PEER_PROJECTS, peer=True),
    )
    found = medians(rounds)
    orders = sum(map(len, graph.needs.values()))
    return watch.result(
        "montecarlo",
        goal=1.0,
        checked=f"P90 and mean of {CHECKED} projects, within {max(error, mean_error):.3%}",
        unit="projects/s of CPU",
        packages=("numba", "numpy"),
        rounds=rounds,
        notes=(
            f"{STAGES} stages of {ITEMS} lognormal items, an order between {orders} pairs of them",
            "peer: numpy in chunks, exact lognormal draws",
        ),
        goals=(
            Goal(name="projects/s", value=found["ours"], wanted=RATE),
            Goal(name="error of P90", value=error, wanted=ERROR, most=True),
        ),
        more={"mean_error": mean_error, "p90": mine, "p90_exact": theirs},
    )


def stages() -> Graph:
    """Return the graph that is measured: chains of three in each stage."""
    codes = [[f"S{s}-{i:02d}" for i in range(ITEMS)] for s in range(1, STAGES + 1)]
    flat = [code for stage in codes for code in stage]
    return Graph(
        stages=tuple(map(tuple, codes)),
        durations={
            code: Duration(shape=Shape.LOGNORMAL, days=5.0 + 7 * place % 20, spread=SPREAD)
            for place, code in enumerate(flat)
        },
        needs={stage[i]: (stage[i - 1],) for stage in codes for i in range(ITEMS) if i % 3},
    )


def _rate(graph: Graph, projects: int, *, peer: bool) -> float:
    start = time.process_time()
    if peer:
        _exact(graph, projects, 2)
    else:
        sampled(graph, projects, 2)
    return projects / (time.process_time() - start)


def _exact(graph: Graph, projects: int, seed: int) -> NDArray[np.float64]:
    """Return working days by numpy's own draws, an item of a chunk of projects at a time."""
    luck = np.random.default_rng(seed)
    sigma = np.sqrt(np.log(1 + SPREAD**2))
    found = []
    for _ in range(projects // CHUNK):
        begun = np.zeros(CHUNK)
        for stage in graph.stages:
            ends: dict[str, NDArray[np.float64]] = {}
            for code in stage:
                took = luck.lognormal(-(sigma**2) / 2, sigma, CHUNK) * graph.durations[code].days
                waits = [ends[each] for each in graph.needs.get(code, ())]
                ends[code] = np.maximum.reduce([begun, *waits]) + took
            begun = np.maximum.reduce(list(ends.values()))
        found.append(begun)
    return np.concatenate(found)
