"""How well a fitted scenario tells the times of projects, beside how well it tells its own.

The distance of two sets of times is the area between their distributions (earth mover's). Two runs
of one model have one too, by luck alone: that is the floor. A distance in floors says whether the
model is to be told from the facts; a distance alone says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY, NEVER
from simulation.kernel import run
from simulation.model import model_of
from simulation.survival import quantiles
from simulation.tables import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.columns import Columns
    from simulation.model import Model
    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue

    Floats = NDArray[np.float64]

SEEDS = 10
CHANCES = (np.arange(99) + 1) / 100
_FILLING = 0.2  # part of the projects at the beginning, for which an office is still empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodness:
    """How near a model comes, in working days.

    Attributes:
        distance: Mean over seeds, of the model's project times from the facts'.
        floor: The same of the model's from its own with another seed.
        observed, modelled: Median times.   projects: That the facts tell of.
    """

    distance: float
    floor: float
    observed: float
    modelled: float
    projects: int
    seeds: int

    @property
    def ratio(self) -> float:
        """Return the distance in floors; about 1 where model and facts cannot be told apart."""
        return self.distance / self.floor if self.floor else float("inf")


def goodness(
    columns: Columns,
    scenario: Scenario,
    catalogue: Catalogue,
    seeds: int = SEEDS,
    progress: Callable[[float], None] = lambda _: None,
) -> Goodness:
    """Return how near the runs of a scenario come to the facts."""
    observed, ended = _times(columns)
    facts = quantiles(observed, ended, CHANCES) / DAY
    model = model_of(scenario, catalogue)
    luck = [replace(model, scenario=replace(scenario, seed=seed)) for seed in range(1, seeds + 1)]
    found = []
    for number, each in enumerate(luck, start=1):
        halves = [_run_times(each, replication, len(observed)) for replication in (0, 1)]
        found.append([np.quantile(half, CHANCES) / DAY for half in halves])
        progress(number / seeds)
    return Goodness(
        distance=float(np.mean([_apart(facts, one) for one, _ in found])),
        floor=float(np.mean([_apart(one, other) for one, other in found])),
        observed=float(facts[49]),
        modelled=float(np.mean([one[49] for one, _ in found])),
        projects=len(observed),
        seeds=seeds,
    )


def _times(columns: Columns) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how long each project took or has taken so far, and which are done."""
    cases = columns.cases
    filed = np.flatnonzero(cases.filed != NEVER)
    settled = filed[np.argsort(cases.filed[filed], kind="stable")][int(len(filed) * _FILLING) :]
    ended = cases.ended[settled] != NEVER
    until = np.where(ended, cases.ended[settled], columns.now)
    return (until - cases.filed[settled]).astype(np.float64), ended


def _run_times(model: Model, replication: int, count: int) -> Floats:
    """Return the times of some projects of one replication, the last ones."""
    found = run(model, replication).cases
    times = (found[:, Case.DONE] - found[:, Case.ARRIVED]).astype(np.float64)
    return times[-count:]


def _apart(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).mean())
