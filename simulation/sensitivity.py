"""What a little change of each item and each department would bring, and which ranks are sure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation.compare import nothing
from simulation.intervals import Interval, interval
from simulation.kernel import run
from simulation.measures import departments_of
from simulation.model import variant
from simulation.sweeps import THREADS
from simulation.tables import NONE, Case, Log
from workflows.applicability import applicable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from simulation.kernel import Run
    from simulation.model import Model
    from simulation.scenario import Scenario
    from simulation.sweeps import Pool
    from workflows.catalogue.values import Catalogue

    Floats = NDArray[np.float64]
    Change = tuple[str | None, str | None]  # an item made faster, or a department with one more

FASTER = 0.8  # an item's work, by what it takes now


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One change and what it brings.

    Attributes:
        item: Made faster; None for a department, which gets one more reviewer.
        moved: Mean days to completion, after less before.
        sure: It saves more than the next one for sure, all ranks at once at 95 %; the last one,
            if the one before it does.
    """

    item: str | None
    department: str | None
    moved: Interval
    sure: bool


def levers(
    model: Model,
    replications: int,
    progress: Callable[[float], None] = nothing,
    pool: Pool = THREADS,
) -> tuple[Lever, ...]:
    """Return every lever, the one that saves most first, all on the same luck."""
    found, numbers = changes(model), range(replications)
    base = mean_days(model, numbers, pool)
    moved: list[Floats] = []
    several = max(1, pool.at_once // max(replications, 1))
    while len(moved) < len(found):
        models = [changed(model, each) for each in found[len(moved) :][:several]]
        days = pool.map(_mean_days, [(each, number) for each in models for number in numbers])
        moved += list(np.array(days).reshape(len(models), replications) - base)
        progress(len(moved) / len(found))
    return ranking(found, moved)


def changes(model: Model) -> tuple[Change, ...]:
    """Return what could be changed: each item, then each department whose people are counted."""
    return changes_of(model.scenario, model.catalogue)


def changes_of(scenario: Scenario, own: Catalogue) -> tuple[Change, ...]:
    """Return the same of a scenario, by the catalogue with its edits made."""
    kinds = scenario.arrivals.kinds
    items = {code for kind in kinds for code in applicable(own, kind.flow, kind.facts)}
    offices = sorted(c for c, d in scenario.departments.items() if d.reviewers is not None)
    return (*((code, None) for code in sorted(items)), *((None, code) for code in offices))


def ranking(found: Sequence[Change], moved: Sequence[Floats]) -> tuple[Lever, ...]:
    """Return the levers in order.

    Args:
        moved: What each change moved, float64 of shape (replications,), days after less before.
    """
    order = sorted(range(len(moved)), key=lambda at: float(moved[at].mean()))
    steps = [interval(moved[less] - moved[more]) for more, less in pairwise(order)]
    sure = [each.together(len(steps)).resolved for each in steps]
    return tuple(
        Lever(
            item=found[at][0],
            department=found[at][1],
            moved=interval(moved[at]),
            sure=one,
        )
        for at, one in zip(order, [*sure, *(sure[-1:] or [True])], strict=False)
    )


def utilisation(model: Model, replications: int) -> dict[str, float]:
    """Return the share of its reviewers' time that each department has work in hand, 0 to 1.

    Measured from the first arrival after the warm-up to the last one; days on which a department is
    closed in the middle of a piece of work count as work. Only departments with so many reviewers
    and no more are told.
    """
    found = [_in_hand(run(model, number)) for number in range(replications)]
    shares = np.array(found).mean(axis=0)
    known = model.scenario.departments
    return {
        code: float(shares[place]) / reviewers
        for place, code in enumerate(model.departments)
        if code in known and (reviewers := known[code].reviewers) is not None
    }


def busiest(model: Model, replications: int = 20) -> str:
    """Return the department whose reviewers have most of their time taken, as measured."""
    shares = utilisation(model, replications)
    return max(shares, key=lambda code: (shares[code], code))


def _in_hand(one: Run) -> Floats:
    """Return how many reviewers of each department are at work on average."""
    arrived = one.cases[one.model.scenario.arrivals.warm_up :, Case.ARRIVED]
    begin, end = int(arrived[0]), int(arrived[-1])
    worked = one.log[..., Log.BEGUN] != NONE
    began, ended = (one.log[..., word][worked] for word in (Log.BEGUN, Log.ENDED))
    spent = np.clip(ended, begin, end) - np.clip(began, begin, end)
    departments = departments_of(one)[..., None].repeat(one.log.shape[2], axis=2)[worked]
    found = np.bincount(departments, spent, minlength=len(one.model.departments))
    return np.asarray(found / max(end - begin, 1), dtype=np.float64)


def changed(model: Model, change: Change) -> Model:
    """Return the model with one change made."""
    item, department = change
    if item is not None:
        return variant(model, factors={item: FASTER})
    known = model.scenario.departments[department or ""]
    more = replace(known, reviewers=(known.reviewers or 0) + 1)
    return variant(model, departments={department or "": more})


def mean_days(model: Model, numbers: Sequence[int], pool: Pool = THREADS) -> Floats:
    """Return the mean days to completion: float64, shape (replications,)."""
    return np.array(pool.map(_mean_days, [(model, number) for number in numbers]))


def _mean_days(model: Model, number: int) -> float:
    cases = run(model, number).cases[model.scenario.arrivals.warm_up :]
    return float((cases[:, Case.DONE] - cases[:, Case.ARRIVED]).mean()) / DAY
