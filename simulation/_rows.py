"""What a run needs to know of each item of one kind of project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from simulation.scenario import Duration, Priority, Service
from workflows.applicability import applicable
from workflows.catalogue.check import working_days
from workflows.catalogue.values import Coupling
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.net import Net
    from simulation.scenario import Chances, Kind, Scenario
    from workflows.catalogue.values import Catalogue, Item
    from workflows.wiring import Wiring


class How(IntEnum):
    """How an item comes to be filed."""

    LISTED = 0  # by the rules, once its stage is filed and its documents are there
    PAIRABLE = 1  # by pairs
    FREE = 2  # by its owner, any time


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item of one kind of project.

    Attributes:
        stage: From 1.
        priority: 0 = taken first.
        waits: Documents that hold it, and items whose token it waits for ("after:CODE").
        makes: What it issues, its own token included.
        related: Pairable items of its stage that it may not run beside.
        days: Of its committed limit, as pairing counts them; 0 without one.
        service: How long a reviewer works on it.
        supplement, checked: Chance of a supplement, without and with an agent's look.
        procedure: Its special procedure that stops the clock, if it has one.
        committable: It may be had on commitment.
    """

    code: str
    stage: int
    department: str
    how: How
    milestone: bool
    priority: int
    waits: tuple[str, ...]
    makes: tuple[str, ...]
    related: frozenset[str]
    days: int
    service: Duration
    supplement: float
    checked: float
    procedure: str | None
    committable: bool


def rows_of(
    kind: Kind, catalogue: Catalogue, nets: Mapping[str, Net], scenario: Scenario
) -> tuple[Row, ...]:
    """Return the items that apply to a kind of project, by stage, then as in the catalogue."""
    return rows_for(applicable(catalogue, kind.flow, kind.facts), catalogue, nets, scenario)


def rows_for(
    applies: frozenset[str], catalogue: Catalogue, nets: Mapping[str, Net], scenario: Scenario
) -> tuple[Row, ...]:
    """Return the rows of some items, in the order of `rows_of`."""
    codes = tuple(code for code in catalogue.items if code in applies)
    wires = wiring(catalogue, codes)
    before = {
        code: starts_from
        for stage in catalogue.stages
        for code, starts_from in _predecessors(nets[f"stage_{stage}"], applies).items()
    }
    rows = (
        _row(catalogue.items[code], wires, before.get(code, frozenset()), catalogue, scenario)
        for code in codes
    )
    return tuple(sorted(rows, key=lambda row: row.stage))


def _row(
    item: Item,
    wires: Wiring,
    before: frozenset[str],
    catalogue: Catalogue,
    scenario: Scenario,
) -> Row:
    how = how_of(item, wires)
    supplement = _supplement(item, scenario.chances)
    pool = {
        code
        for code in wires.related[item.code]
        if catalogue.items[code].stage == item.stage
        and how_of(catalogue.items[code], wires) is How.PAIRABLE
    }
    return Row(
        code=item.code,
        stage=item.stage,
        department=item.department,
        how=how,
        milestone=item.milestone,
        priority=_priority(scenario.priority, item, how),
        waits=(*sorted(wires.needs[item.code]), *(f"after:{code}" for code in sorted(before))),
        makes=(*item.produces, f"after:{item.code}"),
        related=frozenset(pool),
        days=0 if item.committed_limit is None else item.committed_limit.days,
        service=service_of(item, scenario.service),
        supplement=supplement,
        checked=supplement * (1 - scenario.agents.effect),
        procedure=_procedure(item, catalogue),
        committable=item.commitment and item.kind.value == "item_commitment",
    )


def service_of(item: Item, service: Service) -> Duration:
    """Return how long a reviewer works on an item; given times come before derived ones."""
    given = service.items.get(item.code)
    factor = service.factors.get(item.code, 1.0)
    if given is not None:
        values = tuple(value * factor for value in given.values)
        return replace(given, days=given.days * factor, values=values)
    limit = item.committed_limit
    days = service.without_limit if limit is None else service.share * working_days(limit)
    return Duration(shape=service.shape, days=days * factor, spread=service.spread)


def how_of(item: Item, wires: Wiring) -> How:
    """Return how an item of a set of applicable ones comes to be filed."""
    if item.ordered or item.code in wires.pulled:
        return How.LISTED
    return How.PAIRABLE if item.coupling is Coupling.PAIRABLE else How.FREE


def _supplement(item: Item, chances: Chances) -> float:
    """Return the chance that something is missing; an item without materials lacks none."""
    return chances.supplements.get(item.code, chances.supplement) if item.materials else 0.0


def _procedure(item: Item, catalogue: Catalogue) -> str | None:
    codes = (use.procedure for use in item.procedures)
    return next((code for code in codes if not catalogue.procedures[code].counted), None)


def _priority(rule: Priority, item: Item, how: How) -> int:
    first = {
        Priority.NONE: True,
        Priority.MILESTONE: item.milestone,
        Priority.LISTED: how is How.LISTED,
    }
    return 0 if first[rule] else 1


def _predecessors(net: Net, applies: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Return the applicable items whose token each item waits for, by the flows of the net."""
    found: dict[str, set[str]] = {}
    for number, code in net.codes.items():
        if code in applies:
            for follower in _followers(net, number, applies, set()):
                found.setdefault(follower, set()).add(code)
    return {code: frozenset(codes) for code, codes in found.items()}


def _followers(net: Net, number: int, applies: frozenset[str], seen: set[int]) -> Iterator[str]:
    for target, _ in net.nodes[number].flows:
        if target in seen:
            continue
        seen.add(target)
        code = net.codes.get(target)
        if code in applies and code is not None:
            yield code
        else:  # a gateway, or an item that does not apply and lets the token pass
            yield from _followers(net, target, applies, seen)
