"""`python -m cli.warm` has the simulation compiled, so that a first answer need not wait."""

from __future__ import annotations

from dataclasses import replace

from engine.library import shipped
from simulation.compare import compare
from simulation.family import district
from simulation.model import model_of


def main() -> None:
    """Run everything that is compiled, once and small; what is compiled already takes no time."""
    catalogue = shipped().catalogue
    scenario = district(catalogue)
    few = replace(scenario, arrivals=replace(scenario.arrivals, projects=2, warm_up=0))
    model = model_of(few, catalogue)
    compare(model, model, 1)


if __name__ == "__main__":
    main()
