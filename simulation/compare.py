"""Two scenarios on the same luck: every difference with its interval, and who gets worse.

Replication r of both uses the draws of replication r, so most of the luck cancels out. The
replications are independent of one another, so Student's interval of the differences holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulation.intervals import FEWEST, Interval, interval
from simulation.kernel import run
from simulation.measures import Figure, Measure, measured, measures
from simulation.sweeps import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from simulation.model import Model
    from simulation.sweeps import Pool

    Floats = NDArray[np.float64]
    Progress = Callable[[float], None]

BATCH = 10  # replications between two looks at the half-width
_WHO = (Figure.FLOW, Figure.TOWNSHIP, Figure.DEPARTMENT)


class StoppedError(Exception):
    """Whoever asked for the comparison called it off."""


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
        reached: The wanted half-width was reached; None when none was wanted.
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
        half_width: Stop once the mean days differ by no more than this either way; *replications*
            is then the most.
        progress: Told how much is done, from 0 to 1; what it raises ends the comparison.
        pool: Where replications are run.
    """
    found = list(_batches((before, after), replications, half_width, progress, pool))
    first = np.concatenate([each[0] for each in found])
    second = np.concatenate([each[1] for each in found])
    differences = differences_of((before, after), first, second)
    width = differences[0].moved.half_width
    return Comparison(
        before=before.scenario.name,
        after=after.scenario.name,
        replications=len(first),
        differences=differences,
        reached=None if half_width is None else width is not None and width <= half_width,
    )


def _batches(
    both: tuple[Model, Model],
    most: int,
    half_width: float | None,
    progress: Progress,
    pool: Pool,
) -> Iterator[tuple[Floats, Floats]]:
    moved: list[float] = []
    # Where the comparison may stop must not hang on how many machines there are.
    step = max(BATCH, pool.at_once // 2) if half_width is None else BATCH
    for begin in range(0, most, step):
        numbers = range(begin, min(begin + step, most))
        found = pool.map(figures, [(model, number) for model in both for number in numbers])
        first, second = np.array(found[: len(numbers)]), np.array(found[len(numbers) :])
        yield first, second
        moved += (second[:, 0] - first[:, 0]).tolist()
        progress((begin + len(numbers)) / most)
        if half_width is not None and len(moved) >= FEWEST:
            width = interval(np.array(moved)).half_width
            if width is not None and width <= half_width:
                return


def figures(model: Model, number: int) -> Floats:
    """Return the figures of one replication: float64, shape (measures,)."""
    return measured(run(model, number))


def sampled(model: Model, numbers: Sequence[int], pool: Pool = THREADS) -> Floats:
    """Return the figures of some replications: float64, shape (replications, measures)."""
    return np.array(pool.map(figures, [(model, number) for number in numbers]))


def differences_of(
    models: tuple[Model, Model], first: Floats, second: Floats
) -> tuple[Difference, ...]:
    """Return the differences of two samples on common luck, by measure.

    What one of them alone has (a flow type, a township) moves by nothing that could be told.
    """
    before, after = (
        dict(zip(measures(model), found.T, strict=True))
        for model, found in zip(models, (first, second), strict=True)
    )
    lacking = np.full(len(first), np.nan)
    return tuple(
        _difference(measure, before.get(measure, lacking), after.get(measure, lacking))
        for measure in {**before, **after}
    )


def _difference(measure: Measure, first: Floats, second: Floats) -> Difference:
    return Difference(
        measure=measure,
        before=interval(first),
        after=interval(second),
        moved=interval(second - first),
    )
