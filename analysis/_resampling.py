"""Resampling of projects: attempts of one project are not independent, so projects are drawn.

Where there are more than BLOCKS projects, blocks of them are drawn: bounds hardly differ and cost
nothing. The seeds are fixed, so that a report on the same facts is the same report.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.integer]

BLOCKS = 256
REPLICATES = 400
LEVEL = 0.95
FEWEST = 10  # projects below which nothing is resolved: resampling so few says too little


def blocks_of(projects: Whole, count: int) -> tuple[Whole, int]:
    """Return the block of each of *projects* (numbers below *count*), and how many there are."""
    size = max(min(count, BLOCKS), 1)
    return projects % size, size


@lru_cache(maxsize=64)
def weights(blocks: int, *seed: int) -> Floats:
    """Return how often each block is drawn: float64, shape (REPLICATES, blocks)."""
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multinomial(blocks, np.full(blocks, 1 / blocks), size=REPLICATES)
    found: Floats = drawn.astype(np.float64)
    found.flags.writeable = False
    return found


def bounds(replicates: Floats) -> tuple[Floats, Floats]:
    """Return the lower and upper bounds (LEVEL) over the first axis."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(replicates, (tail, 1 - tail), axis=0)
    return low, high


def sums(codes: Whole, values: NDArray[np.generic], size: int) -> Floats:
    """Return the sum of *values* by code: float64, shape (size,)."""
    return cast("Floats", np.bincount(codes, values.astype(np.float64), size))
