"""The immutable graph that the token core runs: calls inlined, nodes numbered, bits laid out.

Soundness makes the net 1-safe, so a marking is one integer; what each bit means is fixed here. Bits
are valid for one content hash only, so logs and states name paths and never bits.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bpmn.diagram import Diagram, Element, ItemMark, Kind, Pairing, Result, Step, Timer
from bpmn.errors import LinkError, UnknownNodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bpmn.conditions import Condition

Flow = tuple[int, int]  # (target node, arrival bit at a joining gateway or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One flow node.

    Attributes:
        bit: The token on it (task, call, block), or 0 for nodes that hold none.
        armed: Bits of the boundary events that are armed while the node holds its token.
        join: All arrival bits of a parallel gateway with several incoming flows, else 0.
        owner: Number of the item around it; None at the level of the process.
        scope: Every bit strictly inside an item or block.
    """

    number: int
    path: str
    kind: Kind
    flows: tuple[Flow, ...]
    conditions: tuple[tuple[Condition, Flow], ...]
    default: Flow | None
    bit: int
    armed: int
    join: int
    owner: int | None
    scope: int
    host: int | None
    interrupting: bool
    timer: Timer | None
    step: Step | None
    result: Result | None
    pairing: Pairing | None
    lane: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a stage: its door, its end and what opens it.

    Attributes:
        wanted: At the door: held, offered, or to be filed again.
        granted, left_out: How it is settled; left out = not applicable or declined.
        slot: It holds one of the block's pair slots.
        beside: Wanted again after its token had passed; its grant moves nothing.
        inside: Every bit of a running attempt.
        entry: Flows of the start event inside.
        block: Number of the ad-hoc block around it, or None for an ordered item.
    """

    number: int
    path: str
    mark: ItemMark
    wanted: int
    granted: int
    left_out: int
    slot: int
    beside: int
    inside: int
    entry: tuple[Flow, ...]
    block: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One ad-hoc block: its items, how many may hold a slot, and every bit that keeps it open."""

    number: int
    path: str
    pairing: Pairing
    items: tuple[str, ...]
    slots: int
    open: int


@dataclass(frozen=True, slots=True)
class Net:
    """One compiled process.

    Attributes:
        hash: SHA-256 of the canonical content; independent of layout, labels, document order.
        nodes: By number.
        items: By item code.
        blocks: By node number.
        codes: Item code by the number of its call activity.
        names: Path of each bit, by position.
        tasks: Every bit that stands for an open task (or, in the lifecycle, a running stage).
        timers: Every bit that stands for an armed boundary event.
        live: Every bit that keeps the run open.
    """

    hash: str
    id: str
    nodes: tuple[Node, ...]
    items: Mapping[str, Item]
    blocks: Mapping[int, Block]
    codes: Mapping[int, str]
    names: tuple[str, ...]
    bits: Mapping[str, int]
    numbers: Mapping[str, int]
    entry: tuple[Flow, ...]
    milestone_items: tuple[Item, ...]
    join: str | None
    milestone: int
    ended: int
    tasks: int
    timers: int
    live: int

    def marking(self, paths: Iterable[str]) -> int:
        """Return the marking whose bits have these *paths*.

        Raises:
            UnknownNodeError: If a path is not of this net.
        """
        bits = 0
        for path in paths:
            try:
                bits |= self.bits[path]
            except KeyError as error:
                raise UnknownNodeError(path=path, net=self.id) from error
        return bits

    def paths(self, marking: int) -> tuple[str, ...]:
        """Return the paths of *marking*'s bits, in bit order."""
        return tuple(self.names[position] for position in _positions(marking))

    def node(self, path: str) -> Node:
        """Return the node at *path*.

        Raises:
            UnknownNodeError: If there is none.
        """
        try:
            return self.nodes[self.numbers[path]]
        except KeyError as error:
            raise UnknownNodeError(path=path, net=self.id) from error

    def item(self, code: str) -> Item:
        """Return the item *code*.

        Raises:
            UnknownNodeError: If the net does not hold it.
        """
        try:
            return self.items[code]
        except KeyError as error:
            raise UnknownNodeError(path=code, net=self.id) from error

    def item_of(self, path: str) -> str | None:
        """Return the code of the item around the node at *path*, or None."""
        owner = self.node(path).owner
        return None if owner is None else self.codes[owner]


def _positions(marking: int) -> Iterator[int]:
    while marking:
        low = marking & -marking
        yield low.bit_length() - 1
        marking ^= low


def link(diagram: Diagram, called: Mapping[str, Diagram] | None = None) -> Net:
    """Compile *diagram*, inlining the calls that carry an item, into a Net.

    A call without an item mark (a stage of the lifecycle) stays one node.

    Raises:
        LinkError: If an item calls an unknown process or one that calls again, or if a boundary
            event sits on an item or a block.
    """
    return _Linker(called or {}).link(diagram)


