"""The publish check: the shipped catalogue passes, every seeded fault is found and named."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.catalogues import changed, entry, shipped
from workflows.catalogue.check import check
from workflows.catalogue.findings import Finding, Severity

Tree = dict[str, Any]


def _errors(change: Callable[[Tree], object], samples: int = 0) -> list[Finding]:
    findings = check(changed(change), samples=samples)
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _item(code: str, **fields: object) -> Callable[[Tree], None]:
    return lambda changing: entry(changing, "items", code).update(fields)


def _need(
    code: str, document: str, kind: str = "hard", source: str = "A"
) -> Callable[[Tree], None]:
    need = {"document": document, "kind": kind, "source": source}
    return lambda changing: entry(changing, "items", code)["needs"].append(need)


class TestCheckOfTheShippedCatalogue:
    def test_finds_no_error(self) -> None:
        findings = check(shipped())

        assert [str(each) for each in findings if each.severity is Severity.ERROR] == []

    def test_warns_of_items_longer_than_their_stage(self) -> None:
        assert {
            (each.code, each.item, each.params["flow"]) for each in check(shipped(), samples=1)
        } == {
            ("catalogue.limit.beyond_stage", "S1-19", 3),
            ("catalogue.limit.beyond_stage", "S1-19", 6),
            ("catalogue.limit.beyond_stage", "S2-10", 4),
            ("catalogue.limit.beyond_stage", "S3-18", 4),
        }

    @pytest.mark.slow
    def test_finds_no_error_over_many_fact_sets(self) -> None:
        findings = check(shipped(), samples=1000)

        assert not any(each.severity is Severity.ERROR for each in findings)


class TestCheckOfPromises:
    @pytest.mark.parametrize(
        ("code", "days", "unit"),
        [("S1-12", 21, "working_day"), ("S2-13", 11, "working_day")],  # 20 working, 15 calendar
    )
    def test_refuses_a_promise_longer_than_the_statute(
        self, code: str, days: int, unit: str
    ) -> None:
        limit = {"days": days, "unit": unit, "source": "A"}
        (found,) = _errors(_item(code, committed_limit=limit))

        assert (found.code, found.item) == ("catalogue.limit.beyond_statute", code)

    @pytest.mark.parametrize(
        ("code", "fields", "expected"),
        [
            ("S2-19", {"committed_limit": None, "statutory_limit": None}, "of_nothing"),
            ("S2-02", {"statutory_limit": {"days": 30, "unit": "calendar_day"}}, "unit"),
        ],
    )
    def test_refuses_an_extension_of_nothing_or_of_other_days(
        self, code: str, fields: dict[str, Any], expected: str
    ) -> None:
        rule = {"days": 10, "unit": "working_day", "source": "XKF42"}
        limits = {name: each and {**each, "source": "A"} for name, each in fields.items()}
        (found,) = _errors(_item(code, extension=rule, **limits))

        assert (found.code, found.item) == (f"catalogue.extension.{expected}", code)

    def test_refuses_a_stage_limit_that_the_national_tables_do_not_take(self) -> None:
        def change(tree: Tree) -> None:
            entry(tree, "flows", 3)["stage_limits"] = [17, 25, 51, 13]

        assert [found.code for found in _errors(change)] == ["catalogue.flow.stage_limit"]

    @pytest.mark.parametrize(("limit", "warned"), [(45, False), (46, True), (50, True)])
    def test_warns_of_a_stage_that_is_longer_than_the_law_gives_joint_handling(
        self, limit: int, *, warned: bool
    ) -> None:
        def change(tree: Tree) -> None:
            entry(tree, "flows", 3)["stage_limits"] = [17, 25, limit, 13]

        found = check(changed(change), samples=0)

        assert ("catalogue.flow.beyond_statute" in {each.code for each in found}) is warned
        assert not [each for each in found if each.severity is Severity.ERROR]

    def test_warns_of_stages_that_are_longer_than_the_whole(self) -> None:
        def change(tree: Tree) -> None:
            entry(tree, "flows", 3)["stage_limits"] = [17, 25, 26, 13]

        found = check(changed(change), samples=0)

        assert "catalogue.flow.beyond_whole" in {each.code for each in found}


class TestCheckOfReferences:
    @pytest.mark.parametrize(
        ("change", "code", "item", "field"),
        [
            (_item("S1-06", department="nobody"), "department", "S1-06", "department"),
            (_item("S1-06", jointly=["nobody"]), "department", "S1-06", "jointly[0]"),
            (_item("S1-06", materials=["M999"]), "material", "S1-06", "materials[0]"),
            (_item("S1-06", produces=["D999"]), "document", "S1-06", "produces[0]"),
            (_item("S1-06", flows=[1, 9]), "flow", "S1-06", "flows[1]"),
            (_item("S1-06", type="许可"), "type", "S1-06", "type"),
            (
                _item("S1-06", national_coupling="并"),
                "national_coupling",
                "S1-06",
                "national_coupling",
            ),
            (
                _item("S1-06", special_procedures=[{"procedure": "dance", "source": "A"}]),
                "procedure",
                "S1-06",
                "special_procedures[0].procedure",
            ),
            (
                _item("S1-06", committed_limit={"days": 1, "unit": "working_day", "source": "X"}),
                "source",
                "S1-06",
                "committed_limit.source",
            ),
            (_need("S1-06", "D999"), "document", "S1-06", "needs[0].document"),
            (_need("S1-06", "D01", source="X"), "source", "S1-06", "needs[0].source"),
            (
                lambda changing: changing["stages"][0].update(lead="nobody"),
                "department",
                "1",
                "lead",
            ),
            (
                lambda changing: entry(changing, "documents", "D02")["validity"].update(source="X"),
                "source",
                "D02",
                "validity.source",
            ),
            (
                lambda changing: changing["materials"][0].update(document="D999"),
                "document",
                "M001",
                "document",
            ),
            (
                lambda changing: changing["flows"][0].update(limit_source="X"),
                "source",
                "1",
                "limit_source",
            ),
        ],
    )
    def test_finds_an_unknown_code(
        self, change: Callable[[Tree], object], code: str, item: str, field: str
    ) -> None:
        found = [(each.code, each.item, each.field) for each in _errors(change)]

        assert found == [(f"catalogue.unknown.{code}", item, field)]

    def test_finds_a_missing_stage(self) -> None:
        codes = {each.code for each in _errors(lambda changing: changing["stages"].pop(1))}

        assert codes == {"catalogue.stage.missing", "catalogue.unknown.stage"}

    def test_finds_a_stage_that_never_closes(self) -> None:
        found = _errors(lambda changing: changing["stages"][1].update(join=None))

        assert [(each.code, each.item) for each in found] == [("catalogue.stage.no_join", "2")]

    def test_finds_a_code_of_another_stage(self) -> None:
        found = _errors(_item("S1-12", stage=2))

        assert [each.code for each in found] == ["catalogue.code.other_stage"]

    def test_warns_of_a_need_that_nobody_meets(self) -> None:
        def change(changing: Tree) -> None:
            _item("S1-13", produces=[])(changing)
            _need("S1-14", "D12")(changing)

        findings = check(changed(change), samples=1)

        assert ("catalogue.need.no_producer", Severity.WARNING, "S1-14") in {
            (each.code, each.severity, each.item) for each in findings
        }


class TestCheckOfConditions:
    @pytest.mark.parametrize(
        ("applies", "code", "value"),
        [
            ("purple", "catalogue.unknown.fact", "purple"),
            ("eia == 'letter'", "catalogue.condition.unlisted_value", "letter"),
            ("eia in ['form', 'letter']", "catalogue.condition.unlisted_value", "letter"),
            ("flow == 9", "catalogue.condition.unlisted_value", "9"),
            ("eia", "catalogue.condition.wrong_type", "eia"),
            ("eia == 3", "catalogue.condition.wrong_type", "eia == 3"),
            ("eia < 'form'", "catalogue.condition.wrong_type", "eia < form"),
            ("residential == 'yes'", "catalogue.condition.wrong_type", "residential == yes"),
            ("residential > 1", "catalogue.condition.wrong_type", "residential > 1"),
            ("flow", "catalogue.condition.wrong_type", "flow"),
            ("flow == true", "catalogue.condition.wrong_type", "flow == True"),
            ("residential == civil_building", "catalogue.condition.wrong_type", "residential =="),
        ],
    )
    def test_finds_what_can_never_be_answered(self, applies: str, code: str, value: str) -> None:
        found = _errors(_item("S1-06", applies=applies))[0]

        assert (found.code, found.item, found.field) == (code, "S1-06", "applies")
        assert found.params["value"] == value

    def test_finds_it_in_a_contradiction(self) -> None:
        found = _errors(lambda changing: changing["contradictions"][2].update(when="purple"))

        assert [each.field for each in found] == ["contradictions[2].when"]

    @pytest.mark.parametrize(
        "applies", ["residential == true", "eia in ['form', 'none']", "flow < 3", "flow not in [2]"]
    )
    def test_takes_what_is_right(self, applies: str) -> None:
        assert _errors(_item("S1-12", applies=applies)) == []


class TestCheckOfLimits:
    @pytest.mark.parametrize(
        ("days", "unit", "errors"),
        [(17, "working_day", 0), (18, "working_day", 1), (25, "calendar_day", 0)],
    )
    def test_refuses_a_mandated_item_longer_than_its_stage(
        self, days: int, unit: str, errors: int
    ) -> None:
        limit = {"days": days, "unit": unit, "source": "A"}

        found = _errors(_item("S1-05", committed_limit=limit, flows=[3]))

        assert [each.code for each in found] == ["catalogue.limit.beyond_stage"] * errors

    def test_leaves_stage_five_without_a_limit(self) -> None:
        limit = {"days": 300, "unit": "working_day", "source": "A"}

        assert _errors(_item("S5-01", committed_limit=limit)) == []


class TestCheckOfOrder:
    def test_names_a_circle(self) -> None:
        found = _errors(_need("S1-03", "D09"))

        assert [(each.code, each.params["path"]) for each in found] == [
            ("catalogue.cycle", "S1-03 -> S1-09 -> S1-03")
        ]

    def test_names_an_item_that_needs_itself(self) -> None:
        found = _errors(_need("S1-06", "D06"))

        assert [each.params["path"] for each in found] == ["S1-06 -> S1-06"]

    def test_names_the_deadlock_of_a_milestone(self) -> None:
        found = _errors(_need("S1-08", "D39"))

        assert {each.code for each in found} == {"catalogue.milestone.unreachable"}
        assert {each.params["flow"] for each in found} == {3, 4, 5, 6}
        assert {each.params["path"] for each in found} == {"S1-08 <- D39 <- S3-01"}

    def test_counts_on_utilities_alongside(self) -> None:
        assert _errors(_need("S1-08", "D79")) == []

    def test_counts_on_pulled_in_items_but_not_of_a_later_stage(self) -> None:
        assert _errors(_need("S2-02", "D28")) == []

        found = _errors(_need("S2-02", "D52"))
        assert {each.params["path"] for each in found} == {"S2-02 <- D52 <- S3-14"}

    def test_does_not_count_on_what_an_owner_may_decline(self) -> None:
        # S1-14 makes D13 in time, but it may be declined: it is not pulled in while a mandated
        # item, here one of stage 2, makes the same document.
        def change(changing: Tree) -> None:
            _item("S1-14", applies=None)(changing)
            _item("S2-03", applies=None, produces=["D22", "D13"])(changing)
            _need("S1-08", "D13")(changing)

        found = _errors(change)

        assert {each.params["path"] for each in found} == {"S1-08 <- D13 <- S2-03"}
        assert {each.params["flow"] for each in found} == {3, 4, 5}

    def test_finds_a_deadlock_that_only_some_facts_show(self) -> None:
        def change(changing: Tree) -> None:
            _item("S3-15", applies="night_work and temporary_land")(changing)
            _need("S2-02", "D53")(changing)

        found = _errors(change, samples=20)

        assert "night_work=True" in str(found[0].params["facts"])
        assert found[0].params["path"] == "S2-02 <- D53 <- S3-15"

    def test_finds_a_flow_that_no_facts_fit(self) -> None:
        def change(changing: Tree) -> None:
            changing["contradictions"].append(
                {"when": "flow == 5 and true", "message": "无", "message_en": "None"}
            )

        found = _errors(change)

        assert [(each.code, each.params["flow"]) for each in found] == [
            ("catalogue.flow.impossible", 5)
        ]

    def test_finds_a_stage_whose_milestone_may_be_missing(self) -> None:
        found = _errors(_item("S3-12", applies="residential"))

        assert {"catalogue.milestone.not_certain", "catalogue.milestone.unreachable"} == {
            each.code for each in found
        }
        assert {each.params["stage"] for each in found} == {3}
