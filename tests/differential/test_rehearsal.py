"""The token core against SpiffWorkflow, on random histories; and proof that faults are seen."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from bpmn import tokens
from bpmn.diagram import Diagram, Kind, Result
from bpmn.errors import LinkError
from bpmn.library import shipped
from bpmn.net import Net, Node, link
from bpmn.rehearsal import Disagreement, Rehearsal, rehearse, replay
from bpmn.rehearsal_history import Open, attempts
from bpmn.rehearsal_player import Core, play
from bpmn.rehearsal_unroll import unroll
from bpmn.rehearsal_witness import Witness
from bpmn.tokens import Case, Move
from tests.support.catalogues import shipped as catalogue
from tests.support.facts import random_facts
from tests.support.small_stage import FACTS, diagrams

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

STAGES = ("stage_1", "stage_2", "stage_3", "stage_4", "stage_5")
MODES = ("rounds", "rolling")


def in_mode(definitions: Mapping[str, Diagram], mode: str) -> dict[str, Diagram]:
    """Copy *definitions* with every block of pairs in *mode*."""
    return {
        name: replace(
            diagram,
            elements=tuple(
                replace(element, pairing=replace(element.pairing, mode=mode))
                if element.pairing is not None
                else element
                for element in diagram.elements
            ),
        )
        for name, diagram in definitions.items()
    }


def rehearsed(process: str, mode: str, seed: int) -> Rehearsal:
    """Rehearse one history of a shipped process, with facts that a project could have."""
    definitions = in_mode(shipped(), mode)
    rng = random.Random(seed)
    flow = rng.randint(1, 6)
    facts = {"flow": flow, **random_facts(catalogue(), flow, rng)}
    net = link(definitions[process], definitions)
    return rehearse(net, definitions, rng=rng, facts=facts)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Name the seed in whatever goes wrong; `ABREAST_SEED=...` plays it again."""
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"seed {seed}")
        raise


def check(process: str, mode: str, seeds: Sequence[int]) -> None:
    """Fail unless both sides agree on the history of every seed."""
    for seed in seeds:
        with repeatable(seed):
            found = rehearsed(process, mode, seed)
            assert found.operations > 0
            assert found.disagreement is None


class TestShippedStages:
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("process", STAGES)
    def test_agree_with_spiffworkflow_after_every_operation(self, process: str, mode: str) -> None:
        check(process, mode, range(5))

    @pytest.mark.slow
    @pytest.mark.rehearse
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("process", STAGES)
    def test_agree_on_twenty_fresh_histories_in_each_mode(self, process: str, mode: str) -> None:
        first = int(os.environ.get("ABREAST_SEED") or random.SystemRandom().randrange(2**32))

        check(process, mode, range(first, first + 20))

    def test_agree_on_the_lifecycle(self) -> None:
        check("lifecycle", "rounds", range(10))


class TestSmallStage:
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("slots", [1, 2, 3])
    def test_agrees_for_every_mode_and_number_of_slots(self, mode: str, slots: int) -> None:
        definitions = diagrams(mode, slots)
        net = link(definitions["stage"], definitions)

        for seed in range(3):
            with repeatable(seed):
                found = rehearse(net, definitions, rng=random.Random(seed), facts=FACTS)

                assert found.disagreement is None

    def test_agrees_with_spiffworkflow_untouched(self) -> None:
        """The witness's index only saves time: SpiffWorkflow as installed says the same."""
        definitions = diagrams()
        history = play(link(definitions["stage"], definitions), tokens, random.Random(1), FACTS)
        unrolled = unroll(history, definitions)

        found = replay(history, unrolled, Witness(unrolled, FACTS, engine=BpmnWorkflow))

        assert found == Rehearsal(operations=len(history.steps), disagreement=None)

    def test_histories_hold_everything_that_can_happen(self) -> None:
        """Guards the player: an oracle that never saw a withdrawal proves nothing about it."""
        definitions = diagrams()
        net = link(definitions["stage"], definitions)
        histories = [play(net, tokens, random.Random(seed), FACTS) for seed in range(20)]

        kinds = {type(s.operation).__name__ for history in histories for s in history.steps}
        ends = {
            attempt.result
            for history in histories
            for listed in attempts(history).values()
            for attempt in listed
        }
        starts = {
            (len(step.operation.codes), step.operation.slots)
            for history in histories
            for step in history.steps
            if isinstance(step.operation, Open)
        }

        assert kinds == {"Open", "Complete", "Fire", "Cancel", "Decline", "Park"}
        assert ends == {Result.GRANTED, Result.REFUSED, Result.WITHDRAWN}
        assert {(1, True), (2, True), (1, False), (2, False)} <= starts
        assert any(history.sources for history in histories)
        assert any(history.declined for history in histories)

    def test_is_not_asked_about_a_timer_that_the_core_would_never_arm(self) -> None:
        definitions = diagrams()
        stage = definitions["stage"]
        moved = tuple(
            replace(element, host="S_1") if element.id == "late" else element
            for element in stage.elements
        )
        definitions["stage"] = replace(stage, elements=moved)

        with pytest.raises(LinkError) as refused:
            link(definitions["stage"], definitions)

        assert refused.value.params["reason"] == "boundary_event"

    def test_the_same_seed_plays_the_same_history(self) -> None:
        definitions = diagrams()
        net = link(definitions["stage"], definitions)

        first, second = (play(net, tokens, random.Random(7), FACTS) for _ in range(2))

        assert first == second


