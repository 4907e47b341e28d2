"""What a drawing consists of before it has positions: nodes, flows, lanes, groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpmn.diagram import Kind, Pairing, Result, Step, Timer
    from bpmn.plan import ItemPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One flow node; the row counts inside its lane, from above.

    Attributes:
        lane: Id of its lane; None inside a block, whose children cannot lie in lanes.
        parent: Id of the ad-hoc block around it, or None.
        signal: Id of the signal that a boundary event waits for.
    """

    id: str
    kind: Kind
    name: str = ""
    lane: str | None = None
    row: int = 0
    parent: str | None = None
    called: str | None = None
    host: str | None = None
    interrupting: bool = True
    signal: str | None = None
    timer: Timer | None = None
    item: ItemPlan | None = None
    step: Step | None = None
    result: Result | None = None
    pairing: Pairing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sequence flow; at most one between the same two nodes."""

    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False

    @property
    def id(self) -> str:
        """Return the id written into the file.

        >>> Flow(source="fork", target="S3_02").id
        'f_fork__S3_02'
        """
        return f"f_{self.source}__{self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One horizontal lane, drawn in the order of the sketch."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A frame around the children of one department inside a large block."""

    id: str
    name: str
    block: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One process to draw.

    Attributes:
        stage: Number of the stage, None for other processes.
        join: How the stage's milestone items close it, or None.
        signals: (id, name) of the signals that boundary events wait for.
    """

    id: str
    name: str
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    groups: tuple[Group, ...] = ()
    signals: tuple[tuple[str, str], ...] = ()
    stage: int | None = None
    join: str | None = None

    def children(self, block: str) -> tuple[Node, ...]:
        """Return the nodes inside *block*, in drawing order."""
        return tuple(node for node in self.nodes if node.parent == block)
