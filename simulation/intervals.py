"""Intervals of means from independent replications, by Student's t."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95
FEWEST = 5  # replications; the expansion of t below is good to 0.2 % from four degrees of freedom,
# and to 2 % at the levels of seventy intervals that shall hold together


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with its bounds (LEVEL, unless said); all None where nothing was counted.

    Attributes:
        low, high: None with fewer than FEWEST replications.
        variance: Of one replication.
        freedom: Degrees of freedom of the bounds; 0 where there are none.
    """

    mean: float | None
    low: float | None
    high: float | None
    variance: float | None
    replications: int
    freedom: int = 0

    @property
    def resolved(self) -> bool:
        """Tell whether it differs from nought for sure."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def together(self, several: int) -> Interval:
        """Return it so wide that *several* such intervals hold all at once at LEVEL.

        Source: Bonferroni's inequality, which asks nothing of how they hang together.
        """
        if self.mean is None or self.half_width is None:
            return self
        wider = student(self.freedom, 1 - (1 - LEVEL) / several) / student(self.freedom)
        reach = self.half_width * wider
        return replace(self, low=self.mean - reach, high=self.mean + reach)

    @property
    def half_width(self) -> float | None:
        """Return the distance from the mean to a bound."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def interval(values: Floats, pilot: int | None = None) -> Interval:
    """Return the mean of one number a replication, those that are NaN left out.

    Args:
        pilot: How many of the first replications decided how many there are (`needed`). The bounds
            then go by the spread of these alone: that of all of them hangs on when it was stopped.
    """
    counted = _counted(values)
    if len(counted) == 0:
        return Interval(mean=None, low=None, high=None, variance=None, replications=0)
    mean, count = float(counted.mean()), len(counted)
    first = counted if pilot is None else _counted(values[:pilot])
    if len(first) < FEWEST:
        return Interval(mean=mean, low=None, high=None, variance=None, replications=count)
    reach = student(len(first) - 1) * sqrt(float(first.var(ddof=1)) / count)
    return Interval(
        mean=mean,
        low=mean - reach,
        high=mean + reach,
        variance=float(counted.var(ddof=1)),
        replications=count,
        freedom=len(first) - 1,
    )


def needed(pilot: Floats, half_width: float) -> int | None:
    """Return how many replications, those of a pilot among them, give an interval so narrow.

    None where the pilot says too little. Bounds of a mean by the pilot's spread then hold at LEVEL
    for normal figures, for the spread of a sample says nothing about its mean.

    Source: Stein, "A two-sample test for a linear hypothesis whose power is independent of the
    variance", Annals of Mathematical Statistics 16 (1945).
    """
    counted = _counted(pilot)
    if len(counted) < FEWEST:
        return None
    reach = student(len(counted) - 1) * float(counted.std(ddof=1)) / half_width
    return max(len(pilot), ceil(reach * reach))


def _counted(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def student(freedom: int, level: float = LEVEL) -> float:
    """Return the two-sided quantile of Student's t, by Cornish and Fisher's expansion.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.

    >>> round(student(9), 2), round(student(99), 3)
    (2.26, 1.984)
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))