# -- seeded faults: each takes the place of the core, or spoils the compiled net


class Honest:
    """The token core behind a class, so that a fault can override one operation."""

    def __init__(self, core: Core = tokens) -> None:
        self.core = core

    def start(self, net: Net, case: Case) -> Move:
        return self.core.start(net, case)

    def open_items(  # noqa: PLR0913
        self,
        net: Net,
        marking: int,
        codes: Sequence[str],
        case: Case,
        *,
        have: Container[str],
        slots: bool = False,
    ) -> Move:
        return self.core.open_items(net, marking, codes, case, have=have, slots=slots)

    def complete(
        self, net: Net, marking: int, path: str, case: Case, outcome: str | None = None
    ) -> Move:
        return self.core.complete(net, marking, path, case, outcome)

    def fire(self, net: Net, marking: int, path: str, case: Case) -> Move:
        return self.core.fire(net, marking, path, case)

    def cancel(self, net: Net, marking: int, code: str) -> Move:
        return self.core.cancel(net, marking, code)

    def decline(self, net: Net, marking: int, code: str, case: Case) -> Move:
        return self.core.decline(net, marking, code, case)

    def park(self, net: Net, marking: int, code: str) -> Move:
        return self.core.park(net, marking, code)


class LeavesTimersArmed(Honest):
    def complete(
        self, net: Net, marking: int, path: str, case: Case, outcome: str | None = None
    ) -> Move:
        move = super().complete(net, marking, path, case, outcome)
        return move._replace(marking=move.marking | marking & net.node(path).armed)


class KeepsAFiredTimerArmed(Honest):
    def fire(self, net: Net, marking: int, path: str, case: Case) -> Move:
        move = super().fire(net, marking, path, case)
        node = net.node(path)
        keep = 0 if node.interrupting else node.bit
        return move._replace(marking=move.marking | keep)


class KeepsWhatAWithdrawalEnds(Honest):
    def cancel(self, net: Net, marking: int, code: str) -> Move:
        move = super().cancel(net, marking, code)
        return move._replace(marking=move.marking | marking & net.item(code).inside)


class ForgetsTheWithdrawnItem(Honest):
    def cancel(self, net: Net, marking: int, code: str) -> Move:
        move = super().cancel(net, marking, code)
        return move._replace(marking=move.marking & ~net.item(code).wanted)


class KeepsTheSlotOfAWithdrawnItem(Honest):
    def cancel(self, net: Net, marking: int, code: str) -> Move:
        move = super().cancel(net, marking, code)
        return move._replace(marking=move.marking | marking & net.item(code).slot)


class KeepsTheSlotOfAnEndedAttempt(Honest):
    def complete(
        self, net: Net, marking: int, path: str, case: Case, outcome: str | None = None
    ) -> Move:
        move = super().complete(net, marking, path, case, outcome)
        kept = 0
        for code, _ in move.ended:
            kept |= marking & net.item(code).slot
        return move._replace(marking=move.marking | kept)


class LosesTheRefusedItem(Honest):
    def complete(
        self, net: Net, marking: int, path: str, case: Case, outcome: str | None = None
    ) -> Move:
        move = super().complete(net, marking, path, case, outcome)
        lost = 0
        for code, result in move.ended:
            lost |= net.item(code).wanted if result is Result.REFUSED else 0
        return move._replace(marking=move.marking & ~lost)


class IgnoresNeeds(Honest):
    def open_items(  # noqa: PLR0913
        self,
        net: Net,
        marking: int,
        codes: Sequence[str],
        case: Case,
        *,
        have: Container[str],  # noqa: ARG002 - that is the fault
        slots: bool = False,
    ) -> Move:
        return super().open_items(net, marking, codes, case, have={"D1", "D2", "D3"}, slots=slots)


