from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from analysis.journey import Account, account, slot_holders
from cli.example import FACTS, FLOW, WAYS
from simulation.habits import Habits
from tests.support.journeys import Office, journey
from workflows import events as e


@cache
def office() -> Office:
    return journey(FLOW, FACTS, Habits(ways=WAYS))


def told(events: list[e.Event]) -> Account:
    return account(events)


def without(kind: type[e.Body], stage: int) -> list[e.Event]:
    """Return the log without the event of *kind* in *stage*."""
    return [
        event
        for event in office().events
        if not (isinstance(event.body, kind) and getattr(event.body, "stage", None) == stage)
    ]


def with_a_third_holder() -> list[e.Event]:
    """Return the log with one more slot taken where a pair starts."""
    events = list(office().events)
    at = next(i for i, event in enumerate(events) if isinstance(event.body, e.PairStarted))
    body = events[at].body
    assert isinstance(body, e.PairStarted)
    block = next(path for path in body.tokens.put if path.endswith(":slot")).rpartition("/")[0]
    tokens = replace(body.tokens, put=(*body.tokens.put, f"{block}/S1_99:slot"))
    events[at] = replace(events[at], body=replace(body, tokens=tokens))
    return events


class TestAccount:
    def test_of_the_example_is_complete(self) -> None:
        found = told(office().events)

        assert found.completed
        assert [stage for stage, _ in found.milestones] == [1, 2, 3, 4]
        assert found.max_slot_holders == 2
        assert found.events == len(office().events)

    def test_counts_every_applicable_item_once(self) -> None:
        project = office().project
        assert project is not None

        found = told(office().events)

        assert found.items_done == len(project.applicable)
        assert sum(stage.items_done for stage in found.stages) == found.items_done

    def test_tells_each_policy_with_its_stage(self) -> None:
        found = told(office().events)

        policies = [{pair.policy for pair in stage.pairs} for stage in found.stages[:4]]
        assert policies == [
            {e.Policy.CHOSEN},
            {e.Policy.DRAWN},
            {e.Policy.PLANNED},
            {e.Policy.CHOSEN},
        ]

    def test_saves_the_shorter_of_two_limits(self) -> None:
        found = told(office().events)

        pair = next(p for p in found.stages[0].pairs)
        assert (pair.days_saved, pair.baseline) == (10, "one_by_one")

    def test_sees_a_third_holder(self) -> None:
        assert told(with_a_third_holder()).max_slot_holders == 3

    @pytest.mark.parametrize("stage", [1, 2, 3, 4])
    def test_sees_a_dropped_milestone(self, stage: int) -> None:
        found = told(without(e.MilestoneReached, stage))

        assert [number for number, _ in found.milestones] == [n for n in (1, 2, 3, 4) if n != stage]
        assert not found.completed

    def test_is_not_completed_before_the_project_says_so(self) -> None:
        events = [ev for ev in office().events if not isinstance(ev.body, e.ProjectCompleted)]

        assert not told(events).completed

    def test_of_nothing_is_empty(self) -> None:
        found = told([])

        assert (found.stages, found.max_slot_holders, found.completed) == ((), 0, False)


class TestSlotHolders:
    def test_are_counted_for_each_stage_run_by_itself(self) -> None:
        found = slot_holders(office().events)

        assert {run: most for run, most in found.items() if most} == {
            (stage, 0): 2 for stage in (1, 2, 3, 4)
        }
