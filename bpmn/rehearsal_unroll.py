"""Write a history as the plain BPMN that it really was, so that a foreign engine can follow it.

An ad-hoc block becomes a fork and a join, every start that happened one user task (a turn), every
attempt one call of its own copy of the item's process. A timer becomes a signal with a name of its
own, a withdrawal an interrupting signal, `applies` an exclusive gateway, a needed document one more
branch of the join before the attempt. The structure comes from the diagrams, not from the net.

Exclusive gateways before joins are there on purpose: SpiffWorkflow predicts the future up to the
next choice, and without one the prediction grows as the product of the widths (its fault F6).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from bpmn.diagram import Diagram, Element, ItemMark, Kind, Result
from bpmn.rehearsal_history import Attempt, Decline, History, Turn, attempts, turns
from bpmn.rehearsal_sheet import Sheet, document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bpmn.conditions import Condition


class Role(StrEnum):
    """What an element of the unrolled process stands for."""

    TASK = "task"  # of the net, by path
    TIMER = "timer"  # armed boundary event of the net, by path
    DOOR = "door"  # item wanted, by code
    ATTEMPT = "attempt"  # running attempt, by code; its signal withdraws it
    PARKING = "parking"  # slot of an attempt that is parked later, by code
    TURN = "turn"  # next start with slots, by number of the step
    MILESTONE = "milestone"  # reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrolled:
    """A plain BPMN file and what its elements stand for.

    Attributes:
        roles: Role and key by element id; ids are unique in the whole file, for what belongs to
            an element is named after it with "__", and what is copied for an attempt with ".".
        slotted: Ids of the attempts that hold their slot to the end.
        turns: (turn, path of its block), in order.
        filed: The attempts of each item.
    """

    xml: bytes
    process: str
    roles: Mapping[str, tuple[Role, str]]
    slotted: frozenset[str]
    turns: tuple[tuple[Turn, str], ...]
    filed: Mapping[str, list[Attempt]]


def unroll(history: History, diagrams: Mapping[str, Diagram]) -> Unrolled:
    """Write *history* as plain BPMN.

    Args:
        diagrams: By process id: the process of the history, and those that its items call.
    """
    return _Unroller(history, diagrams).unrolled()


class _Unroller:
    """Writes the process of one history, item by item and attempt by attempt."""

    def __init__(self, history: History, diagrams: Mapping[str, Diagram]) -> None:
        self.history = history
        self.diagrams = diagrams
        self.diagram = diagrams[history.process]
        self.filed = attempts(history)
        self.main = Sheet(self.diagram.id)
        self.copies: list[Sheet] = []
        self.roles: dict[str, tuple[Role, str]] = {}
        self.slotted: set[str] = set()
        self.turns: list[tuple[Turn, str]] = []
        self.elements = {element.id: element for element in self.diagram.elements}
        operations = [step.operation for step in history.steps]
        self.declined = {o.code for o in operations if isinstance(o, Decline)}
        self.items = {e.item.code: e for e in self.diagram.elements if e.item is not None}
        # Where else the grant, the freed slot and the settling of an item lead.
        self.behind: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.released: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.settled: dict[str, list[str]] = defaultdict(list)

    def unrolled(self) -> Unrolled:
        self._documents()
        self._milestone()
        for element in self.diagram.elements:
            if element.kind is Kind.BLOCK:
                self._block(element)
        for element in self.diagram.elements:
            if element.item is not None:
                self._item(element)
            elif element.kind is not Kind.BLOCK:
                self._plain(element)
        self.main.tighten()
        return Unrolled(
            xml=document([self.main, *self.copies]),
            process=self.main.id,
            roles=self.roles,
            slotted=frozenset(self.slotted),
            turns=tuple(self.turns),
            filed=self.filed,
        )

    # -- what ties items together

    def _documents(self) -> None:
        """Let the first attempt of an item wait for the grants that bring its documents."""
        for code, element in self.items.items():
            mark = element.item
            if mark is None or code not in self.filed:
                continue
            needed = {self.history.sources.get(document) for document in mark.needs}
            for source in sorted(needed - {None}, key=str):
                granted = self._granted(str(source))
                if granted is not None:
                    self.behind[granted.id].append(f"{element.id}__1__start")

    def _granted(self, code: str) -> Attempt | None:
        ends = [a for a in self.filed.get(code, ()) if a.result is Result.GRANTED]
        return ends[0] if ends else None

    def _milestone(self) -> None:
        """Mark the milestone when all its items are settled, or the first one is granted."""
        marked = [code for code, e in sorted(self.items.items()) if e.item and e.item.milestone]
        if not marked:
            return
        reached = self.main.node("userTask", f"{self.diagram.id}__milestone")
        self.roles[reached] = (Role.MILESTONE, "")
        self.main.flow(reached, self.main.node("endEvent", f"{reached}__end"))
        grants = filter(None, (self._granted(code) for code in marked))
        first = min(grants, key=lambda attempt: attempt.ended or 0, default=None)
        if self.diagram.join == "any" and first is not None:
            self.behind[first.id].append(reached)
            return
        settled = self.main.join(f"{reached}__join")
        self.main.flow(settled, reached)
        for code in marked:
            self.settled[code].append(settled)

    # -- blocks

    def _block(self, block: Element) -> None:
        """Draw a fork to every item and every chain of turns, and the join behind them."""
        path = f"{self.diagram.id}/{block.id}"
        children = [e for e in self.diagram.elements if e.parent == block.id and e.item]
        self.main.join(f"{block.id}__out")
        firsts = [self._entry(child.id) for child in children]
        if block.pairing is not None and block.pairing.slots:
            codes = frozenset(child.item.code for child in children if child.item)
            listed = list(turns(self.history, codes, self.filed, block.pairing.mode))
            self.turns += [(turn, path) for turn in listed]
            firsts += [self._turn(turn, listed, block.id) for turn in listed if turn.after is None]
        self.main.node("parallelGateway", f"{block.id}__in")
        for first in firsts:
            self.main.flow(f"{block.id}__in", first)
        for target in block.targets:
            self.main.flow(f"{block.id}__out", self._entry(target))

    def _turn(self, turn: Turn, listed: list[Turn], block: str) -> str:
        """Draw one turn and those behind it in its chain; return its user task."""
        name = self._turn_name(turn, block)
        self.roles[self.main.node("userTask", name)] = (Role.TURN, f"{turn.step}.{turn.chain}")
        starts = [f"{self.items[t.code].id}__{t.number}__start" for t in turn.takers]
        self.main.fan(name, starts)
        later = [other for other in listed if other.after == turn]
        after = self._turn(later[0], listed, block) if later else f"{block}__out"
        if len(turn.takers) > 1:
            free = self.main.join(f"{name}__free")
            self.main.flow(free, after)
            after = free
        for taker in turn.takers:
            self.released[taker.id].append(after)
        return name

    @staticmethod
    def _turn_name(turn: Turn, block: str) -> str:
        return f"{block}__turn_{turn.step}_{turn.chain}"

    # -- items

    def _item(self, element: Element) -> None:
        """Draw the item's choice to apply, its doors and attempts, and its way out."""
        mark, name = _mark(element), element.id
        filed = self.filed.get(mark.code, [])
        granted = bool(filed) and filed[-1].result is Result.GRANTED
        self._applies(element, filed)
        doors = len(filed) if granted else len(filed) + 1
        for number in range(1, doors + 1):
            door = self.main.node("userTask", f"{name}__{number}__door")
            self.roles[door] = (Role.DOOR, mark.code)
            self.main.flow(door, self._behind_door(element, number, filed))
        for attempt in filed:
            self._attempt(element, attempt, doors)
        targets = [self._entry(target) for target in element.targets]
        if element.parent is not None:
            targets = [f"{element.parent}__out"]
        self._split(f"{name}__out", [*targets, *self.settled[mark.code]])

    def _behind_door(self, element: Element, number: int, filed: list[Attempt]) -> str:
        """Return where a door led: to an attempt, past the item, or nowhere if nobody came."""
        if number <= len(filed):
            return f"{element.id}__{number}__start"
        if _mark(element).code in self.declined:
            return f"{element.id}__out"
        return self.main.node("endEvent", f"{element.id}__nobody")

    def _applies(self, element: Element, filed: list[Attempt]) -> None:
        """Let the item to its first door when it applies; the way not taken ends there."""
        mark = _mark(element)
        door, out = f"{element.id}__1__door", f"{element.id}__out"
        if mark.code in self.history.declined:
            self._split(f"{element.id}__in", [out])
        elif mark.applies is None or mark.applies(self.history.facts) is None:
            self._split(f"{element.id}__in", [door])  # an unknown condition wants the item
        else:
            wanted = filed or mark.code in self.declined
            default = self.main.node("endEvent", f"{element.id}__dead") if wanted else out
            self.main.choice(f"{element.id}__in", default, **{door: _python(mark.applies)})

    def _attempt(self, element: Element, attempt: Attempt, doors: int) -> None:
        """Draw one attempt: what it waits for, its call, its withdrawal and its end."""
        name = f"{element.id}__{attempt.number}"
        call = self.main.node("callActivity", f"{name}__call", calledElement=name)
        self.copies.append(self._copy(element, name))
        withdrawn = self._boundary(self.main, f"{name}__withdrawn", call, interrupting=True)
        self.roles[withdrawn] = (Role.ATTEMPT, attempt.code)
        self.main.join(f"{name}__start")
        self.main.flow(f"{name}__start", call)
        self._park(name, attempt, withdrawn)
        self._ends(element, attempt, last=attempt.number == doors)

    def _park(self, name: str, attempt: Attempt, withdrawn: str) -> None:
        if attempt.parked is not None:
            park = self.main.node("userTask", f"{name}__park")
            self.roles[park] = (Role.PARKING, attempt.code)
            self.main.flow(f"{name}__start", park)
            self.main.fan(park, self.released[attempt.id])
        elif attempt.slot:
            self.slotted.add(withdrawn)

    def _ends(self, element: Element, attempt: Attempt, *, last: bool) -> None:
        """Let the end that happened go on, and the others run dead."""
        name = f"{element.id}__{attempt.number}"
        ways = {end: self.main.node("endEvent", f"{name}__not_{end}") for end in _ENDS}
        free = [] if attempt.parked is not None else self.released[attempt.id]
        again = [] if last else [f"{element.id}__{attempt.number + 1}__door"]
        match attempt.result:
            case Result.GRANTED:
                behind = [*free, *self.behind[attempt.id], f"{element.id}__out"]
                ways["granted"] = self._split(f"{name}__granted", behind)
            case Result.WITHDRAWN:
                ways["withdrawn"] = self._split(f"{name}__again", [*free, *again])
            case Result.REFUSED | Result.LAPSED:
                ways["refused"] = self._split(f"{name}__again", [*free, *again])
            case None:
                pass  # a broken history: the witness will say so
            case _:
                assert_never(attempt.result)
        self.main.flow(f"{name}__call", f"{name}__result")
        granted = {ways["granted"]: "result == 'granted'"}
        self.main.choice(f"{name}__result", ways["refused"], **granted)
        self.main.flow(f"{name}__withdrawn", ways["withdrawn"])

    def _split(self, name: str, targets: list[str]) -> str:
        self.main.node("parallelGateway", name)
        for target in targets:
            self.main.flow(name, target)
        return name

    def _copy(self, element: Element, name: str) -> Sheet:
        """Copy the called process, so that its signals are this attempt's own."""
        called = self.diagrams[element.called or ""]
        parent = "" if element.parent is None else f"{element.parent}/"
        path = f"{self.diagram.id}/{parent}{element.id}"
        inspection = element.item is not None and element.item.inspection
        sheet = Sheet(name)
        for inner in called.elements:
            self._draw(sheet, inner, f"{name}.", path, {"inspection": inspection})
        return sheet

    # -- elements drawn as they are

    def _plain(self, element: Element) -> None:
        self._draw(self.main, element, "", self.diagram.id, {})

    def _draw(
        self, sheet: Sheet, element: Element, prefix: str, path: str, bound: dict[str, bool]
    ) -> None:
        """Draw *element* with its flows; ends of items say their result first."""
        name, targets = prefix + element.id, [prefix + target for target in element.targets]
        if not prefix:
            targets = [self._entry(target) for target in element.targets]
        match element.kind:
            case Kind.TASK | Kind.CALL:
                self.roles[sheet.node("userTask", name)] = (Role.TASK, f"{path}/{element.id}")
            case Kind.BOUNDARY:
                host = prefix + (element.host or "")
                self._boundary(sheet, name, host, interrupting=element.interrupting)
                self.roles[name] = (Role.TIMER, f"{path}/{element.id}")
            case Kind.END if prefix:
                sheet.node("scriptTask", name)
                sheet.scripts[name] = f"result = '{element.result or Result.GRANTED}'"
                targets = [sheet.node("endEvent", f"{name}__end")]
            case Kind.EXCLUSIVE if element.default is not None:
                sheet.defaults[name] = prefix + element.default
                sheet.node(element.kind.value, name)
            case _:
                sheet.node(element.kind.value, name)
        ways = {prefix + target: condition for target, condition in element.conditions}
        for target in targets:
            way = ways.get(target)
            sheet.flow(name, target, None if way is None else _python(way, bound))

    def _boundary(self, sheet: Sheet, name: str, host: str, *, interrupting: bool) -> str:
        cancel = "true" if interrupting else "false"
        return sheet.node("boundaryEvent", name, attachedToRef=host, cancelActivity=cancel)

    def _entry(self, name: str) -> str:
        """Return where a flow to element *name* enters the unrolled process."""
        element = self.elements[name]
        unfolded = element.kind is Kind.BLOCK or element.item is not None
        return f"{name}__in" if unfolded else name


def _mark(element: Element) -> ItemMark:
    """Return the mark of a call that carries an item."""
    if element.item is None:
        raise TypeError(element.id)
    return element.item


_ENDS = ("granted", "refused", "withdrawn")
_WORDS = re.compile(r"'[^']*'|\b(?:true|false)\b")


def _python(condition: Condition, bound: Mapping[str, bool] | None = None) -> str:
    """Write *condition* as SpiffWorkflow wants it: Python, which knows no `true`.

    >>> from bpmn.conditions import parse
    >>> _python(parse("urgent == true and outcome == 'true'"))
    "urgent == True and outcome == 'true'"
    """
    text = (condition.bind(**bound) if bound else condition).text

    def capital(word: re.Match[str]) -> str:
        return word[0] if word[0].startswith("'") else word[0].capitalize()

    return _WORDS.sub(capital, text)
