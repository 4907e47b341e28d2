"""Rehearse a net before it goes live: one random history, played twice, compared at every step.

The token core plays; SpiffWorkflow, which knows nothing of our net, follows the same history as
plain BPMN. After every operation both must have the same tasks open, the same timers armed, the
same items wanted, running and holding a slot, and agree on milestone and end.

What an unrolled history cannot show, for it is made of the core's own choices: who was offered,
and whether a pair was legal. These have their own properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpmn import tokens
from bpmn.diagram import Kind
from bpmn.rehearsal_player import StuckError, play
from bpmn.rehearsal_unroll import Role, unroll
from bpmn.rehearsal_witness import NotSeenError, Witness

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from bpmn.conditions import Value
    from bpmn.diagram import Diagram
    from bpmn.net import Net
    from bpmn.rehearsal_history import History, Operation, Seen
    from bpmn.rehearsal_player import Core
    from bpmn.rehearsal_unroll import Unrolled
    from bpmn.rehearsal_witness import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Where the token core and the witness part.

    Attributes:
        step: Number of the operation, from 0; -1 is the start.
        operation: What was done there; None for the start.
        about: What they disagree on: "tasks", "timers", "wanted", "running", "held", "turns",
            "milestone", "end", "open" (the witness has nothing where the core did something), or
            "play" (the core broke off by itself).
        core, witness: What each side has and the other has not.
    """

    step: int
    operation: Operation | None
    about: str
    core: tuple[str, ...]
    witness: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One history, and where the two sides parted; None = they agreed to the end.

    Attributes:
        operations: How many operations were compared.
    """

    operations: int
    disagreement: Disagreement | None


def rehearse(
    net: Net,
    diagrams: Mapping[str, Diagram],
    *,
    rng: random.Random,
    facts: Mapping[str, Value],
    core: Core = tokens,
) -> Rehearsal:
    """Play one random history of *net* on the token core and on SpiffWorkflow, and compare.

    Args:
        diagrams: By process id: the process that *net* was linked from, and those it calls.
        facts: What conditions see, `flow` included.
        core: The token core; tests pass one with a seeded fault.
    """
    unheard = _unheard(diagrams[net.id])
    if unheard is not None:
        return Rehearsal(operations=0, disagreement=unheard)
    try:
        history = play(net, core, rng, facts)
    except StuckError as stuck:
        return Rehearsal(operations=stuck.number, disagreement=_broken_off(stuck))
    unrolled = unroll(history, diagrams)
    return replay(history, unrolled, Witness(unrolled, facts))


def _unheard(diagram: Diagram) -> Disagreement | None:
    """Refuse boundary events on items and blocks: drawn, but the token core never arms them."""
    deaf = {e.id for e in diagram.elements if e.kind is Kind.BLOCK or e.item is not None}
    events = sorted(e.id for e in diagram.elements if e.host in deaf)
    if not events:
        return None
    return Disagreement(step=-1, operation=None, about="timers", core=(), witness=tuple(events))


def replay(history: History, unrolled: Unrolled, witness: Witness) -> Rehearsal:
    """Let the witness follow *history*, and compare after every operation."""
    witness.start()
    found = _compared(-1, history, unrolled, witness)
    number = 0
    while found is None and number < len(history.steps):
        found = _followed(number, history, unrolled, witness)
        number += 1
    return Rehearsal(operations=number, disagreement=found)


def _followed(
    number: int, history: History, unrolled: Unrolled, witness: Witness
) -> Disagreement | None:
    operation = history.steps[number].operation
    try:
        witness.do(number, operation)
    except NotSeenError as missing:
        return Disagreement(
            step=number,
            operation=operation,
            about="open",
            core=(f"{missing.role} {missing.key}",),
            witness=(),
        )
    return _compared(number, history, unrolled, witness)


def _broken_off(stuck: StuckError) -> Disagreement:
    return Disagreement(
        step=stuck.number,
        operation=stuck.operation,
        about="play",
        core=(stuck.why, *sorted(stuck.open_now.tasks | stuck.open_now.wanted)),
        witness=(),
    )


def _compared(
    number: int, history: History, unrolled: Unrolled, witness: Witness
) -> Disagreement | None:
    seen, sight = history.seen(number), witness.sight()
    for about, core, other in _views(number, history, unrolled, seen, sight):
        if core != other:
            return _parted(number, history, about, core, other)
    marks = {"milestone": (seen.milestone, witness.milestone)}
    marks["end"] = (seen.ended, witness.workflow.completed)
    for about, (mine, its) in marks.items():
        if mine != its:
            return _parted(number, history, about, {str(mine)}, {str(its)})
    return None


def _views(
    number: int, history: History, unrolled: Unrolled, seen: Seen, sight: Sight
) -> Iterator[tuple[str, set[str], set[str]]]:
    """List what is compared: name, the core's view, the witness's view."""
    yield "tasks", set(seen.tasks), set(sight[Role.TASK])
    yield "timers", set(seen.timers), set(sight[Role.TIMER])
    yield "wanted", set(seen.wanted), set(sight[Role.DOOR])
    yield "running", set(seen.running), set(sight[Role.ATTEMPT])
    yield "held", set(seen.held), _holding(unrolled, sight)
    may = {
        f"{turn.step}.{turn.chain}"
        for turn, block in unrolled.turns
        if turn.ready(block, number, history, unrolled.filed)
    }
    yield "turns", may, set(sight[Role.TURN])


def _holding(unrolled: Unrolled, sight: Sight) -> set[str]:
    """Return the items whose attempt runs with its slot, as the witness sees it."""
    running = sight[Role.ATTEMPT].items()
    whole = {code for code, task in running if task.task_spec.bpmn_id in unrolled.slotted}
    return whole | set(sight[Role.PARKING])


def _parted(
    number: int, history: History, about: str, core: set[str], witness: set[str]
) -> Disagreement:
    return Disagreement(
        step=number,
        operation=None if number < 0 else history.steps[number].operation,
        about=about,
        core=tuple(sorted(core - witness)),
        witness=tuple(sorted(witness - core)),
    )
