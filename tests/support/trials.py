"""Comparisons one after another, each as long as its pilot asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.compare import PILOT
from simulation.intervals import Interval, interval, needed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def trials(values: NDArray[np.float64], wanted: float) -> list[Interval]:
    """Return the intervals that a wanted half-width brings, one after another until none is left.

    Args:
        values: float64, one of each replication; none is used twice.
    """
    found, begin = [], 0
    while begin + PILOT <= len(values):
        count = needed(values[begin : begin + PILOT], wanted) or PILOT
        if begin + count > len(values):
            break
        found.append(interval(values[begin : begin + count], PILOT))
        begin += count
    return found
