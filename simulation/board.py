"""A scenario as a planner's board: every item with its class, every department with its people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.worktime import DAY
from simulation.family import work_of
from simulation.quantiles import mean_minutes
from workflows.applicability import applicable
from workflows.wiring import wiring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulation.model import Model
    from workflows.catalogue.values import Catalogue, Coupling, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One item on the board.

    Attributes:
        was: Its class in the catalogue.
        coupling: Its class in the scenario; as in the catalogue when it is dropped.
        pulled_by: A mandated item that must wait for what this one makes: it counts as mandated.
        waits_for: Items that make what it must have before it can be filed.
        limit_days: Of its committed limit; None without a clock.
        share: Part of the projects that come to which it applies, 0 to 1.
    """

    item: str
    stage: int
    was: Coupling
    coupling: Coupling
    dropped: bool
    pulled_by: str | None
    waits_for: tuple[str, ...]
    limit_days: int | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One department that has work to do.

    Attributes:
        reviewers: None = nobody ever waits for one.
        busy: Part of their time that the work that comes takes; above 1 queues grow for ever.
    """

    department: str
    reviewers: int | None
    busy: float | None


def cards(model: Model, catalogue: Catalogue) -> tuple[Card, ...]:
    """Return the items of the catalogue in force as the model's scenario has them."""
    shares, pulled = _applying(model)
    return tuple(
        _card(item, model, shares.get(item.code, 0.0), pulled.get(item.code))
        for item in catalogue.items.values()
    )


def offices(model: Model) -> tuple[Office, ...]:
    """Return the departments that items of the coming projects belong to, by code."""
    scenario = model.scenario
    rate = DAY / mean_minutes(scenario.arrivals.between)
    return tuple(
        _office(code, work * rate, model)
        for code, work in sorted(work_of(scenario, model.catalogue).items())
    )


def _office(code: str, work: float, model: Model) -> Office:
    known = model.scenario.departments.get(code)
    reviewers = None if known is None else known.reviewers
    busy = work / reviewers if reviewers else None
    return Office(department=code, reviewers=reviewers, busy=busy)


def _card(item: Item, model: Model, share: float, pulled: str | None) -> Card:
    own = model.catalogue.items.get(item.code)
    shown = own or item
    limit = shown.committed_limit
    return Card(
        item=item.code,
        stage=item.stage,
        was=item.coupling,
        coupling=shown.coupling,
        dropped=own is None,
        pulled_by=pulled,
        waits_for=() if own is None else tuple(_before(own, model.catalogue)),
        limit_days=None if limit is None else limit.days,
        share=share,
    )


def _before(item: Item, catalogue: Catalogue) -> Iterator[str]:
    for document in item.hard_needs:
        for maker in catalogue.producers(document):
            yield maker.code


def _applying(model: Model) -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Return by item the share of projects it applies to, and what pulls it in where."""
    kinds = model.scenario.arrivals.kinds
    whole = sum(kind.weight for kind in kinds)
    shares: defaultdict[str, float] = defaultdict(float)
    pulled: dict[str, str] = {}
    for kind in kinds:
        applies = applicable(model.catalogue, kind.flow, kind.facts)
        codes = tuple(code for code in model.catalogue.items if code in applies)
        for code in codes:
            shares[code] += kind.weight / whole
        for code, (needy, _) in wiring(model.catalogue, codes).pulled.items():
            pulled.setdefault(code, needy)
    return shares, pulled
