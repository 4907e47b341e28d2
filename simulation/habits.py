"""How people behave in a journey: their ways, their mishaps, their pace, and the luck of a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from workflows.catalogue.values import DayUnit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from workflows.catalogue.values import Item

DAYS_WITHOUT_LIMIT = 5  # working days that an item without a committed limit takes
DECISION = 1  # days of a limit that the decision takes


class Way(StrEnum):
    """How the pairable items of a stage are brought on their way."""

    CHOSEN = "chosen"
    DRAWN = "drawn"
    PLANNED = "planned"
    SINGLE = "single"  # one by one, each with a slot
    ALONE = "alone"  # 单办: each at once and without a slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How everyone behaves. Chances lie in [0, 1]; 0 = never.

    Attributes:
        ways: By stage; a stage without one is CHOSEN.
        preparation: Working days between a stage's opening and its joint application.
        patience: How often one item is refused or withdrawn at most, so that journeys end.
        refused: That an attempt is refused, wherever it can be.
        withdrawn: That an attempt is withdrawn instead of the next step being done.
        declined: That the owner does without an item that may be declined.
        silent: That the window lets the days of acceptance pass.
        alone: That a pairable item is filed alone (单办) before it finds a partner.
        dissolved: That a proposed pair is given up; at most *patience* in a stage run.
        committed: That an owner commits (告知承诺) where it is offered.
        late: That a step takes twice its days.
        supplemented: That an application is incomplete (补正); at most once an attempt.
        answer: Working days that its owner takes to complete it, on the whole.
        procedure: That an item which lists special procedures needs its first one.
        procedure_days: Working days that this takes, on the whole.
        quick: Least part of its days that a step takes; it is drawn between this and all of them.
        slow: By item: its steps take so many times their days.
        hesitation: Working days after a project's last event until its agent brings pairable items
            on their way: so long others may.
        hands_in: Owners hand the materials of a stage in with its joint application, from this
            instant on; None = never.
    """

    ways: Mapping[int, Way] = field(default_factory=dict)
    preparation: int = 2
    patience: int = 2
    refused: float = 0.0
    withdrawn: float = 0.0
    declined: float = 0.0
    silent: float = 0.0
    alone: float = 0.0
    dissolved: float = 0.0
    committed: float = 0.0
    late: float = 0.0
    supplemented: float = 0.0
    answer: int = 4
    procedure: float = 0.0
    procedure_days: int = 8
    quick: float = 1.0
    slow: Mapping[str, float] = field(default_factory=dict)
    hesitation: int = 0
    hands_in: datetime | None = None

    def way(self, stage: int) -> Way:
        """Return how *stage* brings its pairable items on their way."""
        return self.ways.get(stage, Way.CHOSEN)


@dataclass(frozen=True, slots=True)
class Luck:
    """Draws that hang on the seed and their key only, never on how many were made before.

    >>> Luck("7").draw("S1-08", 1) == Luck("7").draw("S1-08", 1)
    True
    """

    seed: str

    def draw(self, *key: object) -> float:
        """Return a number in [0, 1)."""
        text = "|".join(map(str, (self.seed, *key)))
        return int.from_bytes(sha256(text.encode()).digest()[:6]) / (1 << 48)

    def strikes(self, chance: float, *key: object) -> bool:
        """Tell whether something of this chance happens."""
        return chance > 0 and self.draw(*key) < chance


def days_of(item: Item, step: str) -> tuple[int, DayUnit]:
    """Return how many days a step takes, in the unit of the item's committed limit.

    Reception, acceptance and delivery are done on the day; the others share the limit to the day:
    a third for the visit, one day for the decision, the rest for the examination. A decision on
    commitment takes one working day, an item without a limit DAYS_WITHOUT_LIMIT.
    """
    limit = item.committed_limit
    days, unit = (
        (DAYS_WITHOUT_LIMIT, DayUnit.WORKING_DAY) if limit is None else (limit.days, limit.unit)
    )
    visit = days // 3 if item.inspection or step in {"survey", "plan", "connect"} else 0
    match step:
        case "decide_on_commitment":
            return DECISION, DayUnit.WORKING_DAY
        case "inspect" | "survey" | "plan":
            return visit, unit
        case "review":
            return days - visit - DECISION, unit
        case "decide" | "opinion":
            return DECISION, unit
        case "connect":
            return days - 2 * visit, unit
        case _:
            return 0, DayUnit.WORKING_DAY
