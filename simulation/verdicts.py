"""What can be said of a measured difference: nothing, not yet, better or worse."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from simulation.measures import Figure

if TYPE_CHECKING:
    from collections.abc import Collection

    from simulation.compare import Difference
    from simulation.measures import Measure

_LEAST = {False: 0.05, True: 0.0005}  # days, part: less is told as no difference


class Verdict(StrEnum):
    """In one word."""

    SAME = "same"  # nobody would feel it, nor what chance may hide
    OPEN = "open"  # it may be chance
    BETTER = "better"
    WORSE = "worse"


def felt(each: Difference) -> bool:
    """Tell whether a difference is large enough to be told."""
    return _is_felt(each, each.moved.mean or 0.0)


def verdict(each: Difference, worse: Collection[Measure]) -> Verdict:
    """Return what can be said of a difference.

    Args:
        worse: Groups that get worse for sure, judged together; any other might by chance.
    """
    mean, low, high = each.moved.mean, each.moved.low, each.moved.high
    if mean is None or low is None or high is None:
        return Verdict.OPEN
    sure = each.moved.resolved or not (_is_felt(each, low) or _is_felt(each, high))
    if sure and not _is_felt(each, mean):
        return Verdict.SAME
    more = mean > 0
    better = more is (each.measure.figure is Figure.INSIDE)
    alone = better or not each.measure.of
    if not each.moved.resolved or not (alone or each.measure in worse):
        return Verdict.OPEN
    return Verdict.BETTER if better else Verdict.WORSE


def _is_felt(each: Difference, value: float) -> bool:
    return abs(value) >= _LEAST[each.measure.figure is Figure.INSIDE]
