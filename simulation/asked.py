"""What a planner asks, read and judged before anything is laid out or run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulation.check import checked
from simulation.edits import edited
from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, member
from simulation.files import load, scenario_of
from simulation.model import FIRST_DAY
from simulation.room import check_room
from simulation.sensitivity import changes_of
from workflows.calendar import shipped as shipped_calendar
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue

DISTRICT = "district"


def scenario(asked: object, catalogue: Catalogue, beside: Scenario | None = None) -> Scenario:
    """Return a scenario by the name of a built-in one, from a file's text or from its tree.

    Args:
        beside: What it is compared with: see `simulation.files.load`.

    Raises:
        ScenarioError: If it is none, or contradicts itself.
    """
    if not isinstance(asked, str):
        return checked(scenario_of(asked, catalogue, beside), catalogue)
    if asked == DISTRICT or asked in FAMILY:
        known = district(catalogue) if asked == DISTRICT else member(asked, catalogue)
        if beside is None:
            return known
        known = replace(known, arrivals=beside.arrivals, seed=beside.seed)
        return checked(known, catalogue)
    if "=" not in asked and "{" not in asked:
        params = {"name": asked, "known": ", ".join((DISTRICT, *FAMILY))}
        raise ScenarioError([Finding(code="scenario.base_unknown", params=params)])
    return checked(load(asked, catalogue, beside), catalogue)


def runnable(asked: str, catalogue: Catalogue, beside: Scenario | None = None) -> Scenario:
    """Return a scenario that the kernel can run; it is not laid out for that.

    Args:
        beside: As for `scenario`.

    Raises:
        ScenarioError, UnsupportedFeatureError: If it is none, contradicts itself or cannot be run.
    """
    one = scenario(asked, catalogue, beside)
    check_room(one, edited(catalogue, one.edits), shipped_calendar(), FIRST_DAY)
    return one


def lever_changes(one: Scenario, catalogue: Catalogue) -> int:
    """Return how many levers a scenario has; `lever_batches` parts them."""
    return len(changes_of(one, edited(catalogue, one.edits)))
