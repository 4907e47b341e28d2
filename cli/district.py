"""The demonstration district: three townships, six agents, twelve projects at various points.

Filed through the handle like everything else, and the same to the hash on every machine. Loading
again goes on where an interrupted load stopped, and does nothing once all is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from cli.townsfolk import Owner, names, townsfolk
from simulation import district as invented
from simulation.arrivals import Filed, filing
from simulation.habits import Habits, Way
from simulation.officers import Officers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from cli.play import Play
    from engine.store.queries import Person
    from simulation.journey import Order
    from workflows.catalogue.values import Catalogue

TODAY = invented.TODAY
YES = 0.25  # how often a yes-or-no fact is tried as yes first

TOWNSHIPS = invented.TOWNSHIPS[:3]
OWNERS = tuple(
    Owner(code=f"ORG-{letter}", name=invented.builder(invented.KINDS[kind], at))
    for letter, kind, at in (("A", 0, 0), ("B", 0, 1), ("C", 1, 0), ("D", 2, 0), ("E", 3, 0))
)
_NAMES = MappingProxyType(
    {
        1: "公共建筑",
        2: "道路工程",
        3: "住宅项目",
        4: "小型厂房",
        5: "商业项目",
        6: "工业厂区",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One project of the district.

    Attributes:
        days: Calendar days between its filing and TODAY.
        habits: How its people behave.
    """

    number: int
    flow: int
    days: int
    owner: Owner
    township: str
    habits: Habits

    @property
    def code(self) -> str:
        """Return its project code, GB/T 40058-2021 in form."""
        day = self.filed_on
        return f"{day:%y%m}-120118-04-01-{self.number:06d}"

    @property
    def filed_on(self) -> date:
        """Return the day of its filing."""
        return (TODAY - timedelta(days=self.days)).date()

    @property
    def name(self) -> str:
        """Return its fictional name."""
        return f"{self.owner.name.zh}{_NAMES[self.flow]}"


def cases() -> tuple[Case, ...]:
    """Return the twelve projects, the oldest first."""
    flows = (5, 3, 6, 4, 1, 2, 3, 4, 6, 3, 1, 3)
    days = (118, 84, 62, 56, 54, 44, 38, 32, 24, 16, 9, 3)
    owners = (1, 0, 3, 4, 2, 2, 1, 4, 3, 0, 2, 1)
    ways = tuple(Way)
    return tuple(
        Case(
            number=number,
            flow=flow,
            days=ago,
            owner=OWNERS[owner],
            township=TOWNSHIPS[number % len(TOWNSHIPS)].code,
            habits=Habits(
                ways={stage: ways[(number + stage) % 3] for stage in range(1, 5)},
                refused=0.04,
                withdrawn=0.01,
                declined=0.06,
                silent=0.03,
                alone=0.05,
                dissolved=0.1,
                committed=0.3,
                late=0.15,
                hands_in=invented.HANDED_IN,
            ),
        )
        for number, (flow, ago, owner) in enumerate(zip(flows, days, owners, strict=True), 1)
    )


def people(catalogue: Catalogue) -> tuple[Person, ...]:
    """Return everyone of the district."""
    return tuple(townsfolk(catalogue, TOWNSHIPS, OWNERS))


def load(play: Play, told: Callable[[float], None], until: datetime = TODAY) -> None:
    """Bring the district to *until*.

    Args:
        told: Is told how much of the time has passed, from 0 to 1.
    """
    catalogue = play.parts.library.catalogue
    everybody = people(catalogue)
    play.parts.people.put(*everybody)
    play.parts.naming.put(*names(TOWNSHIPS, OWNERS))
    play.staff(TOWNSHIPS)
    first = play.clock.now()
    desks = invented.desks({person.id for person in everybody})
    worlds = {
        case.code: replace(
            play.world(case.habits, f"district-{case.number}"), desks=frozenset(desks)
        )
        for case in cases()
    }
    officers = Officers(lambda project: worlds[project.code], desks)
    found = {case.code: play.find(case.code) for case in cases()}
    for case in cases():
        if found[case.code] is None:
            officers.expect(_filing(case, facts_of(case, catalogue)))
    there = [project for project in found.values() if project is not None]
    officers.begin(there, max([first, *(project.last_at for project in there)]))
    while (order := officers.next_order(until)) is not None:
        officers.take(play.execute(order))
        told((order.at - first) / (until - first))
    play.clock.push_to(max(until, play.clock.now()))


def start() -> datetime:
    """Return the instant at which the district's time begins: when its rosters are made."""
    return min(_filing(case, {}).at for case in cases()) - timedelta(days=1)


def _filing(case: Case, facts: Mapping[str, bool | str]) -> Order:
    filed = Filed(
        code=case.code,
        flow=case.flow,
        facts=facts,
        township=case.township,
        owner=case.owner.code,
        name=case.name,
        on=case.filed_on,
    )
    return filing(filed)


def facts_of(case: Case, catalogue: Catalogue) -> Mapping[str, bool | str]:
    """Return consistent facts of a case, mostly "no"; always the same for one case."""
    return invented.facts_of(case.number, case.flow, catalogue, YES)
