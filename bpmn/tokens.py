"""The token game: pure functions that move the marking of one net.

A marking is one integer (see bpmn/net.py). Every operation returns the next marking, and names the
items whose attempt ended by it; nothing else happens. What opened, closed, was armed or settled is
the difference of the two markings, which `Net.paths` puts into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bpmn.diagram import Kind, Result
from bpmn.errors import (
    NeedsMissingError,
    NotHereError,
    NoWayError,
    SecondTokenError,
    SlotsTakenError,
    UnknownOutcomeError,
)

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from bpmn.conditions import Value
    from bpmn.net import Block, Flow, Item, Net, Node


@dataclass(frozen=True, slots=True)
class Case:
    """What the conditions see.

    Attributes:
        values: Facts by name, and `flow`.
        declined: Items that the owner declined; they are left out when their token arrives.
    """

    values: Mapping[str, Value | None]
    declined: frozenset[str] = frozenset()


class Move(NamedTuple):
    """The marking after an operation, and (item code, result) of each attempt that ended."""

    marking: int
    ended: tuple[tuple[str, Result], ...] = ()


def start(net: Net, case: Case) -> Move:
    """Put the first token on the process's start event."""
    return _Walk(net, 0, case).along(net.entry)


def open_items(  # noqa: PLR0913 - the rules of opening are exactly these facts
    net: Net,
    marking: int,
    codes: Sequence[str],
    case: Case,
    *,
    have: Container[str],
    slots: bool = False,
) -> Move:
    """Start an attempt of each of *codes*, together; with *slots*, each takes a pair slot.

    Args:
        have: Document kinds that exist or that nothing applicable produces.

    Raises:
        NotHereError: If one of them is not wanted now.
        NeedsMissingError: If a hard document of one is missing.
        SlotsTakenError: If the block has no slot for them, or its round is still running.
    """
    items = [net.item(code) for code in codes]
    for item in items:
        _check_openable(item, marking, have)
    if slots:
        _check_slots(net, marking, items)
    walk = _Walk(net, marking, case)
    for item in items:
        walk.marking = walk.marking & ~item.wanted | (item.slot if slots else 0)
        walk.along(item.entry)
    return walk.move()


def complete(net: Net, marking: int, path: str, case: Case, outcome: str | None = None) -> Move:
    """Complete the task at *path* with *outcome* and let the tokens run.

    Raises:
        NotHereError: If the task is not open.
        UnknownOutcomeError: If the task does not know the outcome.
    """
    node = net.node(path)
    if not marking & node.bit & net.tasks:
        raise NotHereError(path=path)
    if node.step is not None and outcome not in node.step.outcomes:
        raise UnknownOutcomeError(path=path, outcome=outcome, outcomes=node.step.outcomes)
    return _Walk(net, marking & ~(node.bit | node.armed), case, outcome).along(node.flows)


def fire(net: Net, marking: int, path: str, case: Case) -> Move:
    """Let the boundary event at *path* happen: a timer is due, a milestone is reached.

    Raises:
        NotHereError: If it is not armed.
    """
    node = net.node(path)
    if node.kind is not Kind.BOUNDARY or not marking & node.bit:
        raise NotHereError(path=path)
    marking &= ~node.bit
    if node.interrupting and node.host is not None:
        host = net.nodes[node.host]
        marking &= ~(host.bit | host.armed | host.scope)
    return _Walk(net, marking, case).along(node.flows)


def cancel(net: Net, marking: int, code: str) -> Move:
    """End the running attempt of item *code* as withdrawn; the item is wanted again.

    Raises:
        NotHereError: If no attempt is running.
    """
    item = net.item(code)
    _check_running(item, marking)
    marking = marking & ~(item.inside | item.slot) | item.wanted
    return Move(marking, ((code, Result.WITHDRAWN),))


def decline(net: Net, marking: int, code: str, case: Case) -> Move:
    """Settle a wanted item as left out, and let its token or its block go on.

    Raises:
        NotHereError: If the item is not wanted now.
    """
    item = net.item(code)
    if not marking & item.wanted:
        raise NotHereError(path=item.path)
    walk = _Walk(net, marking & ~item.wanted | item.left_out, case)
    walk.pass_on(item)
    return walk.move()


