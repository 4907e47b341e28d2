"""Agents and townships beside one another: who carries how much, and whose projects wait longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._intervals import FEWEST, blocks_of, bounds, ratio, sums
from analysis.parts import Part
from analysis.worktime import DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

    from analysis.columns import Columns, Ints
    from analysis.groups import Measures

_SEED = 20260304
_DEALS = 400  # of the projects among those who carry
_SURE = 0.05  # chance that anybody at all is called slower or faster where all are alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What one agent or township has carried. Days are working days of eight hours.

    Attributes:
        projects: All; *running*: those without an end.
        filing_days: Mean days an attempt could have been filed and was not.
        elapsed_days: Mean days of an attempt from wanted to its end, or until now.
        expected_days: What its attempts take on average, item by item, whoever carries them.
        low, high: Bounds of *elapsed_days* (95 %); None with fewer than FEWEST projects.
        apart: It differs for sure from what was expected: 1 slower, -1 faster, 0 not resolved.
    """

    key: str
    projects: int
    running: int
    attempts: int
    filing_days: float
    elapsed_days: float
    expected_days: float
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
    by_project = _by_project(columns, measured)
    there = by_project[0] > 0
    running = columns.cases.ended == NEVER
    apart = _apart(by_project, codes, len(keys))
    carried = []
    for code, key in enumerate(keys):
        own = np.flatnonzero((codes == code) & there)
        if not len(own):
            continue
        attempts, minutes, filing, expected = by_project[:, own]
        low, high = _bounds(minutes, attempts)
        total = attempts.sum() * DAY
        carried.append(
            Carried(
                key=key,
                projects=len(own),
                running=int(running[own].sum()),
                attempts=int(attempts.sum()),
                filing_days=float(filing.sum() / total),
                elapsed_days=float(minutes.sum() / total),
                expected_days=float(expected.sum() / total),
                low=low,
                high=high,
                apart=int(apart[code]),
            )
        )
    carried.sort(key=lambda each: (-each.elapsed_days, each.key))
    return Fairness(carried=tuple(carried), gini=gini([each.running for each in carried]))


def _by_project(columns: Columns, measured: Measures) -> Floats:
    """Return attempts, minutes, those before filing, and those to be expected.

    Returns:
        float64, shape (4, projects). Expected is the mean of all attempts of an item.
    """
    elapsed = measured.minutes.sum(axis=1).astype(np.float64)
    items = len(columns.names.items)
    counts = np.maximum(np.bincount(columns.item, minlength=items), 1)
    means = np.bincount(columns.item, elapsed, items) / counts
    told = (np.ones(len(columns)), elapsed, measured.minutes[:, Part.FILING], means[columns.item])
    return np.array([sums(columns.project, each, len(columns.cases)) for each in told])


def _bounds(minutes: Floats, attempts: Floats) -> tuple[float | None, float | None]:
    """Return bounds of the days an attempt took."""
    count = len(minutes)
    if count < FEWEST:
        return None, None
    block, size = blocks_of(np.arange(count), count)
    spent, tried = (sums(block, each, size)[:, None] for each in (minutes, attempts))
    low, high = bounds(*ratio(spent / DAY, tried), size)
    return float(low[0]), float(high[0])


def _apart(by_project: Floats, codes: Ints, size: int) -> NDArray[np.int8]:
    """Tell who is slower (1) or faster (-1) than its attempts let expect.

    The projects are dealt out anew, each with what it took more than expected, and the furthest of
    all who carry is noted: whoever lies beyond all but a twentieth of those would hardly do so by
    chance, however many there are and however long the tails (Westfall and Young 1993).
    """
    counted = (by_project[0] > 0) & (codes >= 0)
    more = (by_project[1] - by_project[3])[counted]
    holders = codes[counted].astype(np.int64)
    held = np.bincount(holders, minlength=size)
    told = np.zeros(size, dtype=np.int8)
    judged = (held >= FEWEST) & (held < len(more))
    if not judged.any():
        return told
    more -= more.mean()
    scale = np.sqrt(np.maximum(held * (1 - held / len(more)), 1e-9))
    stands = np.bincount(holders, more, size) / scale
    furthest = _dealt(more, holders, np.where(judged, 1 / scale, 0.0))
    beyond = judged & (np.abs(stands) > np.quantile(furthest, 1 - _SURE))
    return np.where(beyond, np.sign(stands), 0).astype(np.int8)


def _dealt(more: Floats, holders: NDArray[np.int64], weights: Floats) -> Floats:
    """Return how far the furthest holder stands in each of some deals of the projects."""
    generator = np.random.Generator(np.random.PCG64(_SEED))
    deals = (sums(holders, generator.permutation(more), len(weights)) for _ in range(_DEALS))
    return np.array([np.abs(deal * weights).max() for deal in deals])
