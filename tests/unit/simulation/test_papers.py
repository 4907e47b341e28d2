"""What simulated owners hand in, when, and what a supplement has them bring."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from cli.example import FACTS, FLOW
from engine.library import shipped
from simulation.habits import Habits
from tests.support.journeys import START, Office, journey
from workflows import commands as c
from workflows import events as e
from workflows.materials import Shelf
from workflows.moments import local_date

CATALOGUE = shipped().catalogue
FORGETFUL = Habits(declined=0.3, supplemented=0.5, hands_in=START)


def supplied(office: Office) -> list[tuple[str, c.SupplyMaterial]]:
    """Return who handed what in, in order."""
    return [
        (order.actor.id, order.command)
        for order in office.orders
        if isinstance(order.command, c.SupplyMaterial)
    ]


def lacking(office: Office) -> dict[str, tuple[str, ...]]:
    """Return what each granted item never got, by item."""
    assert office.project is not None
    shelf = Shelf(office.project, CATALOGUE, 0, local_date(office.project.last_at))
    granted = [state.item for state in office.project.items.values() if state.granted]
    found = {code: shelf.checklist(code).missing for code in granted}
    return {code: missing for code, missing in found.items() if missing}


@pytest.fixture(scope="module")
def forgetful() -> Office:
    return journey(FLOW, FACTS, FORGETFUL, seed="forgetful")


class TestOwners:
    def test_hand_everything_in_that_is_granted(self) -> None:
        office = journey(FLOW, FACTS, Habits(hands_in=START))

        assert supplied(office)
        assert lacking(office) == {}

    def test_hand_nothing_in_unless_they_are_told_to(self) -> None:
        assert supplied(journey(FLOW, FACTS, Habits())) == []

    def test_hand_in_for_stages_that_are_filed_later_alone(self) -> None:
        whole = journey(FLOW, FACTS, Habits(hands_in=START))
        third = next(
            event.recorded_at
            for event in whole.events
            if isinstance(event.body, e.StageFiled) and event.body.stage == 3
        )

        late = journey(FLOW, FACTS, Habits(hands_in=third))

        asked = {
            stage: {m for i in CATALOGUE.items.values() if i.stage == stage for m in i.materials}
            for stage in (1, 2, 3, 4, 5)
        }
        codes = {command.material for _, command in supplied(late)}
        assert codes
        assert codes <= asked[3] | asked[4]

    def test_hand_in_at_the_minute_of_the_joint_application(self) -> None:
        office = journey(FLOW, FACTS, Habits(hands_in=START))
        filed = {
            event.recorded_at for event in office.events if isinstance(event.body, e.StageFiled)
        }

        first = next(
            order for order in office.orders if isinstance(order.command, c.SupplyMaterial)
        )

        assert first.at in filed

    def test_hand_each_material_in_once(self) -> None:
        handed = Counter(
            each.material for _, each in supplied(journey(FLOW, FACTS, Habits(hands_in=START)))
        )

        assert set(handed.values()) == {1}

    def test_bring_nothing_for_what_they_do_without(self, forgetful: Office) -> None:
        assert forgetful.project is not None
        declined = {s.item for s in forgetful.project.items.values() if s.declined}
        others = [CATALOGUE.items[c] for c in forgetful.project.applicable if c not in declined]
        wanted = {material for item in others for material in item.materials}

        assert declined
        assert {command.material for _, command in supplied(forgetful)} <= wanted


class TestSupplements:
    def test_ask_for_what_was_forgotten_and_get_it(self, forgetful: Office) -> None:
        asked = [
            order.command
            for order in forgetful.orders
            if isinstance(order.command, c.AskSupplement)
        ]
        handed = {command.material for _, command in supplied(forgetful)}

        assert asked
        assert {material for each in asked for material in each.missing} <= handed

    def test_are_answered_in_the_minute_in_which_the_material_comes(
        self, forgetful: Office
    ) -> None:
        answers = [
            at
            for at, order in enumerate(forgetful.orders)
            if isinstance(order.command, c.AnswerSupplement)
        ]

        assert answers
        for at in answers:
            before, answer = forgetful.orders[at - 1], forgetful.orders[at]
            if isinstance(before.command, c.SupplyMaterial):
                assert answer.at - before.at <= timedelta(minutes=1)

    def test_ask_for_nothing_that_is_the_result_of_an_item(self, forgetful: Office) -> None:
        asked = {
            material
            for order in forgetful.orders
            if isinstance(order.command, c.AskSupplement)
            for material in order.command.missing
        }

        assert all(CATALOGUE.materials[each].document is None for each in asked)

    def test_get_a_second_version_of_what_another_item_had_brought(self, forgetful: Office) -> None:
        assert forgetful.project is not None
        versions = Counter(command.material for _, command in supplied(forgetful))
        held = forgetful.project.materials.values()

        assert {each.material: each.version for each in held} == dict(versions)
        assert max(versions.values()) > 1


class TestTheSameProject:
    def test_hands_the_same_files_in(self, forgetful: Office) -> None:
        again = journey(FLOW, FACTS, FORGETFUL, seed="forgetful")

        assert again.orders == forgetful.orders
