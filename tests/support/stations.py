"""One department and one item: the queues for which books have formulas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulation._layout import Layout, until
from simulation._rows import How, Row
from simulation._tables import lines_of
from simulation.kernel import run
from simulation.model import FIRST_DAY, Model
from simulation.scenario import (
    Agents,
    Arrivals,
    Chances,
    Department,
    Duration,
    Kind,
    Scenario,
    Shape,
)
from simulation.tables import Head, Log
from tests.support.catalogues import shipped
from workflows import calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

OFFICE = "housing"


def station(
    reviewers: int,
    between: float,
    service: Duration,
    customers: int,
    waits: tuple[str, ...] = (),
) -> Model:
    """Return a model of one queue; times are days of 480 minutes.

    Args:
        waits: Documents that its one item must have first; nobody makes them.
    """
    scenario = Scenario(
        name="station",
        arrivals=Arrivals(
            projects=customers,
            warm_up=0,
            between=Duration(shape=Shape.EXPONENTIAL, days=between),
            kinds=(Kind(flow=1, facts={}),),
        ),
        departments={OFFICE: Department(reviewers=reviewers)},
        chances=Chances(supplement=0.0),
        agents=Agents(preparation=Duration()),
    )
    row = Row(
        code="S1-01",
        stage=1,
        department=OFFICE,
        how=How.LISTED,
        milestone=True,
        priority=0,
        waits=waits,
        makes=(),
        related=frozenset(),
        days=1,
        service=service,
        supplement=0.0,
        checked=0.0,
        procedure=None,
        committable=False,
    )
    kinds = ((row,),)
    lines = lines_of([frozenset()], calendar.shipped(), FIRST_DAY)
    tables, quantiles = Layout(scenario, shipped(), kinds, {"S1-01": 0}, [OFFICE]).tables(lines)
    tables[Head.HORIZON] = 1 << 30  # formulas know no calendar
    return Model(
        scenario=scenario,
        catalogue=shipped(),
        nets={},
        calendar=calendar.shipped(),
        first_day=FIRST_DAY,
        kinds=kinds,
        numbers={"S1-01": 0},
        departments=(OFFICE,),
        townships=("",),
        township_until=until([1.0]),
        tables=tables,
        quantiles=quantiles,
    )


def mean_waits(model: Model, replications: int, skip: int) -> NDArray[np.float64]:
    """Return the mean wait in days of each replication, the first *skip* customers left out."""
    scenario = replace(model.scenario, seed=20261122)
    found = []
    for number in range(replications):
        log = run(replace(model, scenario=scenario), number).log[skip:, 0, 0]
        found.append((log[:, Log.BEGUN] - log[:, Log.ACCEPTED]).mean() / 480)
    return np.array(found)
