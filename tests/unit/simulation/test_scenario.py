"""Scenario files: what is read, what is refused, and with which reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulation.assumptions import assumptions, supposed
from simulation.cautions import cautions
from simulation.check import check, checked
from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, family, member
from simulation.files import load
from simulation.model import model_of
from simulation.scenario import (
    UNLIMITED,
    Department,
    Duration,
    Edits,
    Kind,
    Mode,
    Pairing,
    Policy,
    Scenario,
    Shape,
)
from tests.support.catalogues import shipped
from workflows.catalogue.values import Coupling
from workflows.texts import LOCALES, text

if TYPE_CHECKING:
    from workflows.catalogue.findings import Finding

HEAD = 'version = 1\nname = "mine"\n'


def codes(findings: tuple[Finding, ...]) -> set[str]:
    """Return what was found; both languages can say it."""
    for found in findings:
        for locale in LOCALES:
            assert "{" not in text(found.code, locale, **found.named)
    return {found.code for found in findings}


def refused(content: str) -> set[str]:
    """Return why a file is refused."""
    with pytest.raises(ScenarioError) as caught:
        load(content, shipped())
    return codes(caught.value.findings)


def found(**changes: object) -> set[str]:
    """Return what is wrong with the district when some of it is changed."""
    scenario: Scenario = replace(district(shipped()), **changes)  # type: ignore[arg-type]
    return codes(check(scenario, shipped()))


class TestLoad:
    def test_reads_toml_over_its_base(self) -> None:
        content = HEAD + (
            'base = "rolling"\nseed = 9\n[pairing]\nslots = "unlimited"\n'
            '[catalogue.couplings]\n"S1-14" = "free"\n'
            '[[catalogue.needs]]\nitem = "S1-08"\ndocument = "D05"\nhard = false\n'
            "[departments.housing]\nreviewers = 7\nclosed = [4]\n"
            '[chances.answer]\nshape = "uniform"\nvalues = [1, 2]\n'
        )

        scenario = load(content, shipped())

        assert scenario.pairing == Pairing(
            policy=Policy.PLANNED, mode=Mode.ROLLING, slots=UNLIMITED
        )
        assert scenario.edits == Edits(
            couplings={"S1-14": Coupling.FREE}, needs={("S1-08", "D05"): False}
        )
        assert scenario.departments == {"housing": Department(reviewers=7, closed=(4,))}
        assert scenario.chances.answer == Duration(shape=Shape.UNIFORM, values=(1.0, 2.0))
        assert scenario.arrivals == district(shipped()).arrivals
        assert scenario.seed == 9

    def test_reads_json_alike(self) -> None:
        tree = {"version": 1, "name": "mine", "pairing": {"policy": "drawn"}}

        assert load(json.dumps(tree), shipped()) == load(
            HEAD + '[pairing]\npolicy = "drawn"\n', shipped()
        )

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ("name = ", "scenario.unreadable"),
            ("a" + ".a" * 20_000 + " = 1", "scenario.unreadable"),
            ("{", "scenario.unreadable"),
            ('name = "x"', "scenario.field.missing"),
            ('version = 2\nname = "x"', "scenario.field.out_of_range"),
            (HEAD + "colour = 1", "scenario.field.unknown"),
            (HEAD + 'seed = "a"', "scenario.field.wrong_type"),
            (HEAD + "[pairing]\nslots = 0", "scenario.field.out_of_range"),
            (HEAD + "[chances]\nrefused = 1.5", "scenario.field.out_of_range"),
            (HEAD + '[service.items.S1-08]\nshape = "empirical"', "scenario.field.missing"),
            (HEAD + 'base = "heaven"', "scenario.base_unknown"),
            ("#" + " " * 1024 * 1024, "scenario.too_long"),
        ],
    )
    def test_refuses_what_is_misshapen(self, content: str, code: str) -> None:
        assert refused(content) == {code}

    @pytest.mark.parametrize(
        "content", ['{"a": ' + "[" * 5_000, "a = 1" + "0" * 5_000, "a = " + "[" * 5_000]
    )
    def test_says_what_nobody_wrote_in_the_readers_language(self, content: str) -> None:
        with pytest.raises(ScenarioError) as caught:
            load(content, shipped())

        chinese = text("scenario.unreadable", "zh-CN", **caught.value.findings[0].params)
        assert not re.search(r"[a-z]{4}", chinese)


class TestCheck:
    @pytest.mark.parametrize("name", FAMILY)
    def test_finds_nothing_wrong_with_the_family(self, name: str) -> None:
        scenario = member(name, shipped())

        assert checked(scenario, shipped()) == scenario

    def test_names_what_nobody_knows(self) -> None:
        edits = Edits(couplings={"S9-01": Coupling.FREE}, needs={("S1-08", "D99"): True})

        assert found(edits=edits, departments={"heaven": Department(reviewers=1)}) == {
            "scenario.item_unknown",
            "scenario.need_unknown",
            "scenario.department_unknown",
        }

    def test_refuses_an_item_that_waits_for_a_dropped_one(self) -> None:
        assert found(edits=Edits(dropped=("S1-05",))) == {"scenario.waits_for_dropped"}

    def test_lets_an_item_be_dropped_that_nobody_must_wait_for(self) -> None:
        edits = Edits(dropped=("S1-05",), needs={("S1-08", "D05"): False})

        assert found(edits=edits) == set()

    def test_refuses_changes_of_a_dropped_item(self) -> None:
        edits = Edits(dropped=("S1-14",), limits={"S1-14": 3})

        assert "scenario.dropped_and_changed" in found(edits=edits)

    @pytest.mark.parametrize(
        ("department", "code"),
        [
            (Department(reviewers=0), "scenario.no_reviewers"),
            (Department(reviewers=1, closed=(0, 1, 2, 3, 4)), "scenario.always_closed"),
        ],
    )
    def test_refuses_a_department_that_never_works(self, department: Department, code: str) -> None:
        assert found(departments={"housing": department}) == {code}

    def test_lets_a_department_rest_that_has_nothing_to_do(self) -> None:
        idle = next(
            code
            for code in shipped().departments
            if code not in {item.department for item in shipped().items.values()}
        )

        assert found(departments={idle: Department(reviewers=0)}) == set()

    @pytest.mark.parametrize(
        ("pairing", "code"),
        [
            (Pairing(slots=3), "scenario.rounds_of_two"),
            (Pairing(slots=1), "scenario.no_room_for_two"),
        ],
    )
    def test_refuses_slots_that_contradict_the_policy(self, pairing: Pairing, code: str) -> None:
        assert found(pairing=pairing) == {code}

    def test_refuses_a_mandated_item_longer_than_its_stage(self) -> None:
        assert "scenario.limit_beyond_stage" in found(edits=Edits(limits={"S1-08": 200}))

    def test_refuses_a_limit_beyond_the_laws(self) -> None:
        free = next(
            item.code
            for item in shipped().items.values()
            if item.statutory_limit is not None and item.coupling is Coupling.FREE
        )

        assert found(edits=Edits(limits={free: 300})) == {"catalogue.limit.beyond_statute"}

    @pytest.mark.parametrize("coupling", [c for c in Coupling if c is not Coupling.FREE])
    def test_refuses_another_class_in_the_stage_that_runs_alongside(
        self, coupling: Coupling
    ) -> None:
        edits = Edits(couplings={item.code: coupling for item in shipped().items_of(5)})

        assert "move.rule.alongside" in found(edits=edits)

    @pytest.mark.parametrize("stage", [1, 2, 3, 4])
    def test_refuses_to_drop_what_makes_a_milestone(self, stage: int) -> None:
        gone = tuple(item.code for item in shipped().items_of(stage) if item.milestone)
        waiting = {
            (item.code, need.document): False
            for item in shipped().items.values()
            if item.code not in gone
            for need in item.needs
        }

        assert found(edits=Edits(dropped=gone, needs=waiting)) == {
            "catalogue.milestone.not_certain"
        }

    def test_refuses_to_drop_everything(self) -> None:
        assert found(edits=Edits(dropped=tuple(shipped().items))) == {
            "catalogue.milestone.not_certain"
        }

    def test_refuses_to_mandate_an_item_longer_than_its_stage(self) -> None:
        longer = Edits(couplings={"S1-19": Coupling.MANDATED})

        assert found(edits=longer) == {"scenario.limit_beyond_stage"}

    def test_refuses_needs_that_go_in_a_circle(self) -> None:
        soft = next(
            (item.code, need.document)
            for item in shipped().items.values()
            for need in item.needs
            if not need.hard
        )

        assert found(edits=Edits(needs={soft: True})) <= {"catalogue.cycle"}

    def test_refuses_kinds_that_could_not_be_filed(self) -> None:
        arrivals = district(shipped()).arrivals
        kinds = (Kind(flow=3, facts={}), Kind(flow=9, facts={}), Kind(flow=3, facts={"x": True}))

        wrong = found(arrivals=replace(arrivals, kinds=kinds))

        assert {"scenario.fact_missing", "facts.flow_unknown", "facts.unknown"} <= wrong

    def test_refuses_a_run_that_is_all_warm_up(self) -> None:
        arrivals = replace(district(shipped()).arrivals, warm_up=500)

        assert found(arrivals=arrivals) == {"scenario.all_warm_up"}


class TestAssumptions:
    def test_list_what_was_said_and_what_was_not(self) -> None:
        supposed = assumptions(member("rolling", shipped()))

        listed = {name: said for each in supposed for name, said in each.lines.items()}
        assert listed["pairing.mode"] == "rolling"
        assert listed["chances.supplement"] == "0.15"
        assert listed["arrivals.kinds[0].flow"] == "1"
        assert "departments.housing.reviewers" in listed

    def test_tell_of_departments_in_which_nobody_ever_waits(self) -> None:
        staff = dict(district(shipped()).departments)
        del staff["natural_resources"]
        staff["housing"] = Department(reviewers=None)
        model = model_of(replace(district(shipped()), departments=staff), shipped())

        listed = supposed(model)

        assert listed["departments.natural_resources.reviewers"] == "unlimited"
        assert listed["departments.housing.reviewers"] == "unlimited"
        assert listed["departments.water.reviewers"] == str(staff["water"].reviewers)

    def test_tell_what_a_run_rests_on(self) -> None:
        model = model_of(member("rolling", shipped()), shipped())

        listed = supposed(model)

        assert listed["catalogue.hash"] == shipped().hash
        assert listed["calendar.first_day"] == "2026-01-05"
        assert listed["calendar.hours_a_day"] == "8"
        assert "withdrawals" in listed["left_out"]

    def test_name_every_member_of_the_family(self) -> None:
        assert [each.name for each in family(shipped())] == list(FAMILY)


class TestCautions:
    @pytest.mark.parametrize("name", FAMILY)
    def test_say_nothing_of_the_family(self, name: str) -> None:
        assert cautions(member(name, shipped()), shipped()) == ()

    def test_name_the_rule_against_a_change_that_can_be_tried(self) -> None:
        edits = Edits(
            couplings={"S2-05": Coupling.FREE},
            needs={("S1-08", "D05"): False},
            dropped=("S1-09",),
        )

        found = cautions(replace(district(shipped()), edits=edits), shipped())

        rules = {(each.item, each.why.rule) for each in found}
        assert {("S1-09", "national"), ("S2-05", "national")} < rules
        assert {item for item, _ in rules} == {"S1-08", "S1-09", "S2-05"}
        for each in found:
            assert each.item in text(f"move.rule.{each.why.rule}", **each.why.params)
