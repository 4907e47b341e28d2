"""A scenario: what a planner supposes, as one frozen value. Days are working days of eight hours.

Whatever is not said is an assumption with a value here; `simulation/assumptions.py` lists them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue.values import Coupling

VERSION = 1
UNLIMITED = 0  # slots
TWO = 2


class Shape(StrEnum):
    """How a duration spreads about its mean."""

    FIXED = "fixed"
    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"
    EMPIRICAL = "empirical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A time that is drawn.

    Attributes:
        days: The mean of a fixed, exponential or lognormal one; 0 = at once.
        spread: Standard deviation of a lognormal one, by its mean.
        values: Both ends of a uniform one, or every value of an empirical one, in days.
    """

    shape: Shape = Shape.FIXED
    days: float = 0.0
    spread: float = 0.0
    values: tuple[float, ...] = ()


class Policy(StrEnum):
    """How pairable items find partners."""

    SINGLE = "single"  # one by one
    CHOSEN = "chosen"  # by habit: the two that save most
    DRAWN = "drawn"
    PLANNED = "planned"  # the best plan for all that could start now


class Mode(StrEnum):
    """When the next pairable items may start."""

    ROUNDS = "rounds"
    ROLLING = "rolling"


class Priority(StrEnum):
    """Whom a department takes first; whoever came first among equals."""

    NONE = "none"
    MILESTONE = "milestone"  # what a stage waits for
    LISTED = "listed"  # mandated, serial and pulled-in items


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Slots per stage run; UNLIMITED = as many as there are items."""

    policy: Policy = Policy.CHOSEN
    mode: Mode = Mode.ROUNDS
    slots: int = TWO


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What is different in the catalogue.

    Attributes:
        couplings: New class by item.
        needs: Whether a need of (item, document) is hard from now on.
        dropped: Items done away with, as by an area assessment (区域评估).
        limits: Committed working days by item.
        commitment: Whether an item may be had on commitment (告知承诺), by item.
    """

    couplings: Mapping[str, Coupling] = field(default_factory=dict)
    needs: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    commitment: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of project: flow type and answers, and how common it is among all."""

    flow: int
    facts: Mapping[str, bool | str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Which projects come.

    Attributes:
        projects: How many in one replication.
        warm_up: So many of them, the first, count in no figure: the office was empty before them.
        between: From one to the next.
        townships: Weight by code.
    """

    projects: int = 300
    warm_up: int = 50
    between: Duration = Duration(shape=Shape.EXPONENTIAL, days=0.4)
    townships: Mapping[str, float] = field(default_factory=dict)
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Who works there and when.

    Attributes:
        reviewers: At the same time; None = nobody ever waits for one.
        closed: Days of the week on which nobody works there, 0 = Monday.
    """

    reviewers: int | None = None
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How long a reviewer works on an item.

    Attributes:
        share: Mean by the committed limit of the item, for items without one of their own.
        shape, spread: Of those.
        without_limit: Mean days of an item that has no limit.
        items: By item, given or fitted.
        factors: By item: the mean times so much.
    """

    share: float = 0.6
    shape: Shape = Shape.LOGNORMAL
    spread: float = 0.5
    without_limit: float = 3.0
    items: Mapping[str, Duration] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What goes otherwise than planned, from 0 to 1, and how long it takes.

    Attributes:
        supplement: That an application is incomplete (补正); at most once an attempt.
        supplements: By item, in place of that.
        answer: How long the owner takes to complete it.
        refused: That an attempt is refused; the item is wanted again.
        patience: After so many refusals it is granted.
        again: How long the owner takes to file it again.
        committed: That the owner commits where it is offered.
        on_commitment: How long a decision on commitment takes.
        procedure: That an item with special procedures needs one, which takes *procedure_time*.
    """

    supplement: float = 0.15
    supplements: Mapping[str, float] = field(default_factory=dict)
    answer: Duration = Duration(shape=Shape.EXPONENTIAL, days=3.0)
    refused: float = 0.0
    patience: int = 2
    again: Duration = Duration(shape=Shape.EXPONENTIAL, days=5.0)
    committed: float = 0.0
    on_commitment: Duration = Duration(days=1.0)
    procedure: float = 0.0
    procedure_time: Duration = Duration(days=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """What township agents do for their owners.

    Attributes:
        precheck: Part of the applications that an agent looks over before they are filed.
        effect: Part of the supplements that this saves.
        preparation: From the opening of a stage to its joint application.
        free: How long a free item is left lying once it could be filed.
    """

    precheck: float = 0.0
    effect: float = 0.5
    preparation: Duration = Duration(days=2.0)
    free: Duration = Duration(days=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything that a run supposes.

    Attributes:
        park_after: Working days; a pause declared longer gives the slot back.
        replications: How often a run is repeated with other luck.
    """

    name: str
    version: int = VERSION
    edits: Edits = Edits()
    pairing: Pairing = Pairing()
    arrivals: Arrivals = Arrivals()
    departments: Mapping[str, Department] = field(default_factory=dict)
    priority: Priority = Priority.NONE
    service: Service = Service()
    chances: Chances = Chances()
    agents: Agents = Agents()
    park_after: int = 10
    replications: int = 50
    seed: int = 1
