"""The board of a scenario: what the past says, what stands where, what a change brings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE, LiveOffice
from tests.support.what_ifs import board

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office whose one project has its first milestone behind it."""
    office = LiveOffice(tmp_path_factory.mktemp("fitted"), model=model)
    office.file()
    office.work(lambda seen: seen["units"][0]["stages"][0]["milestone_at"] is not None)
    yield office
    office.close()


def edited(edits: str) -> str:
    return f'version = 1\nname = "x"\n[catalogue]\n{edits}\n'


def planned(office: LiveOffice, *changes: tuple[str, str | None, str], **more: Any) -> Any:
    told = [{"what": what, "of": of, "to": to} for what, of, to in changes]
    body = {"scenario": "district", **more, "changes": told}
    return office.post("/what-ifs/board", body, "stage-lead")


def items(office: LiveOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get("/catalogue/items", "stage-lead").get_json()["data"]
    return found


class TestFitted:
    def test_is_a_scenario_of_what_happened_here(self, worked: LiveOffice) -> None:
        answer = worked.get("/what-ifs/fitted", "stage-lead")

        assert answer.status_code == 200, answer.text
        found = answer.get_json()
        assert (found["projects"], found["sampled"]) == (1, 1)
        tree = json.loads(found["scenario"])
        (kind,) = tree["arrivals"]["kinds"]
        project = worked.get(f"/projects/{CODE}").get_json()
        assert (kind["flow"], tree["name"]) == (project["flow"], "fitted")
        board = worked.post("/what-ifs/board", {"scenario": found["scenario"]}, "stage-lead")
        assert board.get_json()["name"] == "fitted"

    def test_is_refused_where_nothing_was_decided(self, office: LiveOffice) -> None:
        answer = office.get("/what-ifs/fitted", "stage-lead")

        assert answer.status_code == 422
        assert answer.get_json()["code"] == "scenario.nothing_to_fit"

    def test_is_for_those_who_may_read_reports(self, office: LiveOffice) -> None:
        assert office.get("/what-ifs/fitted", "owner-a").status_code == 403


class TestTheBoard:
    def test_shows_every_item_with_its_class_and_what_is_before_it(
        self, office: LiveOffice
    ) -> None:
        answer = board(office, edited('couplings = { "S1-14" = "free" }\ndropped = ["S2-04"]'))

        found = answer.get_json()
        cards = {card["item"]: card for card in found["items"]}
        assert answer.status_code == 200
        assert cards.keys() == {item["code"] for item in items(office)}
        moved, gone = cards["S1-14"], cards["S2-04"]
        assert (moved["was"], moved["coupling"], moved["dropped"]) == ("pairable", "free", False)
        assert gone["dropped"]
        assert "S1-05" in cards["S1-08"]["waits_for"]
        assert any(card["pulled_by"] for card in found["items"])
        busy = {each["department"]: each["busy"] for each in found["departments"]}
        assert 0 < busy["housing"] <= 0.8
        assert (found["policy"], found["slots"]) == ("chosen", 2)

    def test_refuses_a_move_with_every_reason(self, office: LiveOffice) -> None:
        dropped = board(office, edited('dropped = ["S1-05"]'))
        long = board(office, edited('couplings = { "S1-19" = "mandated" }'))

        for answer, code in (
            (dropped, "scenario.waits_for_dropped"),
            (long, "scenario.limit_beyond_stage"),
        ):
            assert answer.status_code == 422
            assert {fault["code"] for fault in answer.get_json()["errors"]} == {code}

    def test_refuses_what_the_kernel_cannot_run(self, office: LiveOffice) -> None:
        codes = [item["code"] for item in items(office) if item["stage"] == 3]
        couplings = ", ".join(f'"{code}" = "pairable"' for code in codes)

        planned = f'couplings = {{ {couplings} }}\n[pairing]\npolicy = "planned"'
        answer = board(office, edited(planned))

        (fault,) = answer.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/scenario", "scenario.not_in_kernel")

    def test_is_for_those_who_read_reports(self, office: LiveOffice) -> None:
        assert board(office, "district", "owner-a").status_code == 403


class TestAPlan:
    def test_is_made_change_by_change_and_completed(self, office: LiveOffice) -> None:
        found = planned(office, ("policy", None, "single"), ("class", "S1-14", "free")).get_json()

        assert (found["policy"], found["slots"], found["name"]) == ("single", 1, "mine")
        said = [(each["what"], each["of"], each["to"]) for each in found["changes"]]
        assert said == [("class", "S1-14", "free"), ("policy", None, "single")]
        assert found["changes"][0]["called"]["zh"] == "“地质灾害危险性评估”：自由并行"
        (follows,) = found["follows"]
        assert (follows["what"], follows["of"], follows["to"]) == ("slots", None, "1")
        assert found["moves"] == ["S1-14:free"]
        tree = json.loads(found["scenario"])
        assert tree["catalogue"] == {"couplings": {"S1-14": "free"}}
        again = board(office, found["scenario"]).get_json()
        assert again["items"] == found["items"]
        assert (again["changes"], again["follows"]) == ([], [])

    def test_is_a_file_in_either_form(self, office: LiveOffice) -> None:
        first = planned(office, ("slots", None, "unlimited"), form="toml").get_json()

        second = planned(office, scenario=first["scenario"]).get_json()

        assert "[pairing]" in first["scenario"]
        assert json.loads(second["scenario"])["pairing"]["slots"] == "unlimited"

    def test_drops_an_item_of_what_happened_here(self, worked: LiveOffice) -> None:
        fitted = worked.get("/what-ifs/fitted", "stage-lead").get_json()["scenario"]
        cards = board(worked, fitted).get_json()["items"]
        awaited = {code for each in cards for code in each["waits_for"]}
        gone = next(
            each["item"]
            for each in cards
            if each["share"] and each["coupling"] == "free" and each["item"] not in awaited
        )
        timed = json.loads(fitted) | {"service": {"items": {gone: {"days": 3}}}}
        fitted = json.dumps(timed)

        answer = planned(worked, ("class", gone, "dropped"), scenario=fitted)

        assert answer.status_code == 200, answer.text
        after = {each["item"]: each for each in answer.get_json()["items"]}
        assert after[gone]["dropped"]

    def test_is_refused_with_every_reason_and_the_line(self, office: LiveOffice) -> None:
        unfit = planned(office, ("class", "S1-14", "heaven"))
        broken = planned(office, scenario='version = 1\nname = "x\n')
        wrong = planned(office, scenario='version = 1\nname = "x"\n[chances]\nrefused = 2\n')

        told = [each.get_json()["errors"][0] for each in (unfit, broken, wrong)]
        assert [each["code"] for each in told] == [
            "scenario.change_unfit",
            "scenario.unreadable",
            "scenario.field.out_of_range",
        ]
        assert "heaven" in told[0]["detail"]
        assert "第 2 行第 10 个字符" in told[1]["detail"]
        assert told[2]["detail"] == "字段 chances.refused 超出范围：应在 0.0 与 1.0 之间"
