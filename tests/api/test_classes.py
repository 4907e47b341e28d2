from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.schemas.classes import ClassesSchema
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


def board(office: LiveOffice, query: str, stage: int = 2, who: str = "stage-lead") -> Any:
    return office.get(f"/stages/{stage}/classes?{query}", who)


def item(found: dict[str, Any], code: str) -> dict[str, Any]:
    row: dict[str, Any] = next(each for each in found["items"] if each["item"] == code)
    return row


class TestTheBoard:
    def test_is_what_the_contract_says(self, still: LiveOffice) -> None:
        answer = board(still, "flow=1")

        assert answer.status_code == 200, answer.text
        assert ClassesSchema().validate(answer.get_json()) == {}

    def test_holds_every_item_with_every_other_class(self, still: LiveOffice) -> None:
        found = board(still, "flow=1").get_json()

        assert len(found["items"]) == 19
        assert all(len(each["moves"]) == 3 for each in found["items"])
        assert (found["limit"], found["days"], found["met"]) == (20, 40, False)

    def test_tells_the_fewest_moves_that_meet_the_limit(self, still: LiveOffice) -> None:
        found = board(still, "flow=1").get_json()["fewest"]

        assert [each["item"] for each in found["moves"]] == ["S2-10", "S2-08", "S2-07"]
        assert all(each["without"] > 20 for each in found["moves"])
        assert (found["met"], found["least"], found["proved"]) == (True, 3, True)

    def test_is_told_as_it_is_after_the_moves_made(self, still: LiveOffice) -> None:
        alone = item(board(still, "flow=1").get_json(), "S2-10")
        free = next(each for each in alone["moves"] if each["to"] == "free")

        found = board(still, "flow=1&moves=S2-10:free").get_json()

        moved = item(found, "S2-10")
        assert (moved["was"], moved["coupling"], moved["slot"]) == ("pairable", "free", False)
        assert (found["today"], found["days"]) == (40, free["days"])
        assert len(found["fewest"]["moves"]) == 2

    def test_says_in_words_what_stands_against_a_move(self, still: LiveOffice) -> None:
        moves = item(board(still, "flow=1").get_json(), "S2-02")["moves"]

        barred = next(each for each in moves if each["to"] == "free")
        assert (barred["allowed"], barred["days"]) == (False, None)
        assert barred["why_not"]["rule"] == "national"
        assert "mandatory" in barred["why_not"]["text"]["en"]

    def test_looks_at_the_items_of_one_project(self, filed: LiveOffice) -> None:
        mine = board(filed, f"project={CODE}").get_json()
        whole = board(filed, "flow=3").get_json()

        assert (mine["project"], mine["flow"]) == (CODE, 3)
        assert {each["item"] for each in mine["items"]} < {each["item"] for each in whole["items"]}

    def test_knows_no_limit_of_the_stage_alongside(self, still: LiveOffice) -> None:
        found = board(still, "flow=1", stage=5).get_json()

        assert (found["limit"], found["met"], found["fewest"]) == (None, True, None)


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "pointer", "code"),
        [
            ("", "", "move.one_of"),
            (f"flow=1&project={CODE}", "", "move.one_of"),
            ("flow=9", "/flow", "facts.flow_unknown"),
            ("flow=1&moves=S2-10", "/moves", "move.rule.unreadable"),
            ("flow=1&moves=S1-16:free", "/moves", "move.rule.not_in_stage"),
            ("flow=1&moves=S2-02:free", "/moves", "move.rule.national"),
            ("flow=1&moves=S2-02:D20", "/moves", "move.rule.law"),
            ("flow=1&moves=S2-10:free,S2-10:free", "/moves", "move.rule.same_class"),
        ],
    )
    def test_name_the_rule(self, still: LiveOffice, query: str, pointer: str, code: str) -> None:
        answer = board(still, query)

        faults = answer.get_json()["errors"]
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in faults] == [(pointer, code)]

    def test_keep_owners_out(self, still: LiveOffice) -> None:
        assert board(still, "flow=1", who="owner-a").status_code == 403

    def test_know_the_stages_there_are(self, still: LiveOffice) -> None:
        assert board(still, "flow=1", stage=7).status_code == 404
