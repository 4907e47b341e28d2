"""From a scenario's text, TOML or JSON, to its value; what is misshapen is refused by name."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, member
from simulation.schema import ShapeError, parts_of
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue

LONGEST = 1024 * 1024
_CODES = {
    "Unknown field": "scenario.field.unknown",
    "Missing data": "scenario.field.missing",
    "Must be": "scenario.field.out_of_range",
    "Longer": "scenario.field.out_of_range",
    "Shorter": "scenario.field.out_of_range",
}
_WRONG = "scenario.field.wrong_type"


def load(text: str, catalogue: Catalogue) -> Scenario:
    """Return the scenario that a file says; `simulation.check` judges what it means.

    A file that begins with a brace is JSON, any other TOML. What it does not say is as in its
    `base`, a built-in scenario; without one, as in the district's.

    Raises:
        ScenarioError: With a finding for each fault of form.
    """
    return scenario_of(_tree(text), catalogue)


def scenario_of(tree: object, catalogue: Catalogue) -> Scenario:
    """Return the scenario of a tree of plain values.

    Raises:
        ScenarioError: As `load`.
    """
    try:
        parts = parts_of(tree)
    except ShapeError as error:
        raise ScenarioError(tuple(_misshapen(error.messages))) from error
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


def _tree(text: str) -> object:
    if len(text) > LONGEST:
        raise ScenarioError([Finding(code="scenario.too_long", params={"limit": LONGEST})])
    try:
        return json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        params = {"problem": str(error) or type(error).__name__}
        raise ScenarioError([Finding(code="scenario.unreadable", params=params)]) from error


def _misshapen(messages: object, path: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield a finding for each message of marshmallow's, nested by field."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            # "key" and "value" say which side of a mapping is wrong; _schema the whole.
            here = path if key in {"_schema", "value", "key"} else (*path, str(key))
            yield from _misshapen(below, here)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        code = next((c for start, c in _CODES.items() if str(message).startswith(start)), _WRONG)
        yield Finding(code=code, field=".".join(path), params={"reason": str(message)})


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
