"""Times drawn by inverting a table of quantiles: whole minutes, the same in Python and compiled.

A table has mean one; a time is a table's quantile times a mean in minutes. The last cell has a
table of its own, so that the tail goes on to a chance of 1 in 2^26.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, assert_never

import numpy as np

from analysis.worktime import DAY
from simulation.compiled import compiled
from simulation.scenario import Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from simulation.scenario import Duration

CELLS = 4096
NODES = 2 * (CELLS + 1)
ONE = 1 << 20  # a quantile equal to the mean
_LAST = 1 - 2.0**-26
# Tables remembered, 32 KiB each, for several of the largest scenarios; people send the shapes.
_KEPT = 1024
_FRACTION = (1 << 24) - 1
_HALF = ONE >> 1
_LARGEST = (1 << 31) - 1
_U16, _U28, _U40, _U52 = np.uint64(16), np.uint64(28), np.uint64(40), np.uint64(52)
_U_FRACTION, _U_CELL = np.uint64(_FRACTION), np.uint64(CELLS - 1)


def minutes(table: NDArray[np.int32], mean: int, word: int) -> int:
    """Return the drawn minutes, at least 1.

    Args:
        table: As `table_of` makes it.
        mean: In minutes; 0 = at once, and then 0 is returned.
        word: 64 drawn bits.
    """
    if mean == 0:
        return 0
    cell = word >> 52
    part = (word >> 28) & _FRACTION
    if cell == CELLS - 1:
        cell = CELLS + 1 + ((word >> 40) & (CELLS - 1))
        part = (word >> 16) & _FRACTION
    low, high = int(table[cell]), int(table[cell + 1])
    quantile = low + ((high - low) * part >> 24)
    return max(1, (quantile * mean + _HALF) >> 20)


@compiled
def minutes_of(words: NDArray[np.int32], start: int, table: int, mean: int, word: np.uint64) -> int:
    """Return what `minutes` does, of the table number *table* of those from *start* on."""
    if mean == 0:
        return 0
    base = start + table * NODES
    cell = np.int64(word >> _U52)
    part = np.int64((word >> _U28) & _U_FRACTION)
    if cell == CELLS - 1:
        cell = CELLS + 1 + np.int64((word >> _U40) & _U_CELL)
        part = np.int64((word >> _U16) & _U_FRACTION)
    low = np.int64(words[base + cell])
    high = np.int64(words[base + cell + 1])
    quantile = low + ((high - low) * part >> 24)
    found = int((quantile * mean + _HALF) >> 20)
    return max(1, found)


def mean_minutes(duration: Duration) -> int:
    """Return the mean of a duration, in whole minutes of working time."""
    match duration.shape:
        case Shape.EMPIRICAL:
            days = sum(duration.values) / len(duration.values)
        case Shape.UNIFORM:
            days = (duration.values[0] + duration.values[1]) / 2
        case Shape.FIXED | Shape.EXPONENTIAL | Shape.LOGNORMAL:
            days = duration.days
        case _:
            assert_never(duration.shape)
    return round(days * DAY)


def table_of(duration: Duration) -> NDArray[np.int32]:
    """Return the quantiles of a duration by its mean: int32, shape (2 * (CELLS + 1),).

    Between nodes a quantile goes straight; the nodes are scaled so that the mean stays exact.
    """
    return _table(duration.shape, duration.spread, duration.values)


@lru_cache(maxsize=_KEPT)
def _table(shape: Shape, spread: float, values: tuple[float, ...]) -> NDArray[np.int32]:
    inverse = _inverse(shape, spread, values)
    main = [inverse(min(j / CELLS, _LAST)) for j in range(CELLS + 1)]
    tail = [inverse(min(1 - 1 / CELLS + j / CELLS**2, _LAST)) for j in range(CELLS + 1)]
    nodes = np.array([*main, *tail])
    nodes *= ONE / _mean(nodes)
    found: NDArray[np.int32] = np.minimum(np.rint(nodes), _LARGEST).astype(np.int32)
    found.flags.writeable = False
    return found


def _mean(nodes: NDArray[np.float64]) -> float:
    """Return the mean of what is drawn from the nodes, which go straight in between."""
    main, tail = nodes[: CELLS + 1], nodes[CELLS + 1 :]
    cells = (main[:-1] + main[1:]) / 2
    last = float(((tail[:-1] + tail[1:]) / 2).mean())
    return float(cells[:-1].sum() + last) / CELLS


def _inverse(shape: Shape, spread: float, values: tuple[float, ...]) -> Callable[[float], float]:
    match shape:
        case Shape.FIXED:
            return lambda _: 1.0
        case Shape.EXPONENTIAL:
            return lambda chance: -log(1 - chance)
        case Shape.LOGNORMAL:
            sigma = sqrt(log(1 + spread**2))
            normal = NormalDist()
            return lambda chance: (
                0.0 if chance <= 0 else exp(sigma * normal.inv_cdf(chance) - sigma**2 / 2)
            )
        case Shape.UNIFORM:
            low, high = values
            return lambda chance: low + (high - low) * chance
        case Shape.EMPIRICAL:
            ordered = sorted(values)
            return lambda chance: ordered[min(int(chance * len(ordered)), len(ordered) - 1)]
        case _:
            assert_never(shape)