class _Linker:
    """Lays nodes and bits out in id order, scope by scope, so that a scope is a bit range."""

    def __init__(self, called: Mapping[str, Diagram]) -> None:
        self.called = called
        self.names: list[str] = []
        self.places: list[tuple[str, Element, int | None]] = []  # path, element, owner
        self.numbers: dict[str, int] = {}
        self.own: dict[int, int] = {}
        self.states: dict[int, dict[str, int]] = {}
        self.scopes: dict[int, int] = {}
        self.joins: dict[int, dict[int, int]] = {}
        self.siblings: list[Mapping[str, int]] = []
        self.marks: dict[int, ItemMark] = {}
        self.entries: dict[int, int] = {}

    def link(self, diagram: Diagram) -> Net:
        self._place(diagram, diagram.id, None, {})
        milestone = self._bit(f"{diagram.id}:milestone")
        ended = self._bit(f"{diagram.id}:ended")
        nodes = tuple(self._node(number) for number in range(len(self.places)))
        self._check_hosts(nodes)
        items = dict(sorted(self._items(nodes)))
        blocks = {node.number: _block(node, items) for node in nodes if node.kind is Kind.BLOCK}
        settled = milestone | ended
        for item in items.values():
            settled |= item.granted | item.left_out | item.slot | item.beside
        prefix = f"{diagram.id}/"
        start = _start(node for node in nodes if "/" not in node.path.removeprefix(prefix))
        return Net(
            hash=_content_hash(nodes, items, diagram.join),
            id=diagram.id,
            nodes=nodes,
            items=items,
            blocks=blocks,
            codes={item.number: code for code, item in items.items()},
            names=tuple(self.names),
            bits={name: 1 << position for position, name in enumerate(self.names)},
            numbers=self.numbers,
            entry=start.flows,
            milestone_items=tuple(item for item in items.values() if item.mark.milestone),
            join=diagram.join,
            milestone=milestone,
            ended=ended,
            tasks=_union(node.bit for node in nodes if _is_task(node, self.marks)),
            timers=_union(node.bit for node in nodes if node.kind is Kind.BOUNDARY),
            live=((1 << len(self.names)) - 1) & ~settled,
        )

    def _check_hosts(self, nodes: tuple[Node, ...]) -> None:
        """Refuse boundary events on items and blocks: an item ends by its own file alone."""
        for node in nodes:
            host = None if node.host is None else nodes[node.host]
            if host is not None and (host.kind is Kind.BLOCK or host.number in self.marks):
                raise LinkError(path=host.path, called=node.path, reason="boundary_event")

    def _bit(self, name: str) -> int:
        self.names.append(name)
        return 1 << (len(self.names) - 1)

    def _place(
        self, diagram: Diagram, prefix: str, owner: int | None, constants: Mapping[str, bool]
    ) -> None:
        """Number the process's nodes, blocks with their children directly behind them."""
        local: dict[str, int] = {}
        children = {
            block.id: [e for e in diagram.elements if e.parent == block.id]
            for block in diagram.elements
            if block.kind is Kind.BLOCK
        }
        first = len(self.places)
        for element in diagram.elements:
            if element.parent is not None:
                continue
            self._element(element, f"{prefix}/{element.id}", owner, local)
            for child in children.get(element.id, ()):
                self._element(child, f"{prefix}/{element.id}/{child.id}", owner, local)
            if element.id in children:
                block = local[element.id]
                self.scopes[block] = self._range(self.own[block] << 1)
        self._joins(range(first, len(self.places)), local)
        self._constants(range(first, len(self.places)), constants)

    def _element(
        self, element: Element, path: str, owner: int | None, local: dict[str, int]
    ) -> None:
        number = len(self.places)
        self.places.append((path, element, owner))
        self.numbers[path] = number
        local[element.id] = number
        self.siblings.append(local)
        mark = element.item
        if element.kind is Kind.CALL and mark is not None:
            self._inline(element, path, number, mark, owner)
        elif element.kind in (Kind.TASK, Kind.CALL, Kind.BLOCK, Kind.BOUNDARY):
            self.own[number] = self._bit(path)

    def _inline(
        self, element: Element, path: str, number: int, mark: ItemMark, owner: int | None
    ) -> None:
        inner = self.called.get(element.called or "")
        if inner is None:
            raise LinkError(path=path, called=element.called, reason="unknown_process")
        if owner is not None or any(e.kind is Kind.CALL for e in inner.elements):
            raise LinkError(path=path, called=element.called, reason="call_inside_item")
        self.marks[number] = mark
        self.states[number] = {
            state: self._bit(f"{path}:{state}")
            for state in ("wanted", "granted", "left_out", "slot", "beside")
        }
        first = 1 << len(self.names)
        self.entries[number] = len(self.places)
        self._place(inner, path, number, {"inspection": mark.inspection})
        self.scopes[number] = self._range(first)

    def _range(self, first: int) -> int:
        return (1 << len(self.names)) - first

    def _joins(self, numbers: Iterable[int], local: Mapping[str, int]) -> None:
        """Give every incoming flow of a joining gateway a bit of its own."""
        sources: dict[int, list[int]] = {}
        for number in numbers:
            _, element, _ = self.places[number]
            if local.get(element.id) != number:
                continue
            for target in element.targets:
                sources.setdefault(local[target], []).append(number)
        for gateway, arriving in sources.items():
            path, element, _ = self.places[gateway]
            if element.kind is Kind.PARALLEL and len(arriving) > 1:
                self.joins[gateway] = {
                    source: self._bit(f"{path}<{self.places[source][1].id}") for source in arriving
                }

    def _constants(self, numbers: Iterable[int], constants: Mapping[str, bool]) -> None:
        """Bind what is fixed for one item (its inspection branch) into the gateways' conditions."""
        if not constants:
            return
        for number in numbers:
            path, element, owner = self.places[number]
            if element.conditions:
                bound = tuple((t, c.bind(**constants)) for t, c in element.conditions)
                self.places[number] = (path, replace(element, conditions=bound), owner)

    def _node(self, number: int) -> Node:
        path, element, owner = self.places[number]
        local = self.siblings[number]

        def flow(target: str) -> Flow:
            to = local[target]
            return to, self.joins.get(to, {}).get(number, 0)

        return Node(
            number=number,
            path=path,
            kind=element.kind,
            flows=tuple(flow(target) for target in element.targets),
            conditions=tuple((condition, flow(to)) for to, condition in element.conditions),
            default=None if element.default is None else flow(element.default),
            bit=self.own.get(number, 0),
            armed=self._armed(number, element.id),
            join=_union(self.joins.get(number, {}).values()),
            owner=owner,
            scope=self.scopes.get(number, 0),
            host=None if element.host is None else local[element.host],
            interrupting=element.interrupting,
            timer=element.timer,
            step=element.step,
            result=element.result,
            pairing=element.pairing,
            lane=element.lane,
            name=element.name,
        )

    def _armed(self, number: int, element_id: str) -> int:
        local = self.siblings[number]
        return _union(
            self.own[other]
            for other in local.values()
            if self.places[other][1].kind is Kind.BOUNDARY
            and self.places[other][1].host == element_id
        )

    def _items(self, nodes: tuple[Node, ...]) -> Iterator[tuple[str, Item]]:
        for number, mark in self.marks.items():
            node = nodes[number]
            start = _start(nodes[n] for n in self._inner(number))
            parent = self.places[number][1].parent
            yield (
                mark.code,
                Item(
                    number=number,
                    path=node.path,
                    mark=mark,
                    inside=node.scope,
                    entry=start.flows,
                    block=None if parent is None else self.siblings[number][parent],
                    **self.states[number],
                ),
            )

    def _inner(self, number: int) -> Iterable[int]:
        return self.siblings[self.entries[number]].values()