def grant(net: Net, marking: int, code: str, case: Case) -> Move:
    """End the running attempt as granted wherever it stands, and let its token go on.

    Raises:
        NotHereError: If no attempt is running.
    """
    item = net.item(code)
    _check_running(item, marking)
    walk = _Walk(net, marking & ~(item.inside | item.slot) | item.granted, case)
    walk.ended.append((code, Result.GRANTED))
    walk.pass_on(item)
    return walk.move()


def reopen(net: Net, marking: int, code: str, case: Case) -> Move:
    """Make a granted item wanted again, because its result was taken back.

    Raises:
        NotHereError: If it is not granted.
    """
    item = net.item(code)
    if not marking & item.granted:
        raise NotHereError(path=item.path)
    walk = _Walk(net, marking & ~item.granted, case)
    walk.want_again(item)
    return walk.move()


def want(net: Net, marking: int, code: str, case: Case) -> Move:
    """Put an item that was left out back to its door.

    Raises:
        NotHereError: If it was not left out.
    """
    item = net.item(code)
    if not marking & item.left_out:
        raise NotHereError(path=item.path)
    walk = _Walk(net, marking, case)
    walk.want_again(item)
    return walk.move()


def park(net: Net, marking: int, code: str) -> Move:
    """Give the item's pair slot back while its attempt goes on (a long pause)."""
    return Move(marking & ~net.item(code).slot)


def reconsider(net: Net, marking: int, case: Case) -> Move:
    """Judge `applies` again after facts changed; what runs goes on.

    An item left out that now applies is wanted again: in its block while that is open, otherwise
    beside, so that its grant moves no token a second time. A wanted item that no longer applies is
    left out. Running and granted items keep their state.
    """
    walk = _Walk(net, marking, case)
    for code, item in net.items.items():
        left_out = _left_out(item, case)
        if walk.marking & item.left_out and not left_out:
            walk.want_again(item)
        elif walk.marking & item.wanted and left_out and code not in case.declined:
            walk.marking = walk.marking & ~item.wanted | item.left_out
            walk.pass_on(item)
    return walk.move()


def move(net: Net, marking: int, code: str, path: str) -> Move:
    """Put the running attempt of item *code* on the task at *path* inside it, alone.

    Raises:
        NotHereError: If no attempt is running or the task is not inside the item.
    """
    item = net.item(code)
    _check_running(item, marking)
    node = net.node(path)
    if not node.bit & item.inside & net.tasks:
        raise NotHereError(path=path)
    return Move(marking & ~item.inside | node.bit | node.armed)


def running(item: Item, marking: int) -> bool:
    """Tell whether an attempt of *item* is running."""
    return bool(marking & item.inside)


def holders(net: Net, marking: int, block: Block) -> tuple[str, ...]:
    """Return the codes of the items that hold a pair slot of *block*."""
    held = marking & block.slots
    return tuple(code for code in block.items if net.items[code].slot & held) if held else ()


def _check_openable(item: Item, marking: int, have: Container[str]) -> None:
    if not marking & item.wanted:
        raise NotHereError(path=item.path)
    missing = tuple(document for document in item.mark.needs if document not in have)
    if missing:
        raise NeedsMissingError(item=item.mark.code, documents=missing)


def _check_running(item: Item, marking: int) -> None:
    if not marking & item.inside:
        raise NotHereError(path=item.path)


def _check_slots(net: Net, marking: int, items: Sequence[Item]) -> None:
    for number in {item.block for item in items}:
        block = None if number is None else net.blocks[number]
        if block is None or block.pairing.slots == 0:
            raise SlotsTakenError(reason="no_slots_here", items=[i.mark.code for i in items])
        held = (marking & block.slots).bit_count()
        if held and block.pairing.mode == "rounds":
            raise SlotsTakenError(reason="round_running", holders=holders(net, marking, block))
        if held + len(items) > block.pairing.slots:
            raise SlotsTakenError(reason="no_slot_free", holders=holders(net, marking, block))


def _left_out(item: Item, case: Case) -> bool:
    """An unknown condition wants the item: leaving it out would lose it silently."""
    mark = item.mark
    if mark.code in case.declined:
        return True
    return mark.applies is not None and mark.applies(case.values) is False


