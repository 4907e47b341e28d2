"""Histories for forecasters: made by commands or by the kernel, by parameters they never see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from analysis.as_of import as_of
from analysis.ledger import columns_of
from simulation.facts import cases_of
from simulation.family import district, staffed
from simulation.kernel import run
from simulation.memory import MemoryOffice
from simulation.model import model_of
from simulation.reference import Reference
from simulation.scenario import (
    Agents,
    Chances,
    Duration,
    Pairing,
    Policy,
    Scenario,
    Service,
    Shape,
)
from tests.support.catalogues import shipped
from workflows.item_runs import case_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.columns import Columns
    from simulation.model import Model
    from workflows.item_runs import Case

FIRST = date(2024, 1, 8)
TIGHT = ("housing", "natural_resources", "water", "urban_management", "ecology")
CLOSED = {"archives": (4,), "civil_defence": (2,)}


@dataclass(frozen=True)
class History:
    """What happened up to the last filing, and what each project was to have."""

    model: Model
    columns: Columns
    outlines: dict[str, frozenset[tuple[int, str]]]

    @property
    def running(self) -> dict[str, frozenset[tuple[int, str]]]:
        """Return the outlines of the projects that run at its end."""
        names, cases = self.columns.names.projects, self.columns.cases
        return {
            code: self.outlines[code]
            for at, code in enumerate(names)
            if cases.ended[at] < 0 <= cases.filed[at]
        }


def hidden(projects: int, a_year: float, seed: int) -> Scenario:
    """Return a busy district unlike the built-in one: uneven work, lots of delays, tight desks."""
    base = district(shipped())
    scenario = replace(
        base,
        seed=seed,
        arrivals=replace(
            base.arrivals,
            projects=projects,
            warm_up=0,
            between=Duration(shape=Shape.EXPONENTIAL, days=250 / a_year),
        ),
        service=Service(share=0.55, shape=Shape.LOGNORMAL, spread=0.9),
        chances=Chances(
            supplement=0.25,
            answer=Duration(shape=Shape.LOGNORMAL, days=4.0, spread=1.1),
            refused=0.05,
            committed=0.3,
            procedure=0.2,
            procedure_time=Duration(shape=Shape.UNIFORM, values=(3.0, 15.0)),
        ),
        pairing=Pairing(policy=Policy.DRAWN),
        agents=Agents(
            preparation=Duration(shape=Shape.EXPONENTIAL, days=5.0),
            free=Duration(shape=Shape.EXPONENTIAL, days=4.0),
        ),
    )
    known = staffed(scenario, shipped())
    departments = {
        code: replace(
            each,
            reviewers=max(1, int((each.reviewers or 1) * (0.93 if code in TIGHT else 1.05)) + 1),
            closed=CLOSED.get(code, ()),
        )
        for code, each in known.departments.items()
    }
    return replace(known, departments=departments)


def by_kernel(scenario: Scenario) -> History:
    """Return the history that the kernel makes of a scenario."""
    model = model_of(scenario, shipped(), first_day=FIRST)
    return _told(model, cases_of(run(model)))


def by_commands(scenario: Scenario) -> History:
    """Return the history that real commands make of it, decided one by one."""
    model = model_of(scenario, shipped(), first_day=FIRST)
    office = MemoryOffice(model)
    Reference(model, office.execute).run()
    return _told(model, (case_of(each, model.catalogue) for each in office.projects.values()))


def _told(model: Model, cases: Iterable[Case]) -> History:
    every = list(cases)
    ends = [case.ended_at for case in every if case.ended_at is not None]
    columns = columns_of(every, model.calendar, max(ends))
    outlines = {
        case.project: frozenset((run.unit, run.item) for run in case.runs) for case in every
    }
    last = int(columns.cases.filed.max())
    return History(model=model, columns=as_of(columns, last), outlines=outlines)
