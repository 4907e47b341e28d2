"""Prove a definition sound by playing every way it can go: no token stuck, doubled or unused."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from bpmn import tokens
from bpmn._cut import one_step, samples
from bpmn.diagram import Kind
from bpmn.errors import NoWayError, SecondTokenError
from bpmn.net import link

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from bpmn.diagram import Diagram
    from bpmn.net import Item, Net, Node
    from bpmn.tokens import Case, Move

MOST_MARKINGS = 50_000
SAMPLE = 3  # optional items of each block at a time

Step = tuple[str, "Callable[[], Move]"]


class Fault(StrEnum):
    """What can be wrong; the value is the code of its text."""

    STUCK = "bpmn.unsound_stuck"
    SECOND_TOKEN = "bpmn.unsound_second_token"  # noqa: S105 - a token of a net
    NO_WAY = "bpmn.unsound_no_way"
    NEVER_REACHED = "bpmn.unsound_never_reached"
    NO_MILESTONE = "bpmn.unsound_no_milestone"
    TOO_MANY = "bpmn.unsound_too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault.

    Attributes:
        places: Paths of the nodes concerned: where tokens are stuck, or doubled, or never come.
        way: A shortest way there, in moves: "granted S3-02", "complete PATH filed", "fire PATH".
    """

    fault: Fault
    places: tuple[str, ...]
    way: tuple[str, ...] = ()

    @property
    def params(self) -> Mapping[str, object]:
        """Parameters of the fault's text."""
        return {"places": self.places, "way": self.way}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What exploring found; sound when there is no problem."""

    markings: int
    problems: tuple[Problem, ...]


def prove(
    diagram: Diagram,
    produces: Mapping[str, Collection[str]],
    *,
    sample: int = SAMPLE,
    most: int = MOST_MARKINGS,
) -> Report:
    """Explore one definition: a stage with its items cut to one step, or an item, or a lifecycle.

    Args:
        produces: Documents by the code of the item that issues them. A document that no item of
            the stage issues is taken to exist.
        sample: How many items of each ad-hoc block are explored together.
        most: How many markings may be explored at a time.
    """
    called = {e.called: one_step(e.called) for e in diagram.elements if e.item and e.called}
    reports = [
        explore(link(part, called), _cases(part), produces=produces, most=most)
        for part in samples(diagram, produces, sample)
    ]
    problems = dict.fromkeys(problem for report in reports for problem in report.problems)
    return Report(markings=sum(r.markings for r in reports), problems=tuple(problems))


def _cases(diagram: Diagram) -> tuple[Case, ...]:
    """With and without inspection, for an item; with every item and with none, for a stage."""
    items = frozenset(e.item.code for e in diagram.elements if e.item)
    if items:
        return tokens.Case(values={}), tokens.Case(values={}, declined=items)
    return tuple(tokens.Case(values={"inspection": inspection}) for inspection in (True, False))


def explore(
    net: Net,
    cases: Sequence[Case],
    *,
    produces: Mapping[str, Collection[str]],
    most: int = MOST_MARKINGS,
) -> Report:
    """Play *net*, its items of one step each, in every order under each of *cases*.

    Slots are left out: they only forbid moves for a time and never one for good.
    """
    explored = [_explored(net, case, produces, most) for case in cases]
    problems = [problem for one in explored for problem in one.problems()]
    seen = 0
    for one in explored:
        seen |= one.seen
    missed = tuple(path for path, bits in _holding(net) if not bits & seen)
    if missed and not problems:  # a problem stops the play short, so that much was not reached
        problems.append(Problem(fault=Fault.NEVER_REACHED, places=missed))
    return Report(markings=sum(len(one.came) for one in explored), problems=tuple(problems))


def _holding(net: Net) -> Iterator[tuple[str, int]]:
    """Yield every node that can hold a token, with the bits that show it."""
    for node in net.nodes:
        code = net.codes.get(node.number)
        if code is not None:
            item = net.items[code]
            yield node.path, item.wanted | item.left_out
        elif node.bit:
            yield node.path, node.bit


def _explored(
    net: Net, case: Case, produces: Mapping[str, Collection[str]], most: int
) -> _Exploration:
    one = _Exploration(net=net, case=case, issuers=_issuers(net, produces))
    one.play(most)
    return one


def _issuers(net: Net, produces: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Item, ...]]:
    """Return the items of *net* that issue each document some item of it needs."""
    needed = {document for item in net.items.values() for document in item.mark.needs}
    return {
        document: tuple(
            item for code, item in net.items.items() if document in produces.get(code, ())
        )
        for document in sorted(needed)
    }


@dataclass(slots=True, kw_only=True)
class _Exploration:
    """One breadth-first play; `came` holds, by marking, where it came from and by which move."""

    net: Net
    case: Case
    issuers: Mapping[str, tuple[Item, ...]]
    came: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    before: dict[int, list[int]] = field(default_factory=dict)
    seen: int = 0
    broken: list[Problem] = field(default_factory=list)
    _own: tuple[Node, ...] = ()

    def __post_init__(self) -> None:
        """Keep the nodes outside items that can hold a task or an armed event."""
        playable = self.net.tasks | self.net.timers
        self._own = tuple(
            node for node in self.net.nodes if node.owner is None and node.bit & playable
        )

    def play(self, most: int) -> None:
        """Visit every marking; stop at the first broken move or at *most* markings."""
        pending: deque[int] = deque()
        self._try(None, "start", lambda: tokens.start(self.net, self.case), pending)
        while pending and not self.broken:
            marking = pending.popleft()
            for name, move in self._moves(marking):
                self._try(marking, name, move, pending)
            if len(self.came) > most:
                self.broken.append(Problem(fault=Fault.TOO_MANY, places=(self.net.id,)))

    def problems(self) -> Iterator[Problem]:
        """Yield what was broken on the way; and otherwise what never ends."""
        yield from self.broken
        if self.broken:
            return
        stuck = self._stuck()
        if stuck is not None:
            places = self.net.paths(stuck & self.net.live)
            yield Problem(fault=Fault.STUCK, places=places, way=self._way(stuck))
        elif self.net.join is not None and not self.seen & self.net.milestone:
            yield Problem(fault=Fault.NO_MILESTONE, places=(self.net.id,))

    def _try(
        self, marking: int | None, name: str, move: Callable[[], Move], pending: deque[int]
    ) -> None:
        try:
            after = move().marking
        except (SecondTokenError, NoWayError) as error:
            fault = Fault.NO_WAY if isinstance(error, NoWayError) else Fault.SECOND_TOKEN
            way = (*(() if marking is None else self._way(marking)), name)
            self.broken.append(Problem(fault=fault, places=(str(error.params["path"]),), way=way))
            return
        if after not in self.came:
            self.came[after] = (marking, name)
            self.seen |= after
            pending.append(after)
        if marking is not None:
            self.before.setdefault(after, []).append(marking)

    def _moves(self, marking: int) -> Iterator[Step]:
        net, case = self.net, self.case
        have = self._documents(marking)
        for code, item in net.items.items():
            if marking & item.wanted and have.issuperset(self._known(item)):
                yield from self._handling(marking, code, item)
        for node in self._own:
            if not marking & node.bit:
                continue
            if node.kind is Kind.BOUNDARY:
                yield f"fire {node.path}", partial(tokens.fire, net, marking, node.path, case)
            elif not self._before_milestone(node, marking):
                for outcome in node.step.outcomes if node.step else (None,):
                    word = f"complete {node.path} {outcome or ''}".rstrip()
                    yield word, partial(tokens.complete, net, marking, node.path, case, outcome)

    def _handling(self, marking: int, code: str, item: Item) -> Iterator[Step]:
        """Open an item and end it at once: while it is open, nothing else depends on where it is.

        So an item is wanted or granted, and n of them have 2^n markings, not 3^n.
        """
        net, case = self.net, self.case
        opened = tokens.open_items(net, marking, (code,), case, have=item.mark.needs).marking
        self.seen |= opened
        path = next(path for path in net.paths(opened & item.inside & net.tasks))
        for outcome in ("granted", "refused"):
            yield f"{outcome} {code}", partial(tokens.complete, net, opened, path, case, outcome)

    def _before_milestone(self, node: Node, marking: int) -> bool:
        """A stage does not end before its milestone was heard of: the milestone comes first."""
        return any(
            other.host == node.number and other.timer is None and marking & other.bit
            for other in self._own
            if other.bit & node.armed
        )

    def _known(self, item: Item) -> tuple[str, ...]:
        return tuple(document for document in item.mark.needs if self.issuers[document])

    def _documents(self, marking: int) -> set[str]:
        """Return the documents issued so far; those of items left out alone are not waited for."""
        return {
            document
            for document, items in self.issuers.items()
            if any(marking & item.granted for item in items)
            or all(marking & item.left_out for item in items)
        }

    def _stuck(self) -> int | None:
        """Return a marking from which no way leads to the end: the soonest where all stands still.

        Where tokens go round for ever instead, the soonest of any kind.
        """
        pending = [marking for marking in self.came if marking & self.net.ended]
        good = set(pending)
        while pending:
            for earlier in self.before.get(pending.pop(), ()):
                if earlier not in good:
                    good.add(earlier)
                    pending.append(earlier)
        bad = [marking for marking in self.came if marking not in good]
        moving = {m for after, earlier in self.before.items() for m in earlier if m != after}
        return next((marking for marking in bad if marking not in moving), bad[0] if bad else None)

    def _way(self, marking: int) -> tuple[str, ...]:
        way: list[str] = []
        at: int | None = marking
        while at is not None:
            at, name = self.came[at]
            way.append(name)
        return tuple(reversed(way))
