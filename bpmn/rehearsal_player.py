"""Play one random history on the token core: what an office might do, and what it must not.

The player knows the rules of the game only: what is open may be completed, what is wanted may be
opened. Whether a pair is legal or an item may be declined is the business of `workflows`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bpmn.diagram import Kind
from bpmn.errors import BpmnError
from bpmn.rehearsal_history import (
    Cancel,
    Complete,
    Decline,
    Fire,
    History,
    Open,
    Operation,
    Park,
    Seen,
    Step,
)
from bpmn.tokens import Case, Move

if TYPE_CHECKING:
    import random
    from collections.abc import Container, Iterator, Mapping, Sequence

    from bpmn.conditions import Value
    from bpmn.net import Block, Item, Net, Node

LONGEST = 5_000  # operations; the largest stage needs about 250
MOST_ATTEMPTS = 3  # of one item, then it is neither refused nor withdrawn any more
MOST_DECLINED = 3


class Core(Protocol):
    """The token core's operations; the module `bpmn.tokens` is one, seeded faults are others."""

    def start(self, net: Net, case: Case) -> Move: ...  # noqa: D102 - see bpmn.tokens

    def open_items(  # noqa: D102, PLR0913
        self,
        net: Net,
        marking: int,
        codes: Sequence[str],
        case: Case,
        *,
        have: Container[str],
        slots: bool = False,
    ) -> Move: ...

    def complete(  # noqa: D102
        self, net: Net, marking: int, path: str, case: Case, outcome: str | None = None
    ) -> Move: ...

    def fire(self, net: Net, marking: int, path: str, case: Case) -> Move: ...  # noqa: D102

    def cancel(self, net: Net, marking: int, code: str) -> Move: ...  # noqa: D102

    def decline(self, net: Net, marking: int, code: str, case: Case) -> Move: ...  # noqa: D102

    def park(self, net: Net, marking: int, code: str) -> Move: ...  # noqa: D102


class StuckError(Exception):
    """The core ran dry, ran on for ever, refused what it offers, or let a forbidden thing pass."""

    def __init__(self, number: int, operation: Operation | None, why: str, open_now: Seen) -> None:
        """Keep where it happened."""
        super().__init__(f"step {number}: {why}")
        self.number, self.operation, self.why, self.open_now = number, operation, why, open_now


def play(net: Net, core: Core, rng: random.Random, facts: Mapping[str, Value]) -> History:
    """Play *net* from its start to its end, choosing at random among what is open.

    Raises:
        StuckError: If the core does not come to an end, or breaks its own rules on the way.
    """
    sources = _sources(net, rng, facts)
    spared = frozenset(sources.values())
    asked = sorted(set(net.items) - spared)
    early = rng.sample(asked, k=min(len(asked), rng.choice((0, 0, 0, 1, 2))))
    player = _Player(
        net=net,
        core=core,
        rng=rng,
        case=Case(values=facts, declined=frozenset(early)),
        sources=sources,
    )
    opening = player.begin()
    while not player.seen.ended:
        player.tempt()
        player.step()
    return History(
        process=net.id,
        facts=facts,
        declined=frozenset(early),
        sources=sources,
        opening=opening,
        steps=tuple(player.steps),
    )


def look(net: Net, marking: int) -> Seen:
    """Say in paths and codes what *marking* holds open."""
    items = net.items.items()
    return Seen(
        tasks=frozenset(net.paths(marking & net.tasks)),
        timers=frozenset(net.paths(marking & net.timers)),
        wanted=frozenset(code for code, item in items if marking & item.wanted),
        running=frozenset(code for code, item in items if marking & item.inside),
        held=frozenset(code for code, item in items if marking & item.slot),
        blocks=frozenset(
            block.path for block in net.blocks.values() if marking & net.nodes[block.number].bit
        ),
        milestone=bool(marking & net.milestone),
        ended=bool(marking & net.ended),
    )


def apply(  # noqa: PLR0913 - the core's own arguments
    net: Net,
    core: Core,
    marking: int,
    operation: Operation,
    *,
    case: Case,
    have: Container[str],
) -> Move:
    """Do *operation* on the core.

    Raises:
        BpmnError: If the core refuses it.
    """
    match operation:
        case Open(codes=codes, slots=slots):
            return core.open_items(net, marking, codes, case, have=have, slots=slots)
        case Complete(path=path, outcome=outcome):
            return core.complete(net, marking, path, case, outcome)
        case Fire(path=path):
            return core.fire(net, marking, path, case)
        case Cancel(code=code):
            return core.cancel(net, marking, code)
        case Decline(code=code):
            return core.decline(net, marking, code, case)
        case Park(code=code):
            return core.park(net, marking, code)


