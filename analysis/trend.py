"""Whether a monthly figure rises or falls, and where it broke. Distribution-free throughout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SURE = 0.05  # error probability below which something is called a trend or a break
FEWEST = 6  # months below which nothing is said; a break takes twelve to be plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a series moves.

    Attributes:
        slope: A month, in the series' own unit (Theil and Sen: the median of all pairs' slopes).
        probability: Of a movement as plain as this without any trend (Mann and Kendall).
    """

    slope: float
    probability: float

    @property
    def rises(self) -> bool | None:
        """Tell which way it goes; None = no trend can be told."""
        if self.probability >= SURE or self.slope == 0:
            return None
        return self.slope > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The place at which a series changed its level.

    Attributes:
        at: Place of the first value on the new level.
        before, after: Median on either side.
        probability: Of a break as plain as this in a series without one (Pettitt).
    """

    at: int
    before: float
    after: float
    probability: float


def trend(series: Sequence[float]) -> Trend | None:
    """Return how *series* moves; None where it is too short.

    >>> found = trend([3, 4, 4, 5, 6, 6, 7, 8])
    >>> found.rises, round(found.slope, 2)
    (True, 0.67)
    >>> trend([5, 3, 6, 4, 5, 4, 6, 3]).rises is None
    True
    """
    count = len(series)
    if count < FEWEST:
        return None
    pairs = list(combinations(range(count), 2))
    slope = median((series[b] - series[a]) / (b - a) for a, b in pairs)
    score = sum((series[b] > series[a]) - (series[b] < series[a]) for a, b in pairs)
    ties = [list(series).count(value) for value in set(series)]
    variance = count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)
    if variance <= 0:
        return Trend(slope=slope, probability=1.0)
    z = max(abs(score) - 1, 0) / math.sqrt(variance / 18)
    return Trend(slope=slope, probability=math.erfc(z / math.sqrt(2)))


def break_of(series: Sequence[float]) -> Break | None:
    """Return where *series* changed its level; None where no break can be told.

    >>> found = break_of([2.0, 2.1, 1.9, 2.2, 2.0, 2.0, 3.1, 3.0, 3.2, 2.9, 3.1, 3.1])
    >>> found.at, found.before, found.after
    (6, 2.0, 3.1)
    >>> break_of([2.0, 2.1, 1.9, 2.2, 2.0, 2.1, 1.9, 2.2]) is None
    True
    """
    count = len(series)
    if count < FEWEST:
        return None
    scores = [
        abs(sum((b > a) - (b < a) for a in series[:at] for b in series[at:]))
        for at in range(1, count)
    ]
    best = max(scores)
    at = scores.index(best) + 1
    probability = min(1.0, 2 * math.exp(-6 * best**2 / (count**3 + count**2)))
    if probability >= SURE:
        return None
    return Break(
        at=at,
        before=median(series[:at]),
        after=median(series[at:]),
        probability=probability,
    )
