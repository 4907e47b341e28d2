"""A scenario laid out to be run: rows of items and the arrays of the compiled loops.

A *row* is an item of one kind of project. Rows of a kind lie side by side, by stage and then in the
order of the catalogue; that is also the order in which what falls together is done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from simulation._layout import Layout, until
from simulation._rows import Row, rows_of, service_of
from simulation._tables import lines_of
from simulation.edits import edited, nets_of
from simulation.quantiles import mean_minutes
from simulation.room import check_room
from simulation.scenario import Department
from simulation.tables import FOREVER, KIND_WORDS, Head, Kind
from simulation.tables import Department as Office
from simulation.tables import Row as RowWord
from workflows.calendar import shipped as shipped_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bpmn.net import Net
    from simulation.scenario import Scenario
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue

FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A scenario, ready to run.

    Attributes:
        catalogue: With the scenario's edits made.   nets: By process id, drawn from it.
        first_day: Of the run: its minute 0 is nine o'clock of that working day.
        kinds: Rows of each kind of project.
        numbers: Number of each item in draws: its place in the catalogue before any edit.
        departments: Codes by place.   townships: Codes by place.
        township_until: int64: sums of their weights, in 2^53rds.
        tables, quantiles: See `simulation.tables`.
    """

    scenario: Scenario
    catalogue: Catalogue
    nets: Mapping[str, Net]
    calendar: Calendar
    first_day: date
    kinds: tuple[tuple[Row, ...], ...]
    numbers: Mapping[str, int]
    departments: tuple[str, ...]
    townships: tuple[str, ...]
    township_until: NDArray[np.int64]
    tables: NDArray[np.int64]
    quantiles: NDArray[np.int32]


def model_of(
    scenario: Scenario,
    catalogue: Catalogue,
    calendar: Calendar | None = None,
    first_day: date = FIRST_DAY,
) -> Model:
    """Lay a scenario out; `simulation.check` must have found nothing wrong with it.

    Args:
        catalogue: As it is in force; the scenario's edits are made here.
        first_day: A working day.

    Raises:
        UnsupportedFeatureError: It names what the arrays cannot hold.
        BeyondCalendarError: If so many projects come after the last day of the calendar.
    """
    calendar = calendar or shipped_calendar()
    own = edited(catalogue, scenario.edits)
    check_room(scenario, own, calendar, first_day)
    nets = nets_of(own, scenario.pairing)
    kinds = tuple(rows_of(kind, own, nets, scenario) for kind in scenario.arrivals.kinds)
    townships = scenario.arrivals.townships or {"": 1.0}
    numbers = {code: place for place, code in enumerate(catalogue.items)}
    departments = tuple(catalogue.departments)
    known = (scenario.departments.get(code, Department()) for code in departments)
    lines = lines_of([frozenset(each.closed) for each in known], calendar, first_day)
    tables, quantiles = Layout(scenario, own, kinds, numbers, departments).tables(lines)
    return Model(
        scenario=scenario,
        catalogue=own,
        nets=nets,
        calendar=calendar,
        first_day=first_day,
        kinds=kinds,
        numbers=numbers,
        departments=departments,
        townships=tuple(townships),
        township_until=until(list(townships.values())),
        tables=tables,
        quantiles=quantiles,
    )


def variant(
    model: Model,
    factors: Mapping[str, float] | None = None,
    departments: Mapping[str, Department] | None = None,
) -> Model:
    """Return a model with other work or other reviewers; everything else is shared.

    Args:
        factors: By item: its mean time times so much.   departments: By code; *closed* stays.
    """
    service, known = model.scenario.service, model.scenario.departments
    longer = {code: service.factors.get(code, 1.0) * f for code, f in (factors or {}).items()}
    scenario = replace(
        model.scenario,
        service=replace(service, factors={**service.factors, **longer}),
        departments={**known, **(departments or {})},
    )
    tables = model.tables.copy()
    for number, rows in enumerate(model.kinds):
        at = tables[tables[Head.KIND_AT] + number * KIND_WORDS + Kind.ROWS_AT]
        for place, row in enumerate(rows):
            if row.code in longer:
                item = model.catalogue.items[row.code]
                mean = mean_minutes(service_of(item, scenario.service))
                tables[at + place * RowWord.WORDS + RowWord.MEAN] = mean
    for code, department in (departments or {}).items():
        place = tables[Head.DEPARTMENT_AT] + model.departments.index(code) * Office.WORDS
        reviewers = FOREVER if department.reviewers is None else department.reviewers
        tables[place + Office.REVIEWERS] = reviewers
    return replace(model, scenario=scenario, tables=tables)
