"""A planner's plan: changes completed, counted, written down and read again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simulation.changes import Change, What
from simulation.errors import ScenarioError
from simulation.files import load
from simulation.plan import MINE, as_json, as_toml, planned, tree_said
from simulation.scenario import Mode, Pairing, Policy
from tests.support.catalogues import shipped

if TYPE_CHECKING:
    from simulation.plan import Plan
    from simulation.scenario import Scenario

ITEM = "S1-14"  # pairable, and nobody waits for it
TIMES = {ITEM: {"shape": "fixed", "days": 4.0}, "S1-08": {"shape": "fixed", "days": 2.0}}
FITTED = json.dumps(
    {
        "version": 1,
        "name": "fitted",
        "service": {"items": TIMES, "factors": {ITEM: 1.5}},
        "chances": {"supplement": 0.1, "supplements": {ITEM: 0.2, "S1-08": 0.9}},
        "departments": {"housing": {"reviewers": 40, "closed": [4]}, "water": {}},
    }
)


def change(what: str, to: str, of: str = "") -> Change:
    return Change(what=What(what), of=of, to=to)


def plan(*changes: Change, of: str = "district") -> Plan:
    return planned(of, changes, shipped())


def scenario(found: Plan) -> Scenario:
    return load(found.text, shipped())


def tree(found: Plan) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(found.text)
    return known


def pairing(*changes: Change, of: str = "district") -> tuple[str, str, int]:
    found = scenario(plan(*changes, of=of)).pairing
    return found.policy.value, found.mode.value, found.slots


class TestTheFile:
    def test_says_nothing_that_is_not_changed(self) -> None:
        assert tree(plan()) == {"version": 1, "name": MINE}
        assert tree(plan(of="rolling")) == {"version": 1, "name": MINE, "base": "rolling"}

    def test_keeps_all_of_the_scenario_that_it_began_with(self) -> None:
        found = plan(change("reviewers", "41", "housing"), change("committed", "0.5"), of=FITTED)

        known = tree(found)
        assert known["departments"] == {"housing": {"reviewers": 41, "closed": [4]}, "water": {}}
        assert known["chances"]["committed"] == 0.5
        assert known["service"] == json.loads(FITTED)["service"]

    def test_is_the_same_scenario_as_toml(self) -> None:
        found = plan(change("class", "free", ITEM), change("slots", "unlimited"), of=FITTED)
        known = tree_said(found.text)

        assert load(as_toml(known), shipped()) == scenario(found)
        assert load(as_json(known), shipped()) == scenario(found)

    def test_leaves_out_what_is_nothing_as_toml(self) -> None:
        known = {"version": 1, "name": "x", "departments": {"housing": {"reviewers": None}}}

        assert load(as_toml(known), shipped()).departments["housing"].reviewers is None

    def test_has_the_name_that_it_is_given(self) -> None:
        found = plan(change("name", "全部放开"), of=FITTED)

        assert scenario(found).name == "全部放开"
        assert tree(plan(of=found.text))["name"] == "全部放开"

    def test_takes_back_what_a_built_in_scenario_changes(self) -> None:
        freed = load("version = 1\nname = 'x'\nbase = 'all_free'", shipped()).edits.couplings
        back = [change("class", "pairable", code) for code in freed]

        assert scenario(plan(*back, of="all_free")).edits.couplings == {}


class TestAClass:
    def test_is_no_change_where_the_catalogue_has_it(self) -> None:
        found = plan(change("class", "free", ITEM), change("class", "pairable", ITEM))

        assert (found.changes, tree(found)) == ((), {"version": 1, "name": MINE})

    def test_of_a_dropped_item_takes_along_what_the_plan_says_of_it(self) -> None:
        found = plan(
            change("class", "free", ITEM),
            change("limit", "3", ITEM),
            change("class", "dropped", ITEM),
        )

        assert tree(found)["catalogue"] == {"dropped": [ITEM]}
        assert found.changes == (change("class", "dropped", ITEM),)

    def test_drops_an_item_of_what_happened_here(self) -> None:
        found = scenario(plan(change("class", "dropped", ITEM), of=FITTED))

        assert found.service.items.keys() == {"S1-08"}
        assert (found.service.factors, found.chances.supplements) == ({}, {"S1-08": 0.9})

    def test_brings_back_what_was_known_of_a_dropped_item(self) -> None:
        dropped = plan(change("class", "dropped", ITEM), of=FITTED)

        again = scenario(plan(change("class", "pairable", ITEM), of=dropped.text))

        assert again.service == load(FITTED, shipped()).service

    def test_drops_what_the_base_has_set_free(self) -> None:
        content = f'version = 1\nname = "x"\nbase = "all_free"\n[catalogue]\ndropped = ["{ITEM}"]'

        assert ITEM not in load(content, shipped()).edits.couplings

    def test_of_an_item_that_others_wait_for_is_refused(self) -> None:
        with pytest.raises(ScenarioError, match="waits_for_dropped"):
            plan(change("class", "dropped", "S1-05"))

    def test_that_is_none_is_refused(self) -> None:
        with pytest.raises(ScenarioError, match="change_unfit"):
            plan(change("class", "heaven", ITEM))


class TestPairing:
    def test_is_completed(self) -> None:
        assert pairing(change("policy", "single")) == ("single", "rounds", 1)
        assert pairing(change("policy", "single"), of="rolling") == ("single", "rounds", 1)
        assert pairing(change("slots", "1")) == ("single", "rounds", 1)
        assert pairing(change("slots", "3")) == ("chosen", "rolling", 3)
        assert pairing(change("slots", "unlimited")) == ("chosen", "rolling", 0)
        assert pairing(change("policy", "drawn"), of="one_by_one") == ("drawn", "rounds", 2)
        three = plan(change("slots", "3")).text
        assert pairing(change("mode", "rounds"), of=three) == ("chosen", "rounds", 2)
        assert pairing(change("mode", "rolling")) == ("chosen", "rolling", 2)
        assert pairing(change("slots", "2"), of="one_by_one") == ("chosen", "rounds", 2)
        assert pairing(change("slots", "3"), of="one_by_one") == ("chosen", "rolling", 3)

    def test_says_what_follows(self) -> None:
        found = plan(change("policy", "single"))

        assert found.changes == (change("policy", "single"),)
        assert found.follows == (change("slots", "1"),)

    def test_takes_the_later_of_two_choices(self) -> None:
        found = plan(change("policy", "single"), change("slots", "2"), change("policy", "chosen"))

        assert scenario(found).pairing == Pairing(policy=Policy.CHOSEN, mode=Mode.ROUNDS, slots=2)
        assert found.changes == ()


class TestASupplement:
    def test_moves_the_rates_of_items_in_proportion(self) -> None:
        found = scenario(plan(change("supplement", "0.2"), of=FITTED)).chances

        assert (found.supplement, found.supplements) == (0.2, {ITEM: 0.4, "S1-08": 1.0})

    def test_can_come_to_an_end(self) -> None:
        found = plan(change("supplement", "0"), of=FITTED)

        assert set(scenario(found).chances.supplements.values()) == {0.0}


@pytest.mark.parametrize(
    ("what", "of", "to", "code"),
    [
        ("limit", ITEM, "0", "scenario.field.out_of_range"),
        ("limit", ITEM, "three", "scenario.change_unfit"),
        ("need", "S1-08:D05", "maybe", "scenario.change_unfit"),
        ("need", "S1-08:D99", "soft", "scenario.need_unknown"),
        ("class", "S9-99", "free", "scenario.item_unknown"),
        ("reviewers", "housing", "0", "scenario.no_reviewers"),
        ("reviewers", "heaven", "3", "scenario.department_unknown"),
        ("slots", "", "0", "scenario.change_unfit"),
        ("precheck", "", "nan", "scenario.field.wrong_type"),
        ("precheck", "", "2", "scenario.field.out_of_range"),
        ("name", "", "", "scenario.field.wrong_type"),
    ],
)
def test_a_plan_refuses_what_nobody_could_mean(what: str, of: str, to: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        plan(change(what, to, of))

    assert [each.code for each in caught.value.findings] == [code]
