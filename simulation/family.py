"""The built-in scenarios: one district, and its family from one by one to all free.

Everything here is an assumption (A): no published figures on arrivals or reviewers were found.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation._rows import service_of
from simulation.edits import edited
from simulation.quantiles import mean_minutes
from simulation.scenario import (
    Arrivals,
    Department,
    Duration,
    Kind,
    Mode,
    Pairing,
    Policy,
    Scenario,
    Shape,
)
from workflows.applicability import applicable, missing_facts
from workflows.catalogue.values import Coupling, FactType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Catalogue

ONE_BY_ONE, DRAWN, PLANNED, ROLLING, ALL_FREE = FAMILY = (
    "one_by_one",
    "drawn",
    "planned",
    "rolling",
    "all_free",
)
TOWNSHIPS = 18
PROJECTS_A_YEAR = 700
WORKING_DAYS_A_YEAR = 250
BUSY = 0.8  # of a reviewer's time that is taken
_PAIRINGS = {
    ONE_BY_ONE: Pairing(policy=Policy.SINGLE, slots=1),
    DRAWN: Pairing(policy=Policy.DRAWN),
    PLANNED: Pairing(policy=Policy.PLANNED),
    ROLLING: Pairing(policy=Policy.PLANNED, mode=Mode.ROLLING),
    ALL_FREE: Pairing(policy=Policy.CHOSEN),
}


def member(name: str, catalogue: Catalogue) -> Scenario:
    """Return one of the family: the district with another way to bring pairable items along.

    Raises:
        KeyError: If FAMILY has no such name.
    """
    return _related(name, district(catalogue), catalogue)


def family(catalogue: Catalogue, base: Scenario | None = None) -> tuple[Scenario, ...]:
    """Return the whole family, in the order in which it is told.

    Args:
        base: What it is the family of, the district where nothing is said: all but the way in
            which pairable items are brought along is as there.
    """
    own = base or district(catalogue)
    return tuple(_related(name, own, catalogue) for name in FAMILY)


def _related(name: str, base: Scenario, catalogue: Catalogue) -> Scenario:
    other = replace(base, name=name, pairing=_PAIRINGS[name])
    if name != ALL_FREE:
        return other
    items = edited(catalogue, base.edits).items.values()
    freed = {item.code: Coupling.FREE for item in items if item.coupling is Coupling.PAIRABLE}
    couplings = {**base.edits.couplings, **freed}
    return replace(other, edits=replace(base.edits, couplings=couplings))


@lru_cache(maxsize=8)
def district(catalogue: Catalogue) -> Scenario:
    """Return the demonstration district: all flow types, each in a plain and a full kind."""
    kinds = tuple(
        Kind(flow=flow, facts=_answers(catalogue, flow, full=full), weight=1.0)
        for flow in catalogue.flows
        for full in (False, True)
    )
    between = Duration(shape=Shape.EXPONENTIAL, days=WORKING_DAYS_A_YEAR / PROJECTS_A_YEAR)
    townships = {f"T{number:02}": 1.0 for number in range(1, TOWNSHIPS + 1)}
    arrivals = Arrivals(projects=250, warm_up=50, between=between, townships=townships, kinds=kinds)
    return staffed(Scenario(name="district", arrivals=arrivals), catalogue)


def staffed(scenario: Scenario, catalogue: Catalogue, busy: float = BUSY) -> Scenario:
    """Return a scenario with as many reviewers as keep each department *busy* at most."""
    rate = DAY / mean_minutes(scenario.arrivals.between)
    departments = {
        code: Department(reviewers=max(1, ceil(days * rate / busy)))
        for code, days in sorted(work_of(scenario, catalogue).items())
    }
    return replace(scenario, departments=departments)


def work_of(scenario: Scenario, catalogue: Catalogue) -> Mapping[str, float]:
    """Return the days of review that a project brings on average, by department.

    Args:
        catalogue: With the scenario's edits made.
    """
    kinds = scenario.arrivals.kinds
    whole = sum(kind.weight for kind in kinds)
    work: defaultdict[str, float] = defaultdict(float)
    for kind in kinds:
        for code in sorted(applicable(catalogue, kind.flow, kind.facts)):
            item = catalogue.items[code]
            minutes = mean_minutes(service_of(item, scenario.service))
            work[item.department] += minutes * kind.weight / whole / DAY
    return work


def _answers(catalogue: Catalogue, flow: int, *, full: bool) -> Mapping[str, bool | str]:
    """Return answers that contradict nothing: the last or the first one of each question."""
    answers: dict[str, bool | str] = {}
    while missing := missing_facts(catalogue, flow, answers):
        question = catalogue.facts[missing[0]]
        if question.type is FactType.BOOL:
            preferred: tuple[bool | str, ...] = (full, not full)
        else:
            preferred = question.values
        answers[question.code] = next(
            (v for v in preferred if _fits(catalogue, flow, {**answers, question.code: v})),
            preferred[0],
        )
    return answers


def _fits(catalogue: Catalogue, flow: int, answers: Mapping[str, bool | str]) -> bool:
    values = {**answers, "flow": flow}
    return not any(each.when(values) is True for each in catalogue.contradictions)
