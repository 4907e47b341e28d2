"""What someone could do in a stage run, when, and what a look at the run tells about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import pairing
from workflows.catalogue.values import Coupling
from workflows.facts import SYSTEM, Facts
from workflows.project import ItemState, item_key
from workflows.texts import text
from workflows.wiring import documents_at_hand, wiring

if TYPE_CHECKING:
    from datetime import datetime

    from simulation.world import World
    from workflows.catalogue.values import Item
    from workflows.project import Project, StageRun
    from workflows.wiring import Wiring

_WANTED = ":wanted"


class Rank(IntEnum):
    """Which of the orders that fall due together comes first."""

    HAND_IN = 0
    DECLINE = 1
    PAIR = 2
    FILE = 3
    STEP = 4
    TIMER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reason in words, with the salt that makes its digest unguessable.

    Reference and salt follow from where it is said, so that a journey can be repeated to the hash.
    """

    ref: str
    salt: str
    text: str

    @property
    def note(self) -> c.Note:
        """Return what the command and the log hold of it."""
        digest = sha256((self.salt + self.text).encode()).hexdigest()
        return c.Note(ref=self.ref, digest=digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A command that someone could give from *due* on.

    Attributes:
        performer: window, department, inspector, external, agent, owner or system.
        key: Breaks ties.
        said: The reason that the command names, if it names one.
        person: Who acts, where one of the department has the task in hand.
    """

    due: datetime
    rank: Rank
    key: str
    command: c.Command
    performer: str
    department: str | None = None
    said: Said | None = None
    person: str | None = None

    def order(self) -> tuple[datetime, Rank, str]:
        """Return what options are sorted by."""
        return self.due, self.rank, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One open stage run, and what a look at it tells.

    Attributes:
        wanted: Codes of the items at their door, sorted.
        at_hand: Document kinds that hold nothing back; empty when nothing is wanted.
    """

    project: Project
    run: StageRun
    world: World
    wires: Wiring
    wanted: tuple[str, ...]
    at_hand: frozenset[str]

    @classmethod
    def of(cls, project: Project, run: StageRun, world: World) -> Scene:
        """Look at *run*."""
        wanted = tuple(sorted(map(_code, filter(_is_wanted, run.tokens))))
        asked = bool(wanted)  # nobody asks for documents where nothing stands at its door
        return cls(
            project=project,
            run=run,
            world=world,
            wires=wiring(world.catalogue, project.applicable),
            wanted=wanted,
            at_hand=documents_at_hand(project, run.unit, world.catalogue) if asked else frozenset(),
        )

    def item(self, code: str) -> Item:
        """Return what the catalogue says of an item."""
        return self.world.catalogue.items[code]

    def state(self, code: str) -> ItemState:
        """Return what is known of an item in the run's unit."""
        blank = ItemState(unit=self.run.unit, stage=self.run.stage, item=code)
        return self.project.items.get(item_key(self.run.unit, code), blank)

    def tries(self, code: str) -> int:
        """Return how many attempts the item has had."""
        return len(self.state(code).attempts)

    def listed(self, code: str) -> bool:
        """Tell whether the item counts as mandated: it is filed by the rules, not by choice."""
        return self.item(code).ordered or code in self.wires.pulled

    def pairable(self, code: str) -> bool:
        """Tell whether the item goes by pairs here."""
        return self.item(code).coupling is Coupling.PAIRABLE and not self.listed(code)

    def ready(self, code: str) -> bool:
        """Tell whether nothing hard is missing."""
        return self.at_hand.issuperset(self.wires.needs[code])

    def soon(self) -> datetime:
        """Return when people who need not wait act: at once, in office hours."""
        return self.world.soon(self.project.last_at)

    def strikes(self, chance: float, *key: object) -> bool:
        """Tell whether a mishap of this chance happens in this project and unit."""
        return self.world.luck.strikes(chance, self.project.code, self.run.unit, *key)

    def say(self, reason: str, *key: object) -> Said:
        """Return a reason (a code of the texts) as it is said of *key*, in Chinese."""
        place = "|".join(map(str, (self.project.code, self.project.number, reason, *key)))
        return said(place, text(f"journey.{reason}"))

    def view(self) -> pairing.View:
        """Return what pairing looks at."""
        facts = Facts(
            actor=SYSTEM,
            recorded_at=self.project.last_at,
            calendar=self.world.calendar,
            catalogue=self.world.catalogue,
            nets=self.world.nets,
            in_force={},
        )
        return pairing.view(self.project, self.run, facts)


def said(place: str, words: str) -> Said:
    """Return *words* with reference and salt made from *place*, which must be unique.

    >>> said("p|1", "late") == said("p|1", "late")
    True
    """
    ref = sha256(f"ref|{place}".encode()).hexdigest()[:16]
    salt = sha256(f"salt|{ref}".encode()).hexdigest()[:32]
    return Said(ref=ref, salt=salt, text=words)


def _is_wanted(path: str) -> bool:
    return path.endswith(_WANTED)


def _code(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(_WANTED).replace("_", "-")
