"""What one BPMN process says, as plain values: the common ground of reader and linker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpmn.conditions import Condition


class Kind(StrEnum):
    """The BPMN 2.0 elements that our subset executes."""

    START = "startEvent"
    END = "endEvent"
    TASK = "userTask"
    PARALLEL = "parallelGateway"
    EXCLUSIVE = "exclusiveGateway"
    CALL = "callActivity"
    BLOCK = "adHocSubProcess"
    BOUNDARY = "boundaryEvent"


class Performer(StrEnum):
    """Who may do a step (`abreast:step performer`)."""

    WINDOW = "window"
    DEPARTMENT = "department"
    INSPECTOR = "inspector"
    AGENT = "agent"
    OWNER = "owner"
    EXTERNAL = "external"


class Result(StrEnum):
    """How an attempt ended (`abreast:result`)."""

    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One `abreast:step`: the national status that a task stands for, and who does it.

    Attributes:
        status: National status code BLZT that the attempt has once the step is done: 1 received,
            3 accepted by the window, 8 in the department's hands, 11 granted.
        outcomes: The words with which the task may be completed, in file order; never empty.
    """

    status: int
    performer: Performer
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMark:
    """One `abreast:item` on a call activity.

    Attributes:
        applies: Over catalogue facts and `flow`; None = always.
        needs: Document kinds that must exist before the item may be opened (hard needs), sorted.
        milestone: Whether the stage's milestone waits for it.
        inspection: Whether the item's file takes its inspection branch; bound as a name.
    """

    code: str
    department: str
    applies: Condition | None
    needs: tuple[str, ...]
    milestone: bool
    inspection: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One `abreast:pairing` on an ad-hoc block; slots 0 = unlimited (a block of free items)."""

    slots: int
    mode: str  # "rounds" or "rolling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A boundary timer's duration in days of *unit*; "P5D" in the file."""

    days: int
    unit: str  # "working_day" or "calendar_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One flow node.

    Attributes:
        parent: Id of the ad-hoc block around it, or None.
        targets: Ids of the nodes that its sequence flows lead to, sorted by id.
        conditions: (target, condition) of an exclusive gateway's conditional flows, by target.
        default: Target of the default flow of an exclusive gateway.
        called: Process id of a call activity.
        host: Id of the activity a boundary event is attached to.
        timer: Set on a boundary timer; a boundary event without one is a milestone signal.
    """

    id: str
    kind: Kind
    name: str
    lane: str | None = None
    parent: str | None = None
    targets: tuple[str, ...] = ()
    conditions: tuple[tuple[str, Condition], ...] = ()
    default: str | None = None
    called: str | None = None
    host: str | None = None
    interrupting: bool = True
    timer: Timer | None = None
    item: ItemMark | None = None
    pairing: Pairing | None = None
    step: Step | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """One process; elements sorted by id, so that document order never matters.

    Attributes:
        join: "all" or "any": how a stage's milestone items close it; None without milestone.
    """

    id: str
    name: str
    elements: tuple[Element, ...]
    join: str | None = None
