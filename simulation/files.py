"""From a scenario's text, TOML or JSON, to its value; what is misshapen is refused by name."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import TYPE_CHECKING, Any

from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, member
from simulation.schema import parts_of
from simulation.trees import misshapen, tree_of
from workflows.catalogue.findings import Finding
from workflows.catalogue.schema import ShapeError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from simulation.scenario import Edits, Scenario
    from workflows.catalogue.values import Catalogue


def load(text: str, catalogue: Catalogue, beside: Scenario | None = None) -> Scenario:
    """Return the scenario that a file says; `simulation.check` judges what it means.

    A file that begins with a brace is JSON, any other TOML. What it does not say is as in its
    `base`, a built-in scenario; without one, as in the district's. Of an item that it drops,
    nothing stays of what the base says, nor of the times that it says itself.

    Args:
        beside: What it is compared with: arrivals that the file does not say are as there, and the
            seed always is, for without the same luck nothing could be compared.

    Raises:
        ScenarioError: With a finding for each fault of form.
    """
    return scenario_of(tree_of(text, ScenarioError), catalogue, beside)


def scenario_of(tree: object, catalogue: Catalogue, beside: Scenario | None = None) -> Scenario:
    """Return the scenario of a tree of plain values; *beside* as in `load`.

    Raises:
        ScenarioError: As `load`.
    """
    try:
        parts = parts_of(tree)
    except ShapeError as error:
        raise ScenarioError(tuple(misshapen(error.messages))) from error
    base = parts.pop("base", None)
    if base is not None and base not in FAMILY:
        params = {"name": base, "known": ", ".join(FAMILY)}
        raise ScenarioError([Finding(code="scenario.base_unknown", params=params)])
    parts["edits"] = parts.pop("catalogue", {})
    known = district(catalogue) if base is None else member(base, catalogue)
    if beside is not None:
        known = replace(known, arrivals=beside.arrivals)
        parts["seed"] = beside.seed
    dropped = parts["edits"].get("dropped", ())
    found: Scenario = _over(replace(known, edits=_edits_without(dropped, known.edits)), parts)
    return _times_without(found.edits.dropped, found) if found.edits.dropped else found


def _edits_without(dropped: Collection[str], edits: Edits) -> Edits:
    """Return what a base changes, but for items that the file drops: these it takes along."""
    return replace(
        edits,
        couplings=_kept(edits.couplings, dropped),
        needs={key: hard for key, hard in edits.needs.items() if key[0] not in dropped},
        limits=_kept(edits.limits, dropped),
        commitment=_kept(edits.commitment, dropped),
    )


def _times_without(dropped: Collection[str], scenario: Scenario) -> Scenario:
    """Return the scenario without the times and chances of items that no longer exist.

    To say how long an item takes is no change of it: the file keeps that for the day on which it is
    wanted again, and no assumption tells of it.
    """
    service, chances = scenario.service, scenario.chances
    return replace(
        scenario,
        service=replace(
            service,
            items=_kept(service.items, dropped),
            factors=_kept(service.factors, dropped),
        ),
        chances=replace(chances, supplements=_kept(chances.supplements, dropped)),
    )


def _kept(said: Mapping[str, Any], dropped: Collection[str]) -> dict[str, Any]:
    return {code: value for code, value in said.items() if code not in dropped}


def _over(base: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - any of the scenario's parts
    """Return *base* with what is given in place of its own, part by part."""
    changed = {
        name: _over(getattr(base, name), value)
        if isinstance(value, dict) and is_dataclass(getattr(base, name))
        else value
        for name, value in given.items()
    }
    return replace(base, **changed)
