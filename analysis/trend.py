"""Whether a monthly figure rises or falls, and where it broke. Distribution-free throughout.

Months resemble their neighbours (a backlog does not go away overnight), and what resembles its
neighbour says less than what does not: the variance is raised by what the series' own resemblance,
put right for its shortness, adds to it. Of a thousand drawn series without any movement, of 12 and
of 24 months, a trend was told of 30 and 20, a break of 5 and 5; with a resemblance of 0.6 from
month to month of 100 and 80, and of 40 and 60.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SURE = 0.05  # error probability below which something is called a trend or a break
FEWEST = 6  # months below which nothing is said; a break takes twelve to be plain
_CLOSEST = 0.9  # resemblance beyond which a series this short cannot be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a series moves.

    Attributes:
        slope: A month, in the series' own unit (Theil and Sen: the median of all pairs' slopes).
        probability: Of a movement as plain as this without any trend (Mann and Kendall), in any
            of the series that are looked at together.
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
        probability: Of a break as plain as this in a series without one (Pettitt), in any of the
            series that are looked at together.
    """

    at: int
    before: float
    after: float
    probability: float


def trend(
    series: Sequence[float], months: Sequence[int] | None = None, among: int = 1
) -> Trend | None:
    """Return how *series* moves; None where it is too short.

    Args:
        months: The month of each value, rising; None = one after the other.
        among: How many series are looked at together.

    >>> found = trend([3, 4, 4.2, 5.1, 5.9, 6.2, 7, 8])
    >>> found.rises, round(found.slope, 2)
    (True, 0.68)
    >>> trend([5, 3, 6, 4, 5, 4, 6, 3]).rises is None
    True
    """
    count = len(series)
    if count < FEWEST:
        return None
    at = range(count) if months is None else months
    pairs = list(combinations(range(count), 2))
    slope = median((series[b] - series[a]) / (at[b] - at[a]) for a, b in pairs)
    score = sum((series[b] > series[a]) - (series[b] < series[a]) for a, b in pairs)
    ties = [list(series).count(value) for value in set(series)]
    variance = count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)
    if variance <= 0:
        return Trend(slope=slope, probability=1.0)
    raised = _raised([value - slope * month for value, month in zip(series, at, strict=True)])
    z = max(abs(score) - 1, 0) / math.sqrt(variance * raised / 18)
    return Trend(slope=slope, probability=min(among * math.erfc(z / math.sqrt(2)), 1.0))


def break_of(series: Sequence[float], among: int = 1) -> Break | None:
    """Return where *series* changed its level; None where no break can be told.

    None also where a straight line lies as close to it as two levels do: that is a trend.

    Args:
        among: How many series are looked at together.

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
    before, after = median(series[:at]), median(series[at:])
    rest = [value - before for value in series[:at]] + [value - after for value in series[at:]]
    plain = 6 * best**2 / (_raised(rest) * (count**3 + count**2))
    probability = min(among * 2 * math.exp(-plain), 1.0)
    if probability >= SURE or sum(map(abs, rest)) >= _from_line(series):
        return None
    return Break(at=at, before=before, after=after, probability=probability)


def _from_line(series: Sequence[float]) -> float:
    """Return how far the values lie from their line, all together."""
    slope = median((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(series), 2))
    rest = [value - slope * at for at, value in enumerate(series)]
    middle = median(rest)
    return sum(abs(value - middle) for value in rest)


def _raised(rest: Sequence[float]) -> float:
    """Return by how much resemblance among neighbours raises a variance: 1 without any.

    From the ranks of what a movement leaves over, as Hamed and Rao (1998) do, at the first lag
    only; a short series tells too little of it, which is put right (van Giersbergen 2005).
    """
    count = len(rest)
    ranks = [sum((b < a) + (b <= a) for b in rest) / 2 for a in rest]
    middle = fmean(ranks)
    spread = sum((rank - middle) ** 2 for rank in ranks)
    if not spread:
        return 1.0
    shared = sum((a - middle) * (b - middle) for a, b in pairwise(ranks)) / spread
    near = min(max((count * shared + 2) / (count - 4), 0.0), _CLOSEST)
    return 1 + 2 * sum((1 - lag / count) * near**lag for lag in range(1, count))
