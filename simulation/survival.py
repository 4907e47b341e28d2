"""How long things take, from those that ended and those that still go on.

What goes on has taken at least so long: it counts among those at risk up to then and is never left
out, else long times would be missing. Source: Kaplan and Meier, "Nonparametric estimation from
incomplete observations", JASA 53 (1958).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.compiled import inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

CELLS = 128
NODES = CELLS + 1
_SHORTEST_REST = 60.0  # mean minutes that something takes on that took longer than anything did
_TOP = 1 - 1 / (4 * CELLS)  # chance of the last node: a table has no end in infinity


def survival(times: Floats, ended: Truths) -> tuple[Floats, Floats]:
    """Return the times at which something ended, and the part that goes on after each.

    Args:
        times: Until the end, or so far.   ended: Which of them did.

    >>> at, left = survival(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))
    >>> at.tolist(), left.round(3).tolist()
    ([1.0, 3.0], [0.667, 0.0])
    """
    at, which = np.unique(times, return_inverse=True)
    ends = np.bincount(which, ended, len(at))
    risk = len(times) - np.concatenate(([0], np.cumsum(np.bincount(which, minlength=len(at)))[:-1]))
    left = np.cumprod(1 - ends / np.maximum(risk, 1))
    some = ends > 0
    return at[some], left[some]


def quantiles(times: Floats, ended: Truths, chances: Floats) -> Floats:
    """Return the times by which such parts have ended; beyond what was seen by an even rate.

    The rate is that of all ends by all time spent. Without any end, as if one came now.
    """
    if not len(times):
        return np.zeros(len(chances))
    at, left = survival(times, ended)
    if not len(at):
        at, left = np.array([times.max()]), np.array([0.0])
    place = np.searchsorted(1 - left, chances - 1e-12, side="left")
    found = at[np.minimum(place, len(at) - 1)]
    beyond = place >= len(at)
    if beyond.any():
        mean = times.sum() / max(int(ended.sum()), 1)
        tail = -np.log((1 - chances[beyond]) / left[-1]) * mean
        found = found.astype(np.float64)
        found[beyond] = at[-1] + np.maximum(tail, 0.0)
    return found.astype(np.float64)


def table(times: Floats, ended: Truths) -> Floats:
    """Return the quantiles that times are drawn from: float64, shape (NODES,), never falling."""
    chances = np.minimum(np.arange(NODES) / CELLS, _TOP)
    return quantiles(times, ended, np.maximum(chances, 1e-9))


@inner
def drawn(table: Floats, elapsed: float, chance: float) -> float:
    """Return how much longer something takes that has taken *elapsed* so far."""
    low = 0.0
    if elapsed > 0:
        at = np.searchsorted(table, elapsed, side="right")
        if at >= NODES:
            rest = max(table[NODES - 1] - table[(3 * NODES) // 4], _SHORTEST_REST)
            return float(-np.log(1 - chance) * rest)
        if at > 0:
            step = table[at] - table[at - 1]
            low = (at - 1 + (elapsed - table[at - 1]) / step) / CELLS
    place = (low + (1 - low) * chance) * CELLS
    cell = min(int(place), CELLS - 1)
    value = table[cell] + (place - cell) * (table[cell + 1] - table[cell])
    return float(max(value - elapsed, 0.0))