@dataclass(slots=True, kw_only=True)
class _Player:
    """One history in the making.

    Attributes:
        have: Documents that exist or that nothing applicable produces.
        filed: How often each item was opened.
    """

    net: Net
    core: Core
    rng: random.Random
    case: Case
    sources: Mapping[str, str]
    marking: int = 0
    have: set[str] = field(default_factory=set)
    filed: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seen: Seen = field(init=False)

    def begin(self) -> Seen:
        """Start the process, and return what is open."""
        needed = {document for item in self.net.items.values() for document in item.mark.needs}
        self.have = needed - set(self.sources)
        self.seen = look(self.net, 0)
        try:
            self.marking = self.core.start(self.net, self.case).marking
        except BpmnError as error:
            raise self._stuck(None, f"does not start: {error}") from error
        self.seen = look(self.net, self.marking)
        return self.seen

    def step(self) -> None:
        """Choose one thing that may be done, and do it."""
        choices = list(self._choices())
        if not choices or len(self.steps) >= LONGEST:
            raise self._stuck(None, "comes to no end")
        [(_, operation)] = self.rng.choices(choices, [weight for weight, _ in choices])
        try:
            move = self._done(operation)
        except BpmnError as error:
            raise self._stuck(operation, f"refuses what it offers: {error}") from error
        self._take(operation, move)

    def tempt(self) -> None:
        """Try, now and then, one thing that must be refused."""
        forbidden = list(self._forbidden())
        if not forbidden or self.rng.random() > 0.3:  # noqa: PLR2004 - often enough
            return
        operation = self.rng.choice(forbidden)
        try:
            self._done(operation)
        except BpmnError:
            return
        raise self._stuck(operation, "lets a forbidden operation pass")

    def _done(self, operation: Operation) -> Move:
        return apply(self.net, self.core, self.marking, operation, case=self.case, have=self.have)

    def _take(self, operation: Operation, move: Move) -> None:
        """Make *move* the present, with the documents that it brings."""
        self.marking = move.marking
        self.seen = look(self.net, move.marking)
        self.steps.append(
            Step(
                operation=operation,
                case=self.case,
                have=frozenset(self.have),
                ended=move.ended,
                seen=self.seen,
            )
        )
        if isinstance(operation, Open):
            for code in operation.codes:
                self.filed[code] = self.filed.get(code, 0) + 1
        if isinstance(operation, Decline):
            declined = self.case.declined | {operation.code}
            self.case = Case(values=self.case.values, declined=declined)
        granted = {code for code, item in self.net.items.items() if move.marking & item.granted}
        self.have |= {kind for kind, code in self.sources.items() if code in granted}

    def _stuck(self, operation: Operation | None, why: str) -> StuckError:
        return StuckError(len(self.steps), operation, why, self.seen)

    def _choices(self) -> Iterator[tuple[float, Operation]]:
        yield from self._completions()
        yield from ((1.0, Fire(path=path)) for path in sorted(self.seen.timers))
        ready = [code for code in sorted(self.seen.wanted) if self._ready(code)]
        if ready:
            yield 6.0, self._opening(ready)
        yield from self._disturbances(ready)

    def _completions(self) -> Iterator[tuple[float, Operation]]:
        for path in sorted(self.seen.tasks):
            node = self.net.node(path)
            if self._signal_pending(node):
                continue
            outcomes = (None,) if node.step is None else node.step.outcomes
            item = self.net.item_of(path)
            if item is not None and self.filed.get(item, 0) >= MOST_ATTEMPTS:
                outcomes = outcomes[:1]
            weights = [4.0] + [1.0] * (len(outcomes) - 1)
            [outcome] = self.rng.choices(outcomes, weights)
            yield 4.0, Complete(path=path, outcome=outcome)

    def _signal_pending(self, node: Node) -> bool:
        """Tell whether a milestone of the node is still to come: it comes before the end."""
        armed = self.net.paths(self.marking & node.armed)
        return any(self.net.node(path).timer is None for path in armed)

    def _ready(self, code: str) -> bool:
        return self.have.issuperset(self.net.item(code).mark.needs)

    def _opening(self, ready: list[str]) -> Operation:
        """Open some of the items of one place, with slots where the block has them."""
        first = self.net.item(self.rng.choice(ready))
        beside = [code for code in ready if self.net.item(code).block == first.block]
        block = self._block(first)
        if block is None or block.pairing.slots == 0:
            most = self.rng.choice((1, 1, 2, len(beside)))
            return Open(codes=self._some(beside, most), slots=False)
        room = self._room(block)
        if room == 0 or self.rng.random() < 0.1:  # noqa: PLR2004 - an owner files it alone
            return Open(codes=(first.mark.code,), slots=False)
        return Open(codes=self._some(beside, self.rng.choice((1, room, room))), slots=True)

    def _some(self, codes: list[str], most: int) -> tuple[str, ...]:
        return tuple(self.rng.sample(codes, k=min(len(codes), most)))

    def _block(self, item: Item) -> Block | None:
        return None if item.block is None else self.net.blocks[item.block]

    def _room(self, block: Block) -> int:
        """Count the slots that may be taken now."""
        held = len(self.seen.held.intersection(block.items))
        if held and block.pairing.mode == "rounds":
            return 0
        return max(0, block.pairing.slots - held)

    def _disturbances(self, ready: list[str]) -> Iterator[tuple[float, Operation]]:
        for code in sorted(self.seen.running):
            if self.filed.get(code, 0) < MOST_ATTEMPTS:
                yield 0.15, Cancel(code=code)
            if code in self.seen.held:
                yield 0.15, Park(code=code)
        if len(self.case.declined) < MOST_DECLINED:
            spared = set(self.sources.values())
            yield from ((0.05, Decline(code=code)) for code in ready if code not in spared)

    def _forbidden(self) -> Iterator[Operation]:
        """List one of each kind of thing that the core must refuse now."""
        seen, items = self.seen, self.net.items
        yield from self._any(Open(codes=(c,), slots=False) for c in items if c not in seen.wanted)
        unready = [code for code in sorted(seen.wanted) if not self._ready(code)]
        yield from self._any(Open(codes=(code,), slots=False) for code in unready)
        yield from self._any(Cancel(code=code) for code in items if code not in seen.running)
        yield from self._any(Decline(code=code) for code in items if code not in seen.wanted)
        yield from self._any(self._closed_tasks())
        yield from self._any(self._too_many())

    def _any(self, operations: Iterator[Operation]) -> list[Operation]:
        listed = list(operations)
        return [self.rng.choice(listed)] if listed else []

    def _closed_tasks(self) -> Iterator[Operation]:
        for node in self.net.nodes:
            if node.kind is Kind.TASK and node.path not in self.seen.tasks:
                yield Complete(path=node.path, outcome=node.step.outcomes[0] if node.step else None)

    def _too_many(self) -> Iterator[Operation]:
        """Ask for one slot more than there are."""
        for block in self.net.blocks.values():
            ready = [c for c in block.items if c in self.seen.wanted and self._ready(c)]
            most = self._room(block) + 1
            if block.pairing.slots and len(ready) >= most:
                yield Open(codes=self._some(ready, most), slots=True)


