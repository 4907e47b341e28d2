"""From a scenario's text, TOML or JSON, to its value; what is misshapen is refused by name."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, member
from simulation.schema import parts_of
from simulation.trees import misshapen, tree_of
from workflows.catalogue.findings import Finding
from workflows.catalogue.schema import ShapeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue


def load(text: str, catalogue: Catalogue) -> Scenario:
    """Return the scenario that a file says; `simulation.check` judges what it means.

    A file that begins with a brace is JSON, any other TOML. What it does not say is as in its
    `base`, a built-in scenario; without one, as in the district's.

    Raises:
        ScenarioError: With a finding for each fault of form.
    """
    return scenario_of(tree_of(text, ScenarioError), catalogue)


def scenario_of(tree: object, catalogue: Catalogue) -> Scenario:
    """Return the scenario of a tree of plain values.

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
    found: Scenario = _over(known, parts)
    return found


def _over(base: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - any of the scenario's parts
    """Return *base* with what is given in place of its own, part by part."""
    changed = {
        name: _over(getattr(base, name), value)
        if isinstance(value, dict) and is_dataclass(getattr(base, name))
        else value
        for name, value in given.items()
    }
    return replace(base, **changed)


def assumptions(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Return everything that a scenario supposes, said or not, as (dotted name, value)."""
    return tuple(_listed(scenario, ""))


def _listed(value: object, name: str) -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            dotted = f"{name}.{each.name}" if name else each.name
            yield from _listed(getattr(value, each.name), dotted)
    elif isinstance(value, dict) and value:
        for key, below in value.items():
            said = "/".join(key) if isinstance(key, tuple) else str(key)
            yield from _listed(below, f"{name}.{said}")
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for place, below in enumerate(value):
            yield from _listed(below, f"{name}[{place}]")
    else:
        yield name, _said(value)


def _said(value: object) -> str:
    if isinstance(value, dict | tuple):
        return ", ".join(map(str, value)) if value else "-"
    return "-" if value is None else str(value)
