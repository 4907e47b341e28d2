"""How long stages take when nobody waits for a reviewer: millions of projects by luck alone.

Sixteen projects run side by side, so that one step of the loop does one item of all of them. A
duration is the mean of one of 4,096 equally likely cells; five of them come out of one word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation.compiled import compiled
from simulation.draws import Draws, Purpose, word_of
from simulation.quantiles import CELLS, mean_minutes, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulation.scenario import Duration

LANES = 16
_BITS, _EACH = 12, 5  # of a word for one item; items by word
_MASK = np.uint64(CELLS - 1)
_SERVICE = int(Purpose.SERVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Stages one after the other; the items of a stage start with it, or when others have ended.

    Attributes:
        stages: Items by stage; whoever waits stands behind those that it waits for.
        durations: By item.
        needs: Items of the same stage that an item waits for.
    """

    stages: tuple[tuple[str, ...], ...]
    durations: Mapping[str, Duration]
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def sampled(graph: Graph, projects: int, seed: int) -> NDArray[np.float32]:
    """Return the working days of so many projects: float32, shape (projects,).

    Project p has the same luck in every graph with the same items, and whatever *projects* is.

    Raises:
        ValueError: If an item stands before one that it waits for, or that one in another stage.
    """
    codes, opens, starts, earlier = _wired(graph)
    cells, shapes, means = _times([graph.durations[code] for code in codes])
    found = np.empty(-(-projects // LANES) * LANES, dtype=np.float32)
    stream = np.uint64(Draws(seed).stream)
    _run(stream, opens, starts, earlier, cells, shapes, means, found)
    return found[:projects]


def quantiles(days: NDArray[np.floating], chances: Sequence[float]) -> tuple[float, ...]:
    """Return quantiles of working days, such as those for 0.5, 0.8 and 0.95."""
    return tuple(map(float, np.quantile(days, chances)))


def _wired(
    graph: Graph,
) -> tuple[list[str], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Return the items in order, whether each opens a stage, and what it waits for, by place."""
    codes = [code for stage in graph.stages for code in stage]
    opens: list[bool] = []
    starts = [0]
    earlier: list[int] = []
    for stage in graph.stages:
        first = len(opens)
        for number, code in enumerate(stage):
            known = stage[:number]
            if not set(graph.needs.get(code, ())) <= set(known):
                message = f"{code} stands before an item that it waits for"
                raise ValueError(message)
            opens.append(number == 0)
            earlier += [first + known.index(each) for each in graph.needs.get(code, ())]
            starts.append(len(earlier))
    return codes, np.array(opens), np.array(starts), np.array(earlier, dtype=np.int64)


def _times(
    durations: Sequence[Duration],
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Return the cells of each shape by the mean, which shape each item has, and means in days."""
    tables: dict[bytes, int] = {}
    rows: list[NDArray[np.float64]] = []
    shapes = []
    for each in durations:
        table = table_of(each)
        key = table.tobytes()
        if key not in tables:
            tables[key] = len(rows)
            rows.append(_cells(table))
        shapes.append(tables[key])
    means = np.array([mean_minutes(each) / DAY for each in durations], dtype=np.float32)
    return np.array(rows, dtype=np.float32), np.array(shapes, dtype=np.int64), means


def _cells(table: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the mean of each cell, by the mean of all; the last one has a table of its own."""
    middles = (table[:-1].astype(np.float64) + table[1:]) / 2
    cells = middles[:CELLS].copy()
    cells[-1] = middles[CELLS + 1 :].mean()
    cells /= cells.mean()
    return cells


@compiled
def _run(  # noqa: PLR0913, PLR0917 - numba knows arrays, not a value of them
    stream: np.uint64,
    opens: NDArray[np.bool_],
    starts: NDArray[np.int64],
    earlier: NDArray[np.int64],
    cells: NDArray[np.float32],
    shapes: NDArray[np.int64],
    means: NDArray[np.float32],
    found: NDArray[np.float32],
) -> None:
    ends = np.zeros((len(opens), LANES), dtype=np.float32)
    begun = np.zeros(LANES, dtype=np.float32)
    last = np.zeros(LANES, dtype=np.float32)
    start = np.zeros(LANES, dtype=np.float32)
    words = np.zeros(LANES, dtype=np.uint64)
    for first in range(0, len(found), LANES):
        last[:] = 0
        for place in range(len(opens)):
            if opens[place]:
                begun[:] = last
            if place % _EACH == 0:
                for lane in range(LANES):
                    words[lane] = word_of(stream, first + lane, place // _EACH, 0, _SERVICE)
            start[:] = begun
            for edge in range(starts[place], starts[place + 1]):
                before = earlier[edge]
                for lane in range(LANES):
                    start[lane] = max(start[lane], ends[before, lane])
            shape, mean = shapes[place], means[place]
            shift = np.uint64(_BITS * (place % _EACH))
            for lane in range(LANES):
                cell = np.int64((words[lane] >> shift) & _MASK)
                end = start[lane] + mean * cells[shape, cell]
                ends[place, lane] = end
                last[lane] = max(last[lane], end)
        found[first : first + LANES] = last
