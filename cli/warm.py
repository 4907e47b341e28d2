"""`python -m cli.warm` has the simulation compiled, so that a first answer need not wait."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.as_of import as_of
from analysis.ledger import columns_of
from engine.library import shipped
from simulation.compare import compare
from simulation.facts import cases_of
from simulation.family import district
from simulation.forecast import forecasts
from simulation.kernel import run
from simulation.model import model_of

if TYPE_CHECKING:
    from simulation.model import Model
    from workflows.catalogue.values import Catalogue


def main() -> None:
    """Run everything that is compiled, once and small; what is compiled already takes no time."""
    catalogue = shipped().catalogue
    scenario = district(catalogue)
    few = replace(scenario, arrivals=replace(scenario.arrivals, projects=2, warm_up=0))
    model = model_of(few, catalogue)
    compare(model, model, 1)
    _forecast(model, catalogue)


def _forecast(model: Model, catalogue: Catalogue) -> None:
    """Forecast two projects from the day on which the second was filed."""
    cases = list(cases_of(run(model)))
    found = columns_of(cases, model.calendar, max(case.filed_at for case in cases))
    early = as_of(found, found.now)
    whole = {
        case.project: frozenset((each.unit, each.item) for each in case.runs) for case in cases
    }
    forecasts(early, whole, catalogue)


if __name__ == "__main__":
    main()
