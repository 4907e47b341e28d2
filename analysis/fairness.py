"""Agents and townships beside one another: who carries how much, and whose projects wait longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._resampling import FEWEST, blocks_of, bounds, sums, weights
from analysis.parts import Part
from analysis.worktime import DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

    from analysis.columns import Columns, Ints
    from analysis.groups import Measures

_SEED = 20260304


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What one agent or township has carried. Days are working days of eight hours.

    Attributes:
        projects: All; *running*: those without an end.
        filing_days: Mean days an attempt could have been filed and was not.
        elapsed_days: Mean days of an attempt from wanted to its end, or until now.
        low, high: Bounds of *elapsed_days* (95 %); None with fewer than FEWEST projects.
        apart: It differs for sure from all taken together: 1 slower, -1 faster, 0 not resolved.
    """

    key: str
    projects: int
    running: int
    attempts: int
    filing_days: float
    elapsed_days: float
    low: float | None
    high: float | None
    apart: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Some that carry, and how evenly.

    Attributes:
        gini: Of the running projects: 0 = all carry the same, towards 1 = one carries all; None
            while nobody carries any.
    """

    carried: tuple[Carried, ...]
    gini: float | None


def agents(columns: Columns, measured: Measures) -> Fairness:
    """Return what each agent carries."""
    return _fairness(columns, measured, columns.cases.agent, columns.names.agents)


def townships(columns: Columns, measured: Measures) -> Fairness:
    """Return what each township carries."""
    return _fairness(columns, measured, columns.cases.township, columns.names.townships)


def gini(loads: Sequence[float]) -> float | None:
    """Return how unevenly *loads* are spread; None when there is nothing to spread.

    >>> gini([3, 3, 3]), gini([0, 0, 0, 4]), gini([])
    (0.0, 0.75, None)
    """
    total, count = sum(loads), len(loads)
    if not total:
        return None
    ascending = sorted(loads)
    weighted = sum(place * load for place, load in enumerate(ascending, start=1))
    return 2 * weighted / (count * total) - (count + 1) / count


def _fairness(columns: Columns, measured: Measures, codes: Ints, keys: Sequence[str]) -> Fairness:
    size = len(columns.cases)
    attempts = sums(columns.project, np.ones(len(columns)), size)
    minutes = sums(columns.project, measured.minutes.sum(axis=1), size)
    filing = sums(columns.project, measured.minutes[:, Part.FILING], size)
    running = columns.cases.ended == NEVER
    mean = minutes.sum() / max(attempts.sum(), 1) / DAY
    carried = []
    for code, key in enumerate(keys):
        own = np.flatnonzero(codes == code)
        if not len(own):
            continue
        low, high = _bounds(minutes[own], attempts[own], code)
        sum_attempts = max(attempts[own].sum(), 1)
        carried.append(
            Carried(
                key=key,
                projects=len(own),
                running=int(running[own].sum()),
                attempts=int(attempts[own].sum()),
                filing_days=float(filing[own].sum() / sum_attempts / DAY),
                elapsed_days=float(minutes[own].sum() / sum_attempts / DAY),
                low=low,
                high=high,
                apart=_apart(mean, low, high),
            )
        )
    carried.sort(key=lambda each: (-each.elapsed_days, each.key))
    return Fairness(carried=tuple(carried), gini=gini([each.running for each in carried]))


def _bounds(minutes: Floats, attempts: Floats, code: int) -> tuple[float | None, float | None]:
    """Return bounds of minutes an attempt, in days, drawing the projects anew."""
    count = len(minutes)
    if count < FEWEST or not attempts.any():
        return None, None
    block, size = blocks_of(np.arange(count), count)
    draws = weights(size, _SEED, code)
    spent, tried = (
        np.bincount(block, weights=each, minlength=size) for each in (minutes, attempts)
    )
    low, high = bounds((draws @ spent) / np.maximum(draws @ tried, 1) / DAY)
    return float(low), float(high)


def _apart(mean: float, low: float | None, high: float | None) -> int:
    if low is None or high is None:
        return 0
    return (low > mean) - (high < mean)
