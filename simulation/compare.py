"""Two scenarios on the same luck: every difference with its interval, and who gets worse.

Replication r of both uses the draws of replication r, so most of the luck cancels out. The
replications are independent of one another, so Student's interval of the differences holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulation.intervals import Interval, interval, needed
from simulation.kernel import run
from simulation.measures import Figure, Measure, measured, measures
from simulation.sweeps import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from simulation.model import Model
    from simulation.sweeps import Pool

    Floats = NDArray[np.float64]
    Progress = Callable[[float], None]

BATCH = 10  # replications between two words on how far it is, at least
PILOT = 20  # replications that decide how many a wanted half-width needs
_WHO = (Figure.FLOW, Figure.TOWNSHIP, Figure.DEPARTMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure in two scenarios; *moved* is the second less the first."""

    measure: Measure
    before: Interval
    after: Interval
    moved: Interval

    @property
    def worse(self) -> bool:
        """Tell whether somebody waits longer for sure."""
        low = self.moved.low
        return self.measure.figure is not Figure.INSIDE and low is not None and low > 0

    @property
    def variance_ratio(self) -> float | None:
        """Return how many times the common luck cut the variance of the difference."""
        parts = (self.before.variance, self.after.variance, self.moved.variance)
        first, second, moved = parts
        if first is None or second is None or not moved:
            return None
        return (first + second) / moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two scenarios side by side.

    Attributes:
        differences: In the order of `measures`.
        reached: The replications were enough for the wanted half-width; None when none was wanted.
    """

    before: str
    after: str
    replications: int
    differences: tuple[Difference, ...]
    reached: bool | None = None

    def of(self, figure: Figure, of: str = "") -> Difference:
        """Return one difference.

        Raises:
            KeyError: If it is not measured.
        """
        found = {each.measure: each for each in self.differences}
        return found[Measure(figure, of)]

    @property
    def worse(self) -> tuple[Difference, ...]:
        """Return the flow types, townships and departments that get worse for sure, worst first.

        Their bounds hold for all groups at once: with some sixty groups, each at 95 % by itself,
        somebody would seem to get worse in most comparisons in which nobody does.
        """
        groups = [d for d in self.differences if d.measure.figure in _WHO]
        told = sum(each.moved.low is not None for each in groups)
        found = [replace(d, moved=d.moved.together(told)) for d in groups]
        worse = [each for each in found if each.worse]
        return tuple(sorted(worse, key=lambda each: -(each.moved.mean or 0.0)))


def nothing(_: float) -> None:
    """Take note of no progress."""


def compare(  # noqa: PLR0913 - two models and how to compare them
    before: Model,
    after: Model,
    replications: int,
    *,
    half_width: float | None = None,
    progress: Progress = nothing,
    pool: Pool = THREADS,
) -> Comparison:
    """Run both models on common luck and tell every difference.

    Args:
        half_width: Run as many replications as bring the interval of the mean days' difference to
            this either way, by a pilot of PILOT of them; *replications* is then the most.
        progress: Told how much is done, from 0 to 1; what it raises ends the comparison.
        pool: Where replications are run.
    """
    both, pilot = (before, after), None
    count, wanted = replications, replications
    if half_width is not None:
        count = pilot = min(PILOT, replications)
    first, second = _figures(both, range(count), replications, progress, pool)
    if half_width is not None:
        wanted = needed(second[:, 0] - first[:, 0], half_width) or replications + 1
        if rest := range(count, min(wanted, replications)):
            more = _figures(both, rest, rest.stop, progress, pool)
            first, second = np.concatenate((first, more[0])), np.concatenate((second, more[1]))
    return Comparison(
        before=before.scenario.name,
        after=after.scenario.name,
        replications=len(first),
        differences=differences_of(both, first, second, pilot),
        reached=None if half_width is None else wanted <= replications,
    )


def _figures(
    both: tuple[Model, Model], numbers: range, whole: int, progress: Progress, pool: Pool
) -> tuple[Floats, Floats]:
    """Return the figures of some replications of both, told as a part of so many in the *whole*."""
    first, second = [], []
    step = max(BATCH, pool.at_once // 2)
    for begin in range(numbers.start, numbers.stop, step):
        some = range(begin, min(begin + step, numbers.stop))
        found = pool.map(figures, [(model, number) for model in both for number in some])
        first += found[: len(some)]
        second += found[len(some) :]
        progress(some.stop / whole)
    return np.array(first), np.array(second)


def figures(model: Model, number: int) -> Floats:
    """Return the figures of one replication: float64, shape (measures,)."""
    return measured(run(model, number))


def sampled(model: Model, numbers: Sequence[int], pool: Pool = THREADS) -> Floats:
    """Return the figures of some replications: float64, shape (replications, measures)."""
    return np.array(pool.map(figures, [(model, number) for number in numbers]))


def differences_of(
    models: tuple[Model, Model], first: Floats, second: Floats, pilot: int | None = None
) -> tuple[Difference, ...]:
    """Return the differences of two samples on common luck, by measure.

    What one of them alone has (a flow type, a township) moves by nothing that could be told.

    Args:
        pilot: As in `interval`.
    """
    before, after = (
        dict(zip(measures(model), found.T, strict=True))
        for model, found in zip(models, (first, second), strict=True)
    )
    lacking = np.full(len(first), np.nan)
    return tuple(
        _difference(measure, before.get(measure, lacking), after.get(measure, lacking), pilot)
        for measure in {**before, **after}
    )


def _difference(measure: Measure, first: Floats, second: Floats, pilot: int | None) -> Difference:
    return Difference(
        measure=measure,
        before=interval(first, pilot),
        after=interval(second, pilot),
        moved=interval(second - first, pilot),
    )
