"""Everything that a scenario supposes, said or not: no figure of it means more than these."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation.kernel import LEFT_OUT
from simulation.scenario import UNLIMITED, Duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.model import Model
    from simulation.scenario import Scenario

ANY = "unlimited"
_HOUR = 60  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing that is supposed.

    Attributes:
        name: Dotted, as in a scenario file.
        what: The same without whose it is; `simulation.spoken` has a text for each.
        of: Whose it is: an item, an item and a document, the number of a kind of project ...
        value: As it stands in the scenario; a time that is drawn is one value.
    """

    name: str
    what: str
    of: tuple[str, ...] = ()
    value: object

    @property
    def lines(self) -> Mapping[str, str]:
        """Return what a scenario file has of it, by dotted name: several lines of a time."""
        if isinstance(self.value, Duration):
            parts = {each.name: getattr(self.value, each.name) for each in fields(self.value)}
            return {f"{self.name}.{name}": _said(value) for name, value in parts.items()}
        return {self.name: self.said}

    @property
    def said(self) -> str:
        """Return the value as a scenario file has it."""
        if self.what == "pairing.slots" and self.value == UNLIMITED:
            return ANY
        return _said(self.value)


def supposed(model: Model) -> dict[str, str]:
    """Return all that a model's runs suppose, as a scenario file says it, by dotted name."""
    return {name: said for each in assumed(model) for name, said in each.lines.items()}


def assumed(model: Model) -> tuple[Assumption, ...]:
    """Return all that a model's runs suppose: the scenario, and what it rests on.

    Departments that have work and no counted people are told, too: nobody ever waits for them.
    """
    known = model.scenario.departments
    working = sorted({row.department for rows in model.kinds for row in rows})
    counted = {code for code, each in known.items() if each.reviewers is not None}
    found = {
        each.name: each
        for each in (
            *assumptions(model.scenario),
            *(
                Assumption(
                    name=f"departments.{code}.reviewers",
                    what="departments.reviewers",
                    of=(code,),
                    value=ANY,
                )
                for code in working
                if code not in counted
            ),
            _alone("catalogue.hash", model.catalogue.hash),
            _alone("calendar.version", model.calendar.version),
            _alone("calendar.first_day", model.first_day.isoformat()),
            _alone("calendar.last_day", model.calendar.last.isoformat()),
            _alone("calendar.hours_a_day", DAY // _HOUR),
            _alone("left_out", LEFT_OUT),
        )
    }
    return tuple(found.values())


def assumptions(scenario: Scenario) -> tuple[Assumption, ...]:
    """Return what a scenario by itself supposes."""
    return tuple(_listed(scenario, Assumption(name="", what="", value=None)))


def _alone(name: str, value: object) -> Assumption:
    return Assumption(name=name, what=name, value=value)


def _listed(value: object, at: Assumption) -> Iterator[Assumption]:
    if is_dataclass(value) and not isinstance(value, type | Duration):
        for each in fields(value):
            yield from _listed(getattr(value, each.name), _field(at, each.name))
    elif isinstance(value, dict) and value:
        for key, below in value.items():
            keys = key if isinstance(key, tuple) else (str(key),)
            yield from _listed(below, _of(at, f".{'/'.join(keys)}", keys))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for place, below in enumerate(value):
            yield from _listed(below, _of(at, f"[{place}]", (str(place),)))
    else:
        yield Assumption(name=at.name, what=at.what, of=at.of, value=value)


def _field(at: Assumption, name: str) -> Assumption:
    dotted = f"{at.name}.{name}" if at.name else name
    what = f"{at.what}.{name}" if at.what else name
    return Assumption(name=dotted, what=what, of=at.of, value=None)


def _of(at: Assumption, mark: str, keys: tuple[str, ...]) -> Assumption:
    return Assumption(name=f"{at.name}{mark}", what=at.what, of=(*at.of, *keys), value=None)


def _said(value: object) -> str:
    if isinstance(value, dict | tuple):
        return ", ".join(map(str, value)) if value else "-"
    return "-" if value is None else str(value)
