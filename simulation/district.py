"""The demonstration district: three years of projects in eighteen townships and parks.

Everything follows from the plan's seed by keyed draws; how a project's people behave follows from
its code alone, so that whoever finds it in a database can go on with it. All of it is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from math import log1p
from random import Random
from string import ascii_lowercase, ascii_uppercase
from types import MappingProxyType
from typing import TYPE_CHECKING

from simulation.habits import Habits, Luck, Way
from simulation.officers import Staff
from workflows.catalogue.fact_sets import completed
from workflows.catalogue.values import DayUnit, Name
from workflows.moments import SHANGHAI, local_date

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue

TODAY = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # Monday, 09:00 in Shanghai
# Since when owners hand their materials in; every stage that runs at TODAY was filed later. What
# earlier stages asked for nobody asks for any more, and would be half as much again to keep.
HANDED_IN = datetime(2025, 9, 1, tzinfo=UTC)
STEMS = "甲乙丙丁戊己庚辛壬癸子丑"
PARKS = 6  # of the places; the others are townships
KINDS = (
    Name(zh="置业", en="Estates"),
    Name(zh="城投", en="Urban Investment"),
    Name(zh="制造", en="Manufacturing"),
    Name(zh="物流", en="Logistics"),
    Name(zh="科技", en="Technology"),
    Name(zh="仓储", en="Storage"),
    Name(zh="医药", en="Pharmaceuticals"),
    Name(zh="食品", en="Foods"),
)
AGENTS = 2  # a township
BUILDERS = 10  # organisations of each kind
FLOWS = MappingProxyType({1: 0.12, 2: 0.10, 3: 0.28, 4: 0.22, 5: 0.10, 6: 0.18})
YES = 0.06  # how often a yes-or-no fact is tried as yes first

# What a planner is to find: a department short of reviewers, an item that takes longer than its
# limit, and a chain of documents whose first links are late.
SHORT = "drawing_review"
SLOW_ITEM = "S3-03"
CHAIN = ("S3-07", "S3-08")
SLOW = MappingProxyType({SLOW_ITEM: 2.5, "S3-07": 3.0, "S3-08": 4.0})

# The reviewers of the larger departments: about four fifths of what they can have in hand at once
# is in hand on an average day. Of SHORT it is nearly all.
REVIEWERS = MappingProxyType(
    {
        "natural_resources": 14,
        "housing": 6,
        "water": 5,
        "development_reform": 3,
        SHORT: 4,
        "urban_management": 2,
        "ecology": 2,
        "cultural_relics": 1,
        "civil_defence": 1,
        "meteorology": 1,
        "transport": 1,
        "traffic_police": 1,
    }
)
EACH = 12  # items that a reviewer has in hand at most
EACH_SHORT = 10
_BUILDS = MappingProxyType(
    {
        1: "公共建筑",
        2: "道路工程",
        3: "住宅项目",
        4: "小型厂房",
        5: "商业项目",
        6: "工业厂区",
    }
)


# Where the committed district stops early, so that whoever comes finds something to pair: project,
# and number of the last event that has happened. Its people go on from there once time does, but
# leave the pairing to the visitors for HESITATION working days after anything else happens.
HESITATION = 40
LEFT = MappingProxyType(
    {
        "2512-120118-04-01-001942": 213,
        "2512-120118-04-01-001953": 266,
        "2601-120118-04-01-002014": 196,
        "2601-120118-04-01-002019": 234,
        "2603-120118-04-01-002090": 213,
        "2603-120118-04-01-002101": 145,
        "2603-120118-04-01-002104": 138,
        "2603-120118-04-01-002119": 160,
        "2603-120118-04-01-002127": 120,
        "2603-120118-04-01-002138": 145,
        "2603-120118-04-01-002140": 132,
        "2603-120118-04-01-002148": 95,
        "2604-120118-04-01-002186": 157,
        "2604-120118-04-01-002195": 103,
        "2604-120118-04-01-002206": 55,
        "2605-120118-04-01-002209": 58,
        "2605-120118-04-01-002211": 72,
        "2605-120118-04-01-002212": 63,
        "2605-120118-04-01-002243": 67,
        "2605-120118-04-01-002255": 61,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township with its agents, by id."""

    code: str
    name: Name
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An organisation that builds."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One project of the district, as its owner files it at an instant."""

    number: int
    flow: int
    at: datetime
    owner: Owner
    township: str
    seed: str

    @property
    def code(self) -> str:
        """Return its project code, GB/T 40058-2021 in form."""
        return f"{local_date(self.at):%y%m}-120118-04-01-{self.number:06d}"

    @property
    def name(self) -> str:
        """Return its fictional name."""
        return f"{self.owner.name.zh}{_BUILDS[self.flow]}{self.number}号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many projects come in how many years before TODAY.

    Attributes:
        seed: The same one gives the same log to the byte.
    """

    projects: int = 2300
    years: int = 3
    seed: str = "1"

    @property
    def first_day(self) -> date:
        """Return the day from which on projects come."""
        today = local_date(TODAY)
        return today.replace(year=today.year - self.years)


def place(at: int) -> Name:
    """Return what a township is called, or one of the parks, which follow them.

    >>> place(0).en, place(12).en
    ('Example Town A', 'Example Park A')
    """
    if at < len(STEMS):
        return Name(zh=f"示例镇{STEMS[at]}", en=f"Example Town {ascii_uppercase[at]}")
    at -= len(STEMS)
    return Name(zh=f"示例园区{STEMS[at]}", en=f"Example Park {ascii_uppercase[at]}")


def builder(kind: Name, at: int) -> Name:
    """Return what an organisation of a kind is called.

    >>> builder(KINDS[0], 1)
    Name(zh='示例置业乙', en='Example Estates B')
    """
    return Name(zh=f"示例{kind.zh}{STEMS[at]}", en=f"Example {kind.en} {ascii_uppercase[at]}")


TOWNSHIPS = tuple(
    Township(
        code=f"town-{ascii_lowercase[at]}",
        name=place(at),
        agents=tuple(f"agent-{AGENTS * at + one + 1}" for one in range(AGENTS)),
    )
    for at in range(len(STEMS) + PARKS)
)
OWNERS = tuple(
    Owner(code=f"ORG-{letter}{kind_at or ''}", name=builder(kind, at))
    for kind_at, kind in enumerate(KINDS)
    for at, letter in enumerate(ascii_uppercase[:BUILDERS])
)


def cases(plan: Plan, calendar: Calendar) -> tuple[Case, ...]:
    """Return the projects of *plan*, the oldest first; each comes in office hours."""
    luck = Luck(f"district-{plan.seed}")
    gaps = [-log1p(-luck.draw("gap", number)) for number in range(plan.projects + 1)]
    days = calendar.count(plan.first_day, local_date(TODAY), DayUnit.WORKING_DAY)
    spans = [passed / sum(gaps) * days for passed in accumulate(gaps)]
    return tuple(
        Case(
            number=number,
            flow=flow_of(luck.draw("flow", number)),
            at=_moment(calendar, plan.first_day, spans[number - 1]),
            owner=OWNERS[int(luck.draw("owner", number) ** 1.5 * len(OWNERS))],
            township=TOWNSHIPS[int(luck.draw("township", number) * len(TOWNSHIPS))].code,
            seed=plan.seed,
        )
        for number in range(1, plan.projects + 1)
    )


def habits_of(code: str) -> Habits:
    """Return how the people of a project behave."""
    luck = Luck("habits")
    ways = tuple(Way)
    return Habits(
        ways={stage: ways[int(luck.draw(code, stage) * 3)] for stage in range(1, 5)},
        preparation=2 + int(luck.draw(code, "preparation") * 12),
        refused=0.02,
        withdrawn=0.005,
        declined=0.6,
        silent=0.02,
        alone=0.05,
        dissolved=0.05,
        committed=0.3,
        late=0.06,
        supplemented=0.12,
        procedure=0.15,
        quick=0.35,
        slow=SLOW,
        hands_in=HANDED_IN,
    )


def habits_beside_visitors(code: str) -> Habits:
    """Return how they behave in the demonstration: what is left to visitors, visitors may pair."""
    habits = habits_of(code)
    return replace(habits, hesitation=HESITATION) if code in LEFT else habits


def luck_of(code: str) -> Luck:
    """Return the luck of a project."""
    return Luck(f"district-{code}")


def desks(there: Container[str] | None = None) -> Mapping[str, Staff]:
    """Return the departments whose reviewers take one item after the other in hand.

    Args:
        there: The people of the part of the district that is there; None = all of them.
    """
    found = {
        code: tuple(one for one in reviewers_of(code) if there is None or one in there)
        for code in REVIEWERS
    }
    return {
        code: Staff(people=people, each=EACH_SHORT if code == SHORT else EACH)
        for code, people in found.items()
        if people
    }


def reviewers_of(department: str) -> tuple[str, ...]:
    """Return the ids of a department's reviewers; there is one at least.

    >>> reviewers_of("forestry")
    ('reviewer-forestry',)
    """
    more = range(2, REVIEWERS.get(department, 1) + 1)
    return (f"reviewer-{department}", *(f"reviewer-{department}-{one}" for one in more))


def facts_of(
    seed: int | str, flow: int, catalogue: Catalogue, yes: float
) -> Mapping[str, bool | str]:
    """Return consistent facts of a project, mostly "no"; always the same for one seed.

    Args:
        yes: How often a yes-or-no fact is tried as yes first.
    """
    rng = Random(seed)  # noqa: S311 - a repeatable sample, no secret

    def order(values: Sequence[bool | str]) -> Sequence[bool | str]:
        if set(values) == {True, False}:
            return (True, False) if rng.random() < yes else (False, True)
        return rng.sample(values, len(values))

    found = completed(catalogue, flow, {}, order)
    if found is None:
        raise ValueError(f"no facts fit flow {flow}")
    return found


def flow_of(luck: float) -> int:
    """Return a flow type by its share of all.

    >>> flow_of(0.0), flow_of(0.999)
    (1, 6)
    """
    for flow, share in FLOWS.items():
        if luck < share:
            return flow
        luck -= share
    return max(FLOWS)


def _moment(calendar: Calendar, first: date, span: float) -> datetime:
    """Return the instant so many working days after the morning of *first*."""
    day = calendar.add(first, 1 + int(span), DayUnit.WORKING_DAY)
    opens = datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)
    return opens + timedelta(minutes=int(span % 1 * 420))
