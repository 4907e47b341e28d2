"""Two periods beside each other: what is better or worse, and how sure that is.

An attempt belongs to the period in which it became wanted, and each is followed for the same time:
whoever compared what *ended* before and after a day would find short attempts before it and long
ones after it in every office that is not old, with nothing changed at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis import legal
from analysis._intervals import FEWEST, blocks_of, bounds, sums
from analysis.causes import Ranking, charges, shifts
from analysis.choice import EVER
from analysis.parts import borders, parts
from analysis.worktime import DAY, NEVER, number_of
from workflows.errors import TooNearError

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from analysis.choice import Period
    from analysis.columns import Columns, Ints, Truths

    Floats = NDArray[np.float64]

_FOLLOWED = 0.9  # of the attempts that ended had ended after this long


class Figure(StrEnum):
    """What is compared: of attempts that became wanted in one period, each followed equally long.

    Both periods are laid on the same mix of items.
    """

    SHARE = "share"  # of those that ended, inside their limit, 0 to 1
    DAYS = "days"  # mean working days from filing to end, or as long as it is followed
    WAITED = "waited"  # mean working days before the filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure in two periods.

    Attributes:
        before, after: None where nothing was counted.
        low, high: Bounds of *after - before* (95 %); None with fewer than FEWEST projects.
    """

    figure: Figure
    before: float | None
    after: float | None
    low: float | None
    high: float | None

    @property
    def resolved(self) -> bool:
        """Tell whether the two differ for sure: 0 lies outside the bounds."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two periods: figures, and which causes took more time in the later one.

    Attributes:
        projects: How many in each; one may have attempts in both.
        follow_days: Working days that each attempt was followed, from when it became wanted.
    """

    projects: tuple[int, int]
    follow_days: float
    differences: tuple[Difference, ...]
    shifts: Ranking


def compared(columns: Columns, border: date, period: Period = EVER) -> Comparison:
    """Compare what became wanted before *border* with what became so from it on.

    An attempt that has not been followed for long enough, or was filed only later, counts in
    neither.

    Args:
        period: What became wanted outside of it does not count.

    Raises:
        TooNearError: If that leaves nothing on one side: the border is too near to now, or to the
            beginning.
        OutsideCalendarError: If the calendar does not hold one of the days.
    """
    follow = _follow(columns)
    cutoff = (columns.wanted + follow).astype(np.int32)
    low, high = period.minutes(columns.worktime, columns.now)
    known = (cutoff <= columns.now) & (columns.filed <= cutoff) & (columns.wanted < high)
    known &= columns.wanted >= (0 if low is None else low)
    late = columns.wanted >= columns.worktime.morning(number_of(border))
    stood = _as_of(columns, cutoff)
    minutes = parts(stood, np.minimum(borders(stood), cutoff))
    sides = (known & ~late, known & late)
    if not all(side.any() for side in sides):
        raise TooNearError(days=f"{follow / DAY:.1f}")
    before, after = (charges(stood.chosen(side), minutes[side]) for side in sides)
    return Comparison(
        projects=(_projects(columns, sides[0]), _projects(columns, sides[1])),
        follow_days=follow / DAY,
        differences=tuple(
            _difference(stood, figure, values, tuple(side & counts for side in sides))
            for figure, values, counts in _values(stood, cutoff)
        ),
        shifts=shifts(before, after, _projects(columns, known)),
    )


def _follow(columns: Columns) -> int:
    """Return how many minutes after they were wanted most of the ended attempts had ended."""
    spans = (columns.ended - columns.wanted)[columns.over]
    return int(np.quantile(spans, _FOLLOWED)) if len(spans) else 0


def _as_of(columns: Columns, cutoff: Ints) -> Columns:
    """Return the attempts as they stood, each at its own minute."""

    def by(moments: Ints, at: Ints = cutoff) -> Ints:
        return np.where(moments <= at, moments, NEVER).astype(np.int32)

    ended = columns.ended <= cutoff
    live = columns.pause_of != NEVER
    begun = live & (columns.pause_since <= cutoff[columns.pause_of] if len(columns) else live)
    return replace(
        columns,
        accepted=by(columns.accepted),
        begun=by(columns.begun),
        decided=by(columns.decided),
        ended=by(columns.ended),
        ended_day=np.where(ended, columns.ended_day, NEVER).astype(np.int32),
        pause_of=np.where(begun, columns.pause_of, NEVER).astype(np.int32),
    )


def _projects(columns: Columns, which: Truths) -> int:
    return len(np.unique(columns.project[which]))


def _values(stood: Columns, cutoff: Ints) -> tuple[tuple[Figure, Floats, Truths], ...]:
    """Return each figure's value of every attempt, and which of them count."""
    spent = np.minimum(np.where(stood.over, stood.ended, cutoff), cutoff) - stood.filed
    waited = np.maximum(stood.filed - stood.wanted, 0)
    inside = legal.inside(stood, legal.used(stood))
    every: Truths = np.full(len(stood), fill_value=True)
    return (
        (Figure.SHARE, inside.astype(np.float64), legal.limited(stood)),
        (Figure.DAYS, np.maximum(spent, 0) / DAY, every),
        (Figure.WAITED, waited / DAY, every),
    )


def _difference(
    columns: Columns, figure: Figure, values: Floats, sides: tuple[Truths, ...]
) -> Difference:
    """Compare the values of two sides, item by item, on the mix of items of both together."""
    size = len(columns.names.items)
    counts = [np.bincount(columns.item[side], minlength=size) for side in sides]
    common = (counts[0] > 0) & (counts[1] > 0)
    if not common.any():
        return Difference(figure=figure, before=None, after=None, low=None, high=None)
    mix = np.where(common, counts[0] + counts[1], 0)
    shares = mix / mix.sum()
    (before, moved_old), (after, moved_new) = (
        _laid_on(columns, values, side & common[columns.item], shares) for side in sides
    )
    low = high = None
    if min(_projects(columns, side & common[columns.item]) for side in sides) >= FEWEST:
        units = min(int(np.count_nonzero(moved)) for moved in (moved_old, moved_new))
        moved = (moved_new - moved_old)[:, None]
        low, high = (float(b[0]) for b in bounds(np.array([after - before]), moved, units))
    return Difference(figure=figure, before=before, after=after, low=low, high=high)


def _laid_on(
    columns: Columns, values: Floats, side: Truths, shares: Floats
) -> tuple[float, Floats]:
    """Return the mean of *values*, items weighted by *shares*, and what each block moves it by."""
    items, own = columns.item[side], values[side]
    size = len(shares)
    counts = np.maximum(np.bincount(items, minlength=size), 1)
    means = np.bincount(items, own, size) / counts
    block, blocks = blocks_of(columns.project[side], len(columns.cases))
    moved = sums(block, (own - means[items]) * (shares / counts)[items], blocks)
    return float(means @ shares), moved