def _start(nodes: Iterable[Node]) -> Node:
    return next(node for node in nodes if node.kind is Kind.START)


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _is_task(node: Node, marks: Mapping[int, ItemMark]) -> bool:
    return node.kind is Kind.TASK or (node.kind is Kind.CALL and node.number not in marks)


def _block(node: Node, items: Mapping[str, Item]) -> Block:
    inside = {code: item for code, item in items.items() if item.block == node.number}
    return Block(
        number=node.number,
        path=node.path,
        pairing=node.pairing or Pairing(slots=0, mode="rounds"),
        items=tuple(inside),
        slots=_union(item.slot for item in inside.values()),
        open=_union(item.wanted | item.inside for item in inside.values()),
    )


def _content_hash(nodes: tuple[Node, ...], items: Mapping[str, Item], join: str | None) -> str:
    """Hash what the core obeys and the drawing's lanes; names and layout do not count."""
    content = {
        "join": join,
        "nodes": [_canonical(node) for node in nodes],
        "items": [
            [
                item.path,
                code,
                item.mark.department,
                None if item.mark.applies is None else item.mark.applies.text,
                item.mark.needs,
                item.mark.milestone,
                item.mark.inspection,
            ]
            for code, item in items.items()
        ],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(node: Node) -> list[object]:
    return [
        node.path,
        node.kind,
        [target for target, _ in node.flows],
        [[condition.text, target] for condition, (target, _) in node.conditions],
        None if node.default is None else node.default[0],
        node.host,
        node.interrupting,
        None if node.timer is None else [node.timer.days, node.timer.unit],
        None if node.step is None else [node.step.status, node.step.performer, node.step.outcomes],
        node.result,
        None if node.pairing is None else [node.pairing.slots, node.pairing.mode],
        node.lane,
    ]
