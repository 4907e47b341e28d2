"""The kernel against closed formulas, and what it promises of luck."""

from __future__ import annotations

from dataclasses import replace
from math import factorial, sqrt

import numpy as np
import pytest

from simulation.errors import BeyondCalendarError, StuckCasesError, UnsupportedFeatureError
from simulation.family import district
from simulation.kernel import run
from simulation.model import model_of, variant
from simulation.scenario import (
    Arrivals,
    Department,
    Duration,
    Edits,
    Pairing,
    Policy,
    Service,
    Shape,
)
from simulation.tables import Case, Log, StageRun
from tests.support.catalogues import shipped
from tests.support.scenarios import everything
from tests.support.stations import mean_waits, station
from workflows.catalogue.values import Coupling

_ALL_LONG = dict.fromkeys(shipped().items, 100.0)
SERVICE = 2.0  # days
CUSTOMERS, SKIP, REPLICATIONS = 6_000, 1_000, 16


def erlang_wait(servers: int, rho: float) -> float:
    """Return the mean wait of M/M/c in services."""
    load = servers * rho
    last = load**servers / factorial(servers) / (1 - rho)
    chance = last / (sum(load**k / factorial(k) for k in range(servers)) + last)
    return chance / (servers * (1 - rho))


def z_of(waits: np.ndarray[tuple[int], np.dtype[np.float64]], expected: float) -> float:
    """Return how many standard errors the mean lies from what a formula says."""
    return float((waits.mean() - expected) / (waits.std(ddof=1) / sqrt(len(waits))))


class TestKernelAgainstFormulas:
    @pytest.mark.parametrize(("servers", "rho"), [(1, 0.5), (1, 0.8), (3, 0.8), (5, 0.9)])
    def test_waits_as_erlang_says(self, servers: int, rho: float) -> None:
        service = Duration(shape=Shape.EXPONENTIAL, days=SERVICE)
        model = station(servers, SERVICE / servers / rho, service, CUSTOMERS)

        waits = mean_waits(model, REPLICATIONS, SKIP)

        assert abs(z_of(waits, SERVICE * erlang_wait(servers, rho))) < 3

    @pytest.mark.parametrize(
        ("service", "squared"),
        [
            (Duration(days=SERVICE), 0.0),
            (Duration(shape=Shape.LOGNORMAL, days=SERVICE, spread=0.8), 0.64),
            (Duration(shape=Shape.UNIFORM, values=(0.0, 2 * SERVICE)), 1 / 3),
        ],
    )
    def test_waits_as_pollaczek_and_khinchine_say(self, service: Duration, squared: float) -> None:
        rho = 0.7
        model = station(1, SERVICE / rho, service, CUSTOMERS)

        waits = mean_waits(model, REPLICATIONS, SKIP)

        assert abs(z_of(waits, SERVICE * rho / (1 - rho) * (1 + squared) / 2)) < 3


class TestKernel:
    def test_is_the_same_every_time(self) -> None:
        model = model_of(everything(), shipped())

        first, second = run(model, 3), run(model, 3)

        assert np.array_equal(first.log, second.log)

    def test_differs_between_replications(self) -> None:
        model = model_of(everything(), shipped())

        assert not np.array_equal(run(model, 0).log, run(model, 1).log)

    def test_draws_no_other_luck_for_what_a_scenario_leaves_alone(self) -> None:
        scenario = everything(departments={})
        model = model_of(scenario, shipped())
        faster = variant(model, factors={"S1-08": 0.5})

        before, after = run(model), run(faster)

        apart = (before.log[..., Log.ENDED] - before.log[..., Log.BEGUN]) != (
            after.log[..., Log.ENDED] - after.log[..., Log.BEGUN]
        )
        items = {
            model.kinds[before.cases[case, Case.KIND]][row].code
            for case, row, _ in np.argwhere(apart)
        }
        assert items == {"S1-08"}

    def test_holds_no_more_slots_than_there_are(self) -> None:
        found = run(model_of(everything(pairing=Pairing(policy=Policy.DRAWN)), shipped()))

        assert found.stages[..., StageRun.HELD].max() == 0  # all were given back
        assert found.stages[..., StageRun.STARTS].max() > 0

    def test_refuses_a_plan_for_too_many_by_name(self) -> None:
        items = [item.code for item in shipped().items_of(3)]
        edits = Edits(couplings=dict.fromkeys(items, Coupling.PAIRABLE))
        arrivals = district(shipped()).arrivals
        scenario = everything(
            edits=edits, pairing=Pairing(policy=Policy.PLANNED), arrivals=arrivals
        )

        with pytest.raises(UnsupportedFeatureError, match="pairable_items"):
            model_of(scenario, shipped())


class TestVariant:
    def test_is_what_the_changed_scenario_lays_out(self) -> None:
        model = model_of(everything(), shipped())
        more = Department(reviewers=9, closed=model.scenario.departments["housing"].closed)

        changed = variant(model, factors={"S1-08": 0.8}, departments={"housing": more})

        assert np.array_equal(changed.tables, model_of(changed.scenario, shipped()).tables)


class TestTheCalendar:
    @pytest.mark.parametrize("closed", [(), (4,)])
    def test_bounds_every_run(self, closed: tuple[int, ...]) -> None:
        late = Duration(shape=Shape.EXPONENTIAL, days=300.0)
        arrivals = Arrivals(projects=8, warm_up=0, kinds=everything().arrivals.kinds, between=late)
        departments = {
            code: Department(reviewers=1, closed=closed) for code in shipped().departments
        }
        model = model_of(everything(arrivals=arrivals, departments=departments), shipped())

        with pytest.raises(BeyondCalendarError, match="2035-12-31"):
            [run(model, number) for number in range(20)]

    def test_bounds_work_that_takes_longer_than_it_lasts(self) -> None:
        endless = Service(shape=Shape.LOGNORMAL, spread=10.0, share=10.0, factors=_ALL_LONG)
        offices = {
            code: Department(reviewers=9, closed=(0, 2, 4)) for code in shipped().departments
        }
        model = model_of(everything(service=endless, departments=offices), shipped())

        with pytest.raises(BeyondCalendarError):
            run(model)

    def test_refuses_more_projects_than_come_within_it(self) -> None:
        scenario = district(shipped())
        many = replace(scenario.arrivals, projects=8_000)

        with pytest.raises(BeyondCalendarError, match="2035-12-31"):
            model_of(replace(scenario, arrivals=many), shipped())

    def test_refuses_what_would_not_fit_into_memory(self) -> None:
        scenario = district(shipped())
        many = replace(
            scenario.arrivals, projects=20_000, between=Duration(days=0.1, shape=Shape.EXPONENTIAL)
        )
        often = replace(scenario.chances, refused=0.01, patience=20)

        model_of(replace(scenario, arrivals=many), shipped())
        with pytest.raises(UnsupportedFeatureError, match="megabytes"):
            model_of(replace(scenario, arrivals=many, chances=often), shipped())


class TestStuck:
    def test_names_the_items_that_nothing_brings_along(self) -> None:
        model = station(1, 1.0, Duration(days=1.0), 3, waits=("D99",))

        with pytest.raises(StuckCasesError) as caught:
            run(model)

        assert caught.value.params == {"cases": 3, "items": ["S1-01"]}
