"""Projects that come to the demonstration district: as its plan has them, and day by day after it.

What comes on a day follows from the day alone, so that however the clock is pushed, and whoever
goes on with a database, the same projects are filed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from math import exp
from typing import TYPE_CHECKING

from simulation import district
from simulation.district import OWNERS, TODAY, TOWNSHIPS, Case
from simulation.habits import Luck
from simulation.journey import Order
from simulation.options import said
from workflows.commands import FileProject
from workflows.facts import Actor, Role
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from simulation.district import Owner
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue

OPENS = time(9)
MINUTES = 420  # of a day in which an owner comes, from OPENS on
A_DAY = 2.5  # projects that come to the whole district on a working day
MOST = 9  # on one day
_FIRST = 10_000  # number from which on projects beyond the plan are counted, ten a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the owner states when filing."""

    code: str
    flow: int
    facts: Mapping[str, bool | str]
    township: str
    owner: str
    name: str
    on: date


def filing(filed: Filed) -> Order:
    """Return the owner's order that files a project in the morning of a day."""
    code, owner = filed.code, filed.owner
    words = said(f"{code}|name", filed.name)
    command = FileProject(
        code=code,
        flow=filed.flow,
        facts=dict(filed.facts),
        township=filed.township,
        owner=owner,
        name=words.note,
    )
    actor = Actor(id=f"owner-{owner}", roles=frozenset({Role.OWNER}), organisation=owner)
    at = datetime.combine(filed.on, OPENS, SHANGHAI)
    return Order(project=code, at=at, actor=actor, command=command, key=f"file-{code}", said=words)


def filing_of(case: Case, catalogue: Catalogue) -> Order:
    """Return the order that files a project of the district at its instant."""
    seed = f"{case.seed}-{case.number}"
    filed = Filed(
        code=case.code,
        flow=case.flow,
        facts=district.facts_of(seed, case.flow, catalogue, district.YES),
        township=case.township,
        owner=case.owner.code,
        name=case.name,
        on=local_date(case.at),
    )
    return replace(filing(filed), at=case.at)


def coming(
    since: datetime,
    until: datetime,
    townships: Collection[str],
    organisations: Collection[str],
    calendar: Calendar,
) -> Iterator[Case]:
    """Yield the projects that come from the day of *since* on, up to *until*, the oldest first.

    Args:
        townships: Those that take projects; a part of the district gets that part of them.
        organisations: Those that build.
    """
    places = tuple(each.code for each in TOWNSHIPS if each.code in townships)
    owners = tuple(each for each in OWNERS if each.code in organisations)
    day, last = max(local_date(since), local_date(TODAY)), local_date(until)
    while places and owners and day <= last:
        if calendar.is_working(day):
            yield from (case for case in _on(day, places, owners) if case.at <= until)
        day += timedelta(days=1)


def _on(day: date, places: Sequence[str], owners: Sequence[Owner]) -> tuple[Case, ...]:
    """Return the projects of one working day."""
    luck = Luck(f"arrivals-{day.isoformat()}")
    many = _poisson(luck.draw("many"), A_DAY * len(places) / len(TOWNSHIPS))
    opens = datetime.combine(day, OPENS, SHANGHAI).astimezone(UTC)
    first = _FIRST + (day - local_date(TODAY)).days * (MOST + 1)
    minutes = sorted(int(luck.draw("minute", at) * MINUTES) for at in range(many))
    return tuple(
        Case(
            number=first + at,
            flow=district.flow_of(luck.draw("flow", at)),
            at=opens + timedelta(minutes=minute),
            owner=owners[int(luck.draw("owner", at) ** 1.5 * len(owners))],
            township=places[int(luck.draw("township", at) * len(places))],
            seed="arrivals",
        )
        for at, minute in enumerate(minutes)
    )


def _poisson(luck: float, mean: float) -> int:
    """Return how many come where *mean* come on average, from a draw in [0, 1).

    >>> _poisson(0.0, 2.5), _poisson(0.5, 2.5), _poisson(0.999999999, 2.5)
    (0, 2, 9)
    """
    chance = reached = exp(-mean)
    for many in range(MOST):
        if luck < reached:
            return many
        chance *= mean / (many + 1)
        reached += chance
    return MOST
