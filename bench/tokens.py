"""Steps a second: the token core beside SpiffWorkflow, on the same histories of stage 3."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from bench.peers.spiff_reference import runner
from bench.result import Result, Stopwatch, interleaved, medians, versions
from bpmn import tokens
from bpmn.library import shipped
from bpmn.net import Net, link
from bpmn.rehearsal import replay
from bpmn.rehearsal_player import apply, play
from bpmn.rehearsal_unroll import Unrolled, unroll
from bpmn.rehearsal_witness import IndexedWorkflow, Witness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.conditions import Value
    from bpmn.rehearsal_history import History

GOAL = 100.0
HISTORIES = 2
ROUNDS = 5
AGAIN = 40  # our side is so short that one pass is below what a clock can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One history, and how SpiffWorkflow is to follow it."""

    net: Net
    history: History
    unrolled: Unrolled

    def witness(self, engine: type[BpmnWorkflow]) -> Witness:
        """Prepare it on SpiffWorkflow."""
        return Witness(self.unrolled, self.history.facts, engine=engine)


def run() -> Result:
    """Check that both sides agree after every step, then time the steps alone.

    Raises:
        RuntimeError: If they disagree.
    """
    watch = Stopwatch()
    played = [_played(seed) for seed in range(HISTORIES)]
    checked = sum(_agreed(one) for one in played)
    rounds = interleaved(ROUNDS, lambda: _ours(played), lambda: _peer(played, BpmnWorkflow))
    taken = medians(rounds)
    return Result(
        name="tokens",
        goal=GOAL,
        checked=f"{checked} steps: open tasks, timers, items and end equal after each",
        unit="steps/s of CPU",
        versions=versions("SpiffWorkflow"),
        rounds=rounds,
        notes=(
            "in memory; timed around the step only: finding the task does not count",
            "a start is one step for us; SpiffWorkflow is credited with each task it completes",
            *_kinder(taken["ours"], played),
        ),
        **taken,
        **watch.spent(),
    )


def _kinder(ours: float, played: list[Played]) -> Iterator[str]:
    """Say what SpiffWorkflow does where it has it easier: the ratio hangs on the process."""
    indexed = _peer(played, IndexedWorkflow)
    yield (
        "an unrolled history has more joins than a drawn process, and each is a scan of the tree; "
        f"with our index instead of the scan: {indexed:,.0f} steps/s, x{ours / indexed:,.0f}"
    )
    began = time.process_time()
    steps = runner.in_memory()
    reference = steps / (time.process_time() - began)
    yield (
        f"its reference process of {steps} user tasks, one run: {reference:,.0f} steps/s, "
        f"x{ours / reference:,.0f} (another process, so no like for like)"
    )


def _played(seed: int) -> Played:
    rng = random.Random(seed)
    facts: dict[str, Value] = {"flow": 1}
    net = link(shipped()["stage_3"], shipped())
    history = play(net, tokens, rng, facts)
    return Played(net=net, history=history, unrolled=unroll(history, shipped()))


def _agreed(one: Played) -> int:
    """Return how many steps agree: all of them."""
    found = replay(one.history, one.unrolled, one.witness(BpmnWorkflow))
    if found.disagreement is not None:
        raise RuntimeError(str(found.disagreement))
    return found.operations


def _ours(played: list[Played]) -> float:
    """Return the core's steps a CPU second."""
    count, spent = 0, 0.0
    for one in played * AGAIN:
        history, net = one.history, one.net
        first = history.steps[0].case
        marking = tokens.start(net, first).marking
        began = time.process_time()
        for step in history.steps:
            move = apply(net, tokens, marking, step.operation, case=step.case, have=step.have)
            marking = move.marking
        spent += time.process_time() - began
        count += len(history.steps)
        if not marking & net.ended:
            raise RuntimeError("the core did not come to the end")
    return count / spent


def _peer(played: list[Played], engine: type[BpmnWorkflow]) -> float:
    """Return SpiffWorkflow's steps a CPU second."""
    count, spent = 0, 0.0
    for one in played:
        witness = one.witness(engine)
        witness.start()
        for number, step in enumerate(one.history.steps):
            acts = witness.found(number, step.operation)
            began = time.process_time()
            witness.act(acts)
            spent += time.process_time() - began
            count += len(acts)
            witness.notice()
        if not witness.workflow.completed:
            raise RuntimeError("SpiffWorkflow did not come to the end")
    return count / spent
