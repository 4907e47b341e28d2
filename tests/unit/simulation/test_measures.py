from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.worktime import DAY
from simulation.draws import Draws, Purpose
from simulation.kernel import run
from simulation.measures import Figure, Measure, days_used, measured, measures, townships_of
from simulation.memory import MemoryOffice
from simulation.model import model_of
from simulation.quantiles import mean_minutes, minutes, table_of
from simulation.reference import Reference
from simulation.scenario import Agents, Department, Duration, Service, Shape
from simulation.tables import Case
from simulation.trace import trace_of
from tests.support.catalogues import shipped
from tests.support.scenarios import BUSY, QUICK, everything
from workflows.stage_clock import project_clock

if TYPE_CHECKING:
    from simulation.kernel import Run
    from simulation.model import Model
    from simulation.scenario import Scenario
    from simulation.trace import Trace


def _ample(projects: int, warm_up: int) -> Scenario:
    """Return a scenario with all features in which hardly anybody waits for long."""
    one = everything(
        agents=Agents(precheck=0.5, preparation=QUICK, free=QUICK),
        departments={code: Department(reviewers=5, closed=(at,)) for at, code in enumerate(BUSY)},
    )
    townships = {"T01": 1.0, "T02": 2.0, "T03": 4.0}
    arrivals = replace(
        one.arrivals,
        projects=projects,
        warm_up=warm_up,
        townships=townships,
        between=Duration(shape=Shape.EXPONENTIAL, days=5.0),
    )
    alongside = {code: 6.0 for code, item in shipped().items.items() if item.stage == 5}
    long = Duration(days=3.0)
    return replace(
        one,
        arrivals=arrivals,
        chances=replace(one.chances, procedure=0.8, procedure_time=long),
        service=Service(share=0.3, factors=alongside),
    )


def _by_trace(model: Model, found: Run) -> dict[Measure, float]:
    """Return every figure as the trace, the draws and the definitions of the figures give it."""
    scenario, trace = model.scenario, trace_of(found)
    counted = range(scenario.arrivals.warm_up, scenario.arrivals.projects)
    kinds = [scenario.arrivals.kinds[at] for at in found.cases[:, Case.KIND]]
    arrived = found.cases[:, Case.ARRIVED].tolist()
    days = {case: (trace.done[case] - arrived[case]) / DAY for case in counted}
    reached = {(case, stage): minute for case, stage, minute in trace.milestones}
    ordered = sorted(days.values())
    place = 0.9 * (len(ordered) - 1)
    below = int(place)
    p90 = ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])
    own = [_own_days(model, case, arrived[case], reached) for case in counted]
    inside = [
        len(_days_run(trace, model, case)) <= model.catalogue.flows[kinds[case].flow].limit_days
        for case in counted
    ]
    figures = {
        Measure(Figure.DAYS): fmean(days.values()),
        Measure(Figure.P90): p90,
        Measure(Figure.MILESTONE): fmean(reached[case, 4] - arrived[case] for case in counted)
        / DAY,
        Measure(Figure.STAGES): fmean(own),
        Measure(Figure.INSIDE): fmean(inside),
    }
    flows: dict[Measure, list[float]] = defaultdict(list)
    for case in counted:
        flows[Measure(Figure.FLOW, str(kinds[case].flow))].append(days[case])
        flows[Measure(Figure.TOWNSHIP, _township(model, case))].append(days[case])
    for each in trace.attempts:
        if each.case in counted:
            department = model.catalogue.items[each.item].department
            since = each.accepted if each.resumed is None else each.resumed
            flows[Measure(Figure.DEPARTMENT, department)].append((each.begun - since) / DAY)
    return {**figures, **{measure: fmean(values) for measure, values in flows.items()}}


def _own_days(model: Model, case: int, arrived: int, reached: dict[tuple[int, int], int]) -> float:
    """Return the days of stages 1 to 4 from joint application to milestone."""
    scenario, whole, before = model.scenario, 0, arrived
    preparation, luck = scenario.agents.preparation, Draws(scenario.seed)
    for stage in range(1, 5):
        word = luck.word(case, stage - 1, 0, Purpose.PREPARATION)
        filed = before + minutes(table_of(preparation), mean_minutes(preparation), word)
        before = reached[case, stage]
        whole += before - filed
    return whole / DAY


def _days_run(trace: Trace, model: Model, case: int) -> set[int]:
    """Return the days on which some attempt of stages 1 to 4 ran unpaused."""
    found: set[int] = set()
    for each in trace.attempts:
        if each.case == case and model.catalogue.items[each.item].stage < 5:
            since = each.accepted if each.resumed is None else each.resumed
            found |= set(range(since // DAY + 1, each.ended // DAY + 1))
    return found


def _township(model: Model, case: int) -> str:
    """Return where a case comes from, by its draw."""
    lot = Draws(model.scenario.seed).word(case, 0, 0, Purpose.TOWNSHIP) / 2**64
    weights = model.scenario.arrivals.townships
    return next(
        code
        for at, code in enumerate(weights, 1)
        if lot < sum(list(weights.values())[:at]) / sum(weights.values())
    )


class TestMeasured:
    def test_says_what_the_trace_says(self) -> None:
        model = model_of(_ample(40, warm_up=10), shipped())
        found = run(model)

        figures = dict(zip(measures(model), measured(found).tolist(), strict=True))

        expected = _by_trace(model, found)
        assert {each: figures[each] for each in expected} == pytest.approx(expected)
        rest = {each for each in figures if each not in expected}
        assert {each.figure for each in rest} == {Figure.DEPARTMENT}
        assert all(np.isnan(figures[each]) for each in rest)
        assert 0 < figures[Measure(Figure.INSIDE)] < 1

    def test_counts_the_days_that_the_rules_own_clock_counts(self) -> None:
        model = model_of(_ample(6, warm_up=0), shipped())
        found, office = run(model), MemoryOffice(model)
        Reference(model, office.execute).run()

        used = days_used(found).tolist()

        projects = [office.projects[code] for code in sorted(office.projects)]
        clocks = [
            project_clock(p, model.catalogue, model.calendar, model.calendar.last) for p in projects
        ]
        assert used == [clock.used for clock in clocks]
        places = townships_of(found).tolist()
        assert [model.townships[at] for at in places] == [p.township for p in projects]
        share = measured(found)[measures(model).index(Measure(Figure.INSIDE))]
        assert share == pytest.approx(np.mean([not clock.reading.overdue for clock in clocks]))
