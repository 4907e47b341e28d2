"""What a little change of each item and each department would bring, and which ranks are sure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation.compare import nothing
from simulation.intervals import Interval, interval
from simulation.kernel import run
from simulation.model import variant
from simulation.tables import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from simulation.model import Model

    Floats = NDArray[np.float64]

FASTER = 0.8  # an item's work, by what it takes now


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One change and what it brings.

    Attributes:
        item: Made faster; None for a department, which gets one more reviewer.
        moved: Mean days to completion, after less before.
        sure: It moves more than the next one for sure.
    """

    item: str | None
    department: str | None
    moved: Interval
    sure: bool


def levers(
    model: Model, replications: int, progress: Callable[[float], None] = nothing
) -> tuple[Lever, ...]:
    """Return every lever, the one that saves most first, all on the same luck."""
    items = sorted({row.code for rows in model.kinds for row in rows})
    offices = sorted(c for c, d in model.scenario.departments.items() if d.reviewers is not None)
    changes: list[tuple[str | None, str | None]] = [(code, None) for code in items]
    changes += [(None, code) for code in offices]
    numbers = range(replications)
    base = _days(model, numbers)
    moved = []
    for done, (item, department) in enumerate(changes, start=1):
        moved.append(_days(_changed(model, item, department), numbers) - base)
        progress(done / len(changes))
    order = sorted(range(len(changes)), key=lambda at: float(moved[at].mean()))
    return tuple(
        Lever(
            item=changes[at][0],
            department=changes[at][1],
            moved=interval(moved[at]),
            sure=_sure(moved, order[place : place + 2]),
        )
        for place, at in enumerate(order)
    )


def _sure(moved: Sequence[Floats], two: Sequence[int]) -> bool:
    """Tell whether the first of two saves more than the second for sure, on the same luck."""
    if len(two) == 1:
        return True
    return interval(moved[two[1]] - moved[two[0]]).resolved


def _changed(model: Model, item: str | None, department: str | None) -> Model:
    if item is not None:
        return variant(model, factors={item: FASTER})
    known = model.scenario.departments[department or ""]
    more = replace(known, reviewers=(known.reviewers or 0) + 1)
    return variant(model, departments={department or "": more})


def _days(model: Model, numbers: Sequence[int]) -> Floats:
    """Return the mean days to completion of each replication."""
    with ThreadPoolExecutor(cpu_count()) as pool:
        return np.array(list(pool.map(lambda number: _mean_days(model, number), numbers)))


def _mean_days(model: Model, number: int) -> float:
    cases = run(model, number).cases[model.scenario.arrivals.warm_up :]
    return float((cases[:, Case.DONE] - cases[:, Case.ARRIVED]).mean()) / DAY
