"""What really happened in one rehearsal: operations, what was seen after each, and attempts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bpmn.conditions import Value
    from bpmn.diagram import Result
    from bpmn.tokens import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Start an attempt of each item together; with *slots* each takes a pair slot."""

    codes: tuple[str, ...]
    slots: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """Complete the task at *path*; *outcome* is None for a task without a step."""

    path: str
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Let the boundary event at *path* happen."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Withdraw the running attempt of an item."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Leave a wanted item out."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Park:
    """Give the slot of a running attempt back."""

    code: str


Operation = Open | Complete | Fire | Cancel | Decline | Park


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands open after an operation.

    Attributes:
        tasks: Paths of the open tasks.
        timers: Paths of the armed boundary events.
        wanted: Codes of the items at their door.
        running: Codes of the items with a running attempt.
        held: Codes of the items that hold a pair slot.
        blocks: Paths of the ad-hoc blocks that are open.
    """

    tasks: frozenset[str]
    timers: frozenset[str]
    wanted: frozenset[str]
    running: frozenset[str]
    held: frozenset[str]
    blocks: frozenset[str]
    milestone: bool
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation, the attempts it ended, and what was seen after it.

    Attributes:
        case, have: What the core was told: the case, and the documents that existed.
    """

    operation: Operation
    case: Case
    have: frozenset[str]
    ended: tuple[tuple[str, Result], ...]
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One run of a net from its start to its end.

    Attributes:
        process: Process id of the net.
        declined: Items declined before their token came.
        sources: The item whose grant brings a document into being, by document kind; a kind
            without an item exists from the start.
        opening: What was seen after the start.
    """

    process: str
    facts: Mapping[str, Value]
    declined: frozenset[str]
    sources: Mapping[str, str]
    opening: Seen
    steps: tuple[Step, ...]

    def seen(self, number: int) -> Seen:
        """Return what was seen after step *number*; -1 is the start."""
        return self.opening if number < 0 else self.steps[number].seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One filing of an item.

    Attributes:
        number: From 1 for each item.
        opened: Number of the step that started it.
        slot: Whether it took a pair slot.
        parked: Number of the step that gave the slot back while the attempt went on, or None.
        result: How it ended; None when the history stopped before.
        ended: Number of the step that ended it.
    """

    code: str
    number: int
    opened: int
    slot: bool
    parked: int | None = None
    result: Result | None = None
    ended: int | None = None

    @property
    def id(self) -> tuple[str, int]:
        """Item and number: what tells attempts apart."""
        return self.code, self.number


def attempts(history: History) -> dict[str, list[Attempt]]:
    """List the attempts of each item that was opened, in order."""
    found: dict[str, list[Attempt]] = {}
    for number, step in enumerate(history.steps):
        match step.operation:
            case Open(codes=codes, slots=slots):
                for code in codes:
                    mine = found.setdefault(code, [])
                    mine.append(Attempt(code=code, number=len(mine) + 1, opened=number, slot=slots))
            case Park(code=code):
                found[code][-1] = replace(found[code][-1], parked=number)
        for code, result in step.ended:
            found[code][-1] = replace(found[code][-1], result=result, ended=number)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One start that took slots: a round, or one newcomer to a rolling slot.

    Attributes:
        chain: Number of the slot in rolling mode; 0 in rounds.
        takers: The attempts started by it.
        after: The turn before it in the same chain, whose slots must be free again.
    """

    step: int
    chain: int
    takers: tuple[Attempt, ...]
    after: Turn | None

    def ready(
        self, block: str, at: int, history: History, filed: Mapping[str, list[Attempt]]
    ) -> bool:
        """Tell whether the core, after step *at*, lets this turn be taken."""
        seen = history.seen(at)
        if at >= self.step or block not in seen.blocks:
            return False
        return self.after is None or (
            at >= self.after.step
            and not any(_holds(taker, at, seen, filed) for taker in self.after.takers)
        )


def _holds(taker: Attempt, at: int, seen: Seen, filed: Mapping[str, list[Attempt]]) -> bool:
    """Tell whether it is this attempt, and not a later one of the item, that holds a slot."""
    started = [attempt for attempt in filed[taker.code] if attempt.opened <= at]
    return taker.code in seen.held and started[-1].id == taker.id


def turns(
    history: History, codes: frozenset[str], filed: Mapping[str, list[Attempt]], mode: str
) -> Iterator[Turn]:
    """List the turns of the block that holds *codes*, in order, each in its chain."""
    last: dict[int, Turn] = {}
    for number, step in enumerate(history.steps):
        operation = step.operation
        if not isinstance(operation, Open) or not operation.slots:
            continue
        takers = tuple(
            attempt
            for code in operation.codes
            for attempt in filed[code]
            if attempt.opened == number and code in codes
        )
        groups = [takers] if mode == "rounds" else [(taker,) for taker in takers]
        for group in filter(None, groups):
            chain = 0 if mode == "rounds" else _free_chain(last, number, history, filed)
            last[chain] = Turn(step=number, chain=chain, takers=group, after=last.get(chain))
            yield last[chain]


def _free_chain(
    last: Mapping[int, Turn], number: int, history: History, filed: Mapping[str, list[Attempt]]
) -> int:
    """Return the first slot that nobody holds before step *number*."""
    seen = history.seen(number - 1)
    chain = 0
    while chain in last and (
        last[chain].step == number
        or any(_holds(taker, number - 1, seen, filed) for taker in last[chain].takers)
    ):
        chain += 1
    return chain
