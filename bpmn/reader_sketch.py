"""The flow nodes and flows of a file as its XML says them, before any parser interprets them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bpmn.errors import BadIdError, DuplicateIdError, ProcessCountError, TooManyNodesError
from bpmn.reader_words import FLOW_NODES, full, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

MOST_NODES = 400
MOST_FLOWS = 1000

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,79}")
# SpiffWorkflow gives these names to scaffolding of its own and would take a node for it.
_RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sequence flow, with the text of its condition."""

    id: str
    source: str
    target: str
    condition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchNode:
    """One flow node: its element name without prefix, the block around it, its XML."""

    id: str
    kind: str
    parent: str | None
    xml: etree._Element


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One process; nodes and flows in id order, so that nothing depends on document order."""

    process: etree._Element
    nodes: Mapping[str, SketchNode]
    flows: tuple[Flow, ...]

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by their source; every node has an entry."""
        return {n: tuple(f for f in self.flows if f.source == n) for n in self.nodes}

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by their target; every node has an entry."""
        return {n: tuple(f for f in self.flows if f.target == n) for n in self.nodes}

    def of(self, *kinds: str) -> tuple[SketchNode, ...]:
        """Return the nodes of these *kinds*."""
        return tuple(node for node in self.nodes.values() if node.kind in kinds)


def sketch(root: etree._Element) -> Sketch:
    """Return the one process of *root*.

    Raises:
        ProcessCountError: If there is none, or more than one.
        TooManyNodesError, DuplicateIdError, BadIdError: As they say.
    """
    processes = root.findall(full("process"))
    if len(processes) != 1:
        raise ProcessCountError(count=len(processes))
    process = processes[0]
    nodes = [_node(element) for element in process.iter() if short(element.tag) in FLOW_NODES]
    flows = [_flow(element) for element in process.iter(full("sequenceFlow"))]
    if len(nodes) > MOST_NODES:
        raise TooManyNodesError(count=len(nodes), limit=MOST_NODES)
    if len(flows) > MOST_FLOWS:
        raise TooManyNodesError(count=len(flows), limit=MOST_FLOWS)
    _check_ids(root)
    return Sketch(
        process=process,
        nodes={node.id: node for node in sorted(nodes, key=lambda node: node.id)},
        flows=tuple(sorted(flows, key=lambda flow: (flow.id, flow.source, flow.target))),
    )


def _node(element: etree._Element) -> SketchNode:
    return SketchNode(
        id=element.get("id", ""),
        kind=short(element.tag).removeprefix("bpmn:"),
        parent=_block_around(element),
        xml=element,
    )


def _flow(element: etree._Element) -> Flow:
    return Flow(
        id=element.get("id", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        condition=element.findtext(full("conditionExpression")),
    )


def _block_around(element: etree._Element) -> str | None:
    parent = element.getparent()
    if parent is None or parent.tag != full("adHocSubProcess"):
        return None
    return parent.get("id", "")


def _check_ids(root: etree._Element) -> None:
    counts = Counter(element.get("id", "") for element in _named(root))
    for name in sorted(counts):
        if counts[name] > 1 and name:
            raise DuplicateIdError(id=name[:80])
    for element in _needing_ids(root):
        name = element.get("id", "")
        if not ID.fullmatch(name) or name in _RESERVED:
            raise BadIdError(id=name[:80], element=short(element.tag))


def _named(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if "id" in element.attrib)


def _needing_ids(root: etree._Element) -> Iterator[etree._Element]:
    needing = FLOW_NODES | {"bpmn:process", "bpmn:sequenceFlow"}
    return (element for element in root.iter() if short(element.tag) in needing)
