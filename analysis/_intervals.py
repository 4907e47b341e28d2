"""Bounds of figures over projects: attempts of one project are not independent, projects are.

A figure is a ratio of sums over projects, or a difference of such. Each project moves it by its
*influence*; from these come its standard error and its skewness, in closed form: the same facts
give the same bounds. Where there are more than BLOCKS projects, blocks of them stand for them.

Student's interval is bent towards the long tail by Hall's transformation (1992), which takes the
skewness out of the statistic, and never made narrower by it. Of 20,000 drawn means of 20 and of
100 projects, what is told as 95 % held 0.936 and 0.951 for a log-normal distribution with sigma 1,
0.946 and 0.958 with sigma 0.8, 0.957 and 0.961 for an exponential one, 0.953 and 0.954 for a gamma
one of shape 4. For the first Student's own held 0.869, percentiles of a bootstrap 0.86.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.integer]

BLOCKS = 256
FEWEST = 20  # projects below which nothing is resolved
_NORMAL = 1.959964  # the normal quantile of a two-sided 95 %
_TINY = 1e-12
_STRAIGHT = 1e-6  # skewness below which nothing is bent


def blocks_of(projects: Whole, count: int) -> tuple[Whole, int]:
    """Return the block of each of *projects* (numbers below *count*), and how many there are."""
    size = max(min(count, BLOCKS), 1)
    return projects % size, size


def sums(codes: Whole, values: NDArray[np.generic], size: int) -> Floats:
    """Return the sum of *values* by code: float64, shape (size,)."""
    return cast("Floats", np.bincount(codes, values.astype(np.float64), size))


def ratio(above: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Return sums of *above* over sums of *below*, and what each block moves them by.

    Args:
        above, below: float64, shape (blocks, figures). A figure without anything below is 0.

    Returns:
        figures: float64, shape (figures,).   influences: float64, shape (blocks, figures).
    """
    whole = below.sum(axis=0)
    counted = np.where(whole > 0, whole, 1.0)
    value = above.sum(axis=0) / counted
    return value, (above - below * value) / counted


def bounds(value: Floats, influences: Floats, units: int) -> tuple[Floats, Floats]:
    """Return the lower and upper bounds (95 %) of figures.

    Args:
        value: float64, shape (figures,).   influences: float64, shape (blocks, figures).
        units: How many projects, or blocks of them, the figures rest on.
    """
    count = max(units, 3)
    squares = (influences**2).sum(axis=0)
    error = np.sqrt(squares * count / (count - 1))
    third = (influences**3).sum(axis=0)
    skew = np.where(squares > _TINY**2, third / np.maximum(squares, _TINY**2) ** 1.5, 0.0)
    skew = skew * math.sqrt(count * (count - 1)) / (count - 2)
    student = student_quantile(count - 1)
    low = value - error * np.maximum(_bent(student, skew), student)
    high = value - error * np.minimum(_bent(-student, skew), -student)
    return low, high


def _bent(quantile: float, skew: Floats) -> Floats:
    """Return where a statistic with *skew* (already over the root of n) stands at *quantile*.

    The inverse of Hall's cubic transformation; without skewness the quantile itself.
    """
    straight = np.abs(skew) < _STRAIGHT
    bend = np.where(straight, 1.0, skew)
    bent = 3 / bend * (np.cbrt(1 + bend * (quantile - bend / 6)) - 1)
    return cast("Floats", np.where(straight, quantile, bent))


def student_quantile(freedom: int) -> float:
    """Return the quantile of Student's distribution for a two-sided 95 %.

    By the expansion in 1 / freedom (Abramowitz and Stegun 26.7.5): to a thousandth from 5 on.

    >>> [round(student_quantile(each), 3) for each in (9, 19, 255)]
    [2.262, 2.093, 1.969]
    """
    z = _NORMAL
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
