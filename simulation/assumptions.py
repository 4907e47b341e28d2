"""Everything that a scenario supposes, said or not: no figure of it means more than these."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation.kernel import LEFT_OUT
from simulation.scenario import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.model import Model
    from simulation.scenario import Scenario

_ANY = "unlimited"
_HOUR = 60  # minutes


def supposed(model: Model) -> dict[str, str]:
    """Return all that a model's runs suppose, by dotted name: the scenario, and what it rests on.

    Departments that have work and no counted people are told, too: nobody ever waits for them.
    """
    known = model.scenario.departments
    working = sorted({row.department for rows in model.kinds for row in rows})
    counted = {code for code, each in known.items() if each.reviewers is not None}
    return {
        **dict(assumptions(model.scenario)),
        **{f"departments.{code}.reviewers": _ANY for code in working if code not in counted},
        "catalogue.hash": model.catalogue.hash,
        "calendar.version": model.calendar.version,
        "calendar.first_day": model.first_day.isoformat(),
        "calendar.last_day": model.calendar.last.isoformat(),
        "calendar.hours_a_day": str(DAY // _HOUR),
        "left_out": ", ".join(LEFT_OUT),
    }


def assumptions(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Return what a scenario by itself supposes, as (dotted name, value)."""
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
    elif name == "pairing.slots" and value == UNLIMITED:
        yield name, _ANY
    else:
        yield name, _said(value)


def _said(value: object) -> str:
    if isinstance(value, dict | tuple):
        return ", ".join(map(str, value)) if value else "-"
    return "-" if value is None else str(value)
