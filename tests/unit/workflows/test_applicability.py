"""Which items apply, which facts are still asked, what is pulled in."""

import pytest

from tests.support.catalogues import changed, entry, shipped
from workflows.applicability import (
    Pull,
    applicable,
    bad_facts,
    contradictions,
    hard_needs,
    missing_facts,
    pulled_in,
)

SMALL: dict[str, bool | str] = {"land_supply": "granted", "eia": "none", "land_granted": True}


class TestMissingFacts:
    def test_always_holds_the_required_ones(self) -> None:
        for flow in shipped().flows:
            assert {"land_supply", "eia"} <= set(missing_facts(shipped(), flow, {}))

    def test_keeps_catalogue_order(self) -> None:
        missing = missing_facts(shipped(), 1, {})

        assert list(missing) == [code for code in shipped().facts if code in missing]

    def test_leaves_out_what_the_flow_never_asks(self) -> None:
        assert "waterway" in missing_facts(shipped(), 2, {})
        assert "waterway" not in missing_facts(shipped(), 1, {})
        assert "rural_collective_land" in missing_facts(shipped(), 6, {})

    def test_leaves_out_what_another_answer_settles(self) -> None:
        assert "traffic_scale" in missing_facts(shipped(), 1, {})
        assert "traffic_scale" not in missing_facts(shipped(), 1, {"area_assessed": True})
        assert "shelter_unsuitable" in missing_facts(shipped(), 5, {"civil_building": True})

    def test_leaves_out_a_branch_that_is_settled(self) -> None:
        applies = "flow == 2 and waterway or temporary_land"
        catalogue = changed(lambda tree: entry(tree, "items", "S1-06").update(applies=applies))

        asked = missing_facts(catalogue, 4, {})

        assert "temporary_land" in asked
        assert "waterway" not in asked

    def test_asks_what_can_only_contradict(self) -> None:
        assert "special_fire" in missing_facts(shipped(), 4, {})

    def test_asks_nothing_twice(self) -> None:
        asked = missing_facts(shipped(), 4, SMALL)

        assert set(SMALL).isdisjoint(asked)


class TestContradictions:
    @pytest.mark.parametrize(
        ("flow", "facts", "message"),
        [
            (1, {"land_supply": "granted"}, "use allocated land"),
            (3, {"land_supply": "allocated"}, "use granted land"),
            (5, {"approval_catalogue": True}, "use flow 3"),
            (4, {"major_project": True}, "cannot be a major project"),
            (2, {"special_fire": True}, "no fire-safety item"),
            (3, {"residential": True, "civil_building": False}, "is a civil building"),
        ],
    )
    def test_are_named(self, flow: int, facts: dict[str, bool | str], message: str) -> None:
        found = contradictions(shipped(), flow, facts)

        assert any(message in each.message.en for each in found)

    def test_are_not_claimed_of_open_facts(self) -> None:
        assert contradictions(shipped(), 3, {"residential": True}) == ()


class TestBadFacts:
    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"colour": True}, "facts.unknown"),
            ({"residential": "true"}, "facts.value_not_allowed"),
            ({"residential": 1}, "facts.value_not_allowed"),
            ({"eia": "letter"}, "facts.value_not_allowed"),
            ({"eia": True}, "facts.value_not_allowed"),
        ],
    )
    def test_are_named(self, facts: dict[str, bool | str], code: str) -> None:
        found = bad_facts(shipped(), 1, facts)

        assert [(each.code, each.field) for each in found] == [(code, next(iter(facts)))]

    def test_include_an_unknown_flow(self) -> None:
        assert [each.code for each in bad_facts(shipped(), 7, {})] == ["facts.flow_unknown"]

    def test_are_none_among_good_ones(self) -> None:
        assert bad_facts(shipped(), 3, SMALL) == ()


class TestApplicable:
    def test_follows_flow_and_facts(self) -> None:
        codes = applicable(shipped(), 3, {**SMALL, "approval_catalogue": False})

        assert "S1-05" in codes
        assert "S1-04" not in codes
        assert "S1-03" not in codes
        assert "S1-06" not in codes

    def test_leaves_out_what_is_unknown(self) -> None:
        assert "S1-12" not in applicable(shipped(), 3, SMALL)


class TestHardNeeds:
    def test_leaves_out_documents_that_nobody_applicable_makes(self) -> None:
        codes = applicable(shipped(), 4, SMALL)

        needs = hard_needs(shipped(), codes)

        assert set(needs) == codes
        assert needs["S3-12"] == {"D48", "D49", "D21"}

    def test_leaves_out_soft_needs(self) -> None:
        assert hard_needs(shipped(), {"S1-01", "S1-02"}) == {
            "S1-01": frozenset(),
            "S1-02": frozenset(),
        }


class TestPulledIn:
    def test_names_who_needs_what(self) -> None:
        codes = applicable(shipped(), 1, {"land_supply": "allocated", "beyond_code_highrise": True})

        assert pulled_in(shipped(), codes) == {
            "S1-06": Pull("S2-01", "D06"),
            "S2-06": Pull("S3-02", "D25"),
        }

    def test_leaves_an_item_whose_needer_does_not_apply(self) -> None:
        assert pulled_in(shipped(), {"S1-06"}) == {}

    def test_leaves_an_item_whose_document_a_mandated_one_makes(self) -> None:
        catalogue = changed(
            lambda tree: entry(tree, "items", "S1-05")["produces"].append("D06"),
        )

        assert pulled_in(catalogue, {"S1-05", "S1-06", "S2-01"}) == {}

    def test_goes_on_behind_a_pulled_in_item(self) -> None:
        catalogue = changed(
            lambda tree: entry(tree, "items", "S1-06").update(
                needs=[{"document": "D13", "kind": "hard", "source": "A"}]
            )
        )

        assert pulled_in(catalogue, {"S1-06", "S1-14", "S2-01"}) == {
            "S1-06": Pull("S2-01", "D06"),
            "S1-14": Pull("S1-06", "D13"),
        }