class TakesOneSlotTooMany(Honest):
    def open_items(  # noqa: PLR0913
        self,
        net: Net,
        marking: int,
        codes: Sequence[str],
        case: Case,
        *,
        have: Container[str],
        slots: bool = False,
    ) -> Move:
        wider = replace(
            net,
            blocks={
                number: replace(
                    block, pairing=replace(block.pairing, slots=block.pairing.slots + 1)
                )
                for number, block in net.blocks.items()
            },
        )
        return super().open_items(wider, marking, codes, case, have=have, slots=slots)


class StopsAtADeclinedItem(Honest):
    def decline(self, net: Net, marking: int, code: str, case: Case) -> Move:
        super().decline(net, marking, code, case)
        item = net.item(code)
        return Move(marking & ~item.wanted | item.left_out)


class ParksNobody(Honest):
    def park(self, net: Net, marking: int, code: str) -> Move:
        super().park(net, marking, code)
        return Move(marking)


def _nodes(net: Net, change: Callable[[Node], Node]) -> Net:
    return replace(net, nodes=tuple(change(node) for node in net.nodes))


def _join_fires_early(net: Net) -> Net:
    return _nodes(net, lambda node: replace(node, join=node.join & -node.join))


def _interrupting_timer_keeps_its_host(net: Net) -> Net:
    return _nodes(net, lambda node: replace(node, interrupting=False))


def _timers_are_never_armed(net: Net) -> Net:
    return _nodes(net, lambda node: replace(node, armed=0))


def _gateways_take_the_default(net: Net) -> Net:
    return _nodes(net, lambda node: replace(node, conditions=()))


def _a_fork_forgets_a_branch(net: Net) -> Net:
    return _nodes(
        net,
        lambda node: (
            replace(node, flows=node.flows[1:])
            if node.kind is Kind.PARALLEL and len(node.flows) > 1
            else node
        ),
    )


def _refusal_counts_as_a_grant(net: Net) -> Net:
    return _nodes(net, lambda node: replace(node, result=node.result and Result.GRANTED))


def _applies_is_ignored(net: Net) -> Net:
    return replace(
        net,
        items={
            code: replace(item, mark=replace(item.mark, applies=None))
            for code, item in net.items.items()
        },
    )


def _block_closes_on_wanted_items(net: Net) -> Net:
    inside = {code: item.inside for code, item in net.items.items()}
    return replace(
        net,
        blocks={
            number: replace(block, open=sum(inside[code] for code in block.items))
            for number, block in net.blocks.items()
        },
    )


def _first_item_reaches_the_milestone(net: Net) -> Net:
    return replace(net, join="any")


SEEDED_CORES = (
    LeavesTimersArmed,
    KeepsAFiredTimerArmed,
    KeepsWhatAWithdrawalEnds,
    ForgetsTheWithdrawnItem,
    KeepsTheSlotOfAWithdrawnItem,
    KeepsTheSlotOfAnEndedAttempt,
    LosesTheRefusedItem,
    IgnoresNeeds,
    TakesOneSlotTooMany,
    StopsAtADeclinedItem,
    ParksNobody,
)
SPOILT_NETS = (
    _join_fires_early,
    _interrupting_timer_keeps_its_host,
    _timers_are_never_armed,
    _gateways_take_the_default,
    _a_fork_forgets_a_branch,
    _refusal_counts_as_a_grant,
    _applies_is_ignored,
    _block_closes_on_wanted_items,
    _first_item_reaches_the_milestone,
)


def first_disagreement(net: Net, core: Core, seeds: int = 20) -> Disagreement | None:
    """Rehearse until the two sides part."""
    definitions = diagrams()
    for seed in range(seeds):
        found = rehearse(net, definitions, rng=random.Random(seed), facts=FACTS, core=core)
        if found.disagreement is not None:
            return found.disagreement
    return None


class TestSeededFaults:
    def test_the_honest_core_behind_the_same_class_agrees(self) -> None:
        definitions = diagrams()

        assert first_disagreement(link(definitions["stage"], definitions), Honest(), 5) is None

    @pytest.mark.parametrize("fault", SEEDED_CORES, ids=lambda fault: fault.__name__)
    def test_in_the_core_are_seen(self, fault: Callable[[], Core]) -> None:
        definitions = diagrams()

        assert first_disagreement(link(definitions["stage"], definitions), fault()) is not None

    @pytest.mark.parametrize("spoil", SPOILT_NETS, ids=lambda spoil: spoil.__name__.strip("_"))
    def test_in_the_compiled_net_are_seen(self, spoil: Callable[[Net], Net]) -> None:
        definitions = diagrams()
        net = spoil(link(definitions["stage"], definitions))

        assert first_disagreement(net, tokens) is not None