def _sources(net: Net, rng: random.Random, facts: Mapping[str, Value]) -> dict[str, str]:
    """Invent which applicable item brings each needed document, without a circle.

    The net does not say who issues a document, so any item may that stands before all who need it.
    """
    order = _order(net, rng)
    needers: dict[str, int] = {}
    for place, code in enumerate(order):
        for document in net.item(code).mark.needs:
            needers.setdefault(document, place)
    found = {}
    for document, first in sorted(needers.items()):
        before = [code for code in order[:first] if _applies(net.item(code), facts)]
        if before and rng.random() < 0.7:  # noqa: PLR2004 - the others come from elsewhere
            found[document] = rng.choice(before)
    return found


def _applies(item: Item, facts: Mapping[str, Value]) -> bool:
    return item.mark.applies is None or item.mark.applies(facts) is not False


def _order(net: Net, rng: random.Random) -> list[str]:
    """Shuffle the items into an order that the flows of the process allow."""
    places = {
        code: item.number if item.block is None else item.block for code, item in net.items.items()
    }
    behind = {place: _reached(net, place) for place in set(places.values())}
    codes = sorted(places)
    rng.shuffle(codes)
    return sorted(codes, key=lambda code: sum(places[code] in after for after in behind.values()))


def _reached(net: Net, place: int) -> set[int]:
    """Return the numbers of the nodes that a token leaving *place* may come to."""
    found: set[int] = set()
    pending = [place]
    while pending:
        node = net.nodes[pending.pop()]
        ways = [*node.flows, *(flow for _, flow in node.conditions)]
        ways += [] if node.default is None else [node.default]
        fresh = {target for target, _ in ways} - found
        found |= fresh
        pending.extend(fresh)
    return found
