"""Two periods beside each other: what is better or worse, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis._resampling import FEWEST, REPLICATES, blocks_of, bounds, weights
from analysis.causes import Ranking, charges, shifts
from analysis.groups import measures
from analysis.worktime import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns
    from analysis.groups import Measures

    Floats = NDArray[np.float64]

_SEED = 20260303


class Figure(StrEnum):
    """What is compared."""

    SHARE = "share"  # of ended attempts inside their limit, 0 to 1
    DAYS = "days"  # mean working days of an ended attempt, from filing to end
    WAITED = "waited"  # mean working days before the filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure in two periods.

    Attributes:
        before, after: None where nothing was counted.
        low, high: Bounds of *after - before* (95 %); None with it.
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
    """Two periods: figures, and which causes took more time in the later one."""

    projects: tuple[int, int]
    differences: tuple[Difference, ...]
    shifts: Ranking


def compared(before: Columns, after: Columns) -> Comparison:
    """Compare two choices from the same columns.

    Projects are drawn anew, with all their attempts: those of one project are not independent.

    Raises:
        ValueError: If the two do not come from the same columns.
    """
    old, new = measures(before), measures(after)
    drawn = (_drawn(before, old, 0), _drawn(after, new, 1))
    ranking = shifts(charges(before, old.minutes), charges(after, new.minutes))
    projects = (_projects(before), _projects(after))
    return Comparison(
        projects=projects,
        differences=tuple(
            _difference(figure, drawn[0][figure], drawn[1][figure], enough=min(projects) >= FEWEST)
            for figure in Figure
        ),
        shifts=ranking,
    )


def _projects(columns: Columns) -> int:
    return len(np.unique(columns.project))


def _difference(figure: Figure, before: Floats, after: Floats, *, enough: bool) -> Difference:
    """Take the first of the values as the figure, the others as draws."""
    counted = np.isfinite(before[0]) and np.isfinite(after[0])
    moved = (after - before)[1:]
    moved = moved[np.isfinite(moved)]
    low: float | None = None
    high: float | None = None
    if counted and enough and len(moved):
        low, high = (float(bound) for bound in bounds(moved))
    return Difference(
        figure=figure,
        before=float(before[0]) if np.isfinite(before[0]) else None,
        after=float(after[0]) if np.isfinite(after[0]) else None,
        low=low,
        high=high,
    )


def _drawn(columns: Columns, measured: Measures, which: int) -> dict[Figure, Floats]:
    """Return each figure as it is and in each replicate: float64, shape (1 + REPLICATES,)."""
    place, size = blocks_of(columns.project, len(columns.cases))
    drawn = np.ones((1 + REPLICATES, size))
    drawn[1:] = weights(size, _SEED, which)
    over = columns.over
    counts = measured.counts

    def ratio(above: NDArray[np.generic], below: NDArray[np.generic]) -> Floats:
        top = drawn @ np.bincount(place, weights=above.astype(np.float64), minlength=size)
        bottom = drawn @ np.bincount(place, weights=below.astype(np.float64), minlength=size)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = top / bottom
        return found

    waited = np.maximum(columns.filed - columns.wanted, 0)
    return {
        Figure.SHARE: ratio(counts[:, 3], counts[:, 2]),
        Figure.DAYS: ratio(np.where(over, measured.span, 0), over) / DAY,
        Figure.WAITED: ratio(np.where(over, waited, 0), over) / DAY,
    }
