"""Scenario files: what is read, what is refused, and with which reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulation.check import check, checked
from simulation.errors import ScenarioError
from simulation.family import FAMILY, district, family, member
from simulation.files import assumptions, load
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
        assert found(edits=Edits(limits={"S1-08": 200})) == {"scenario.limit_beyond_stage"}

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
        listed = dict(assumptions(member("rolling", shipped())))

        assert listed["pairing.mode"] == "rolling"
        assert listed["chances.supplement"] == "0.15"
        assert listed["arrivals.kinds[0].flow"] == "1"
        assert "departments.housing.reviewers" in listed

    def test_name_every_member_of_the_family(self) -> None:
        assert [each.name for each in family(shipped())] == list(FAMILY)