class _Walk:
    """One run of the tokens along automatic nodes until tasks, doors and joins hold them."""

    __slots__ = ("case", "ended", "marking", "net", "outcome")

    def __init__(self, net: Net, marking: int, case: Case, outcome: str | None = None) -> None:
        self.net = net
        self.marking = marking
        self.case = case
        self.outcome = outcome
        self.ended: list[tuple[str, Result]] = []

    def move(self) -> Move:
        self._milestone()
        return Move(self.marking, tuple(self.ended))

    def along(self, flows: Sequence[Flow]) -> Move:
        """Send a token down each of *flows* and return what came of it."""
        self._run(list(flows))
        return self.move()

    def pass_on(self, item: Item) -> None:
        """Go on behind a settled item: its block may close, or its token leaves it."""
        self._run(self._behind(item))

    def want_again(self, item: Item) -> None:
        block_open = item.block is not None and self.marking & self.net.nodes[item.block].bit
        beside = 0 if block_open else item.beside
        self.marking = self.marking & ~(item.left_out | self.net.ended) | item.wanted | beside

    def _run(self, pending: list[Flow]) -> None:
        nodes = self.net.nodes
        while pending:
            number, arrival = pending.pop()
            node = nodes[number]
            kind = node.kind
            if kind is Kind.TASK or kind is Kind.CALL:
                self._arrive(node, pending)
            elif kind is Kind.EXCLUSIVE:
                pending.append(self._choice(node))
            elif kind is Kind.PARALLEL:
                self._gate(node, arrival, pending)
            elif kind is Kind.END:
                self._end(node, pending)
            elif kind is Kind.BLOCK:
                self._enter(node, pending)
            else:
                pending.extend(node.flows)

    def _arrive(self, node: Node, pending: list[Flow]) -> None:
        code = self.net.codes.get(node.number)
        if code is None:
            if self.marking & node.bit:
                raise SecondTokenError(path=node.path)
            self.marking |= node.bit | node.armed
        else:
            self._door(self.net.items[code])
            item = self.net.items[code]
            if self.marking & item.left_out:
                pending.extend(node.flows)

    def _door(self, item: Item) -> None:
        if self.marking & (item.wanted | item.inside | item.granted | item.left_out):
            raise SecondTokenError(path=item.path)
        self.marking |= item.left_out if _left_out(item, self.case) else item.wanted

    def _choice(self, node: Node) -> Flow:
        values = self.case.values
        if self.outcome is not None:
            values = {**values, "outcome": self.outcome}
        for condition, flow in node.conditions:
            if condition(values):
                return flow
        if node.default is None:
            raise NoWayError(path=node.path)
        return node.default

    def _gate(self, node: Node, arrival: int, pending: list[Flow]) -> None:
        if node.join:
            if self.marking & arrival:
                raise SecondTokenError(path=node.path)
            self.marking |= arrival
            if self.marking & node.join != node.join:
                return
            self.marking &= ~node.join
        pending.extend(node.flows)

    def _enter(self, node: Node, pending: list[Flow]) -> None:
        if self.marking & node.bit:
            raise SecondTokenError(path=node.path)
        block = self.net.blocks[node.number]
        self.marking |= node.bit
        for code in block.items:
            self._door(self.net.items[code])
        pending.extend(self._leave(block))

    def _leave(self, block: Block) -> Sequence[Flow]:
        """Close an open block in which nothing is wanted or running any more."""
        node = self.net.nodes[block.number]
        if not self.marking & node.bit or self.marking & block.open:
            return ()
        self.marking &= ~node.bit
        return node.flows

    def _end(self, node: Node, pending: list[Flow]) -> None:
        if node.owner is None:
            self._finish()
            return
        code = self.net.codes[node.owner]
        item = self.net.items[code]
        if self.marking & item.inside:
            return  # other tokens of the attempt are still under way
        result = node.result or Result.GRANTED
        self.ended.append((code, result))
        self.marking &= ~item.slot
        if result is Result.GRANTED:
            self.marking |= item.granted
            pending.extend(self._behind(item))
        else:
            self.marking |= item.wanted

    def _finish(self) -> None:
        if not self.marking & self.net.live:
            self.marking |= self.net.ended

    def _behind(self, item: Item) -> list[Flow]:
        if self.marking & item.beside:
            self.marking &= ~item.beside
            self._finish()
            return []
        if item.block is not None:
            return list(self._leave(self.net.blocks[item.block]))
        return list(self.net.nodes[item.number].flows)

    def _milestone(self) -> None:
        net = self.net
        if not net.milestone_items or self.marking & net.milestone:
            return
        settled = [self.marking & (i.granted | i.left_out) for i in net.milestone_items]
        granted = [self.marking & i.granted for i in net.milestone_items]
        reached = all(settled) if net.join == "all" else any(granted) or all(settled)
        if reached:
            self.marking |= net.milestone
