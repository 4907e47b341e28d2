from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from engine.bulk import MOST_OPEN
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEW = 'version = 1\nname = "few"\nbase = "one_by_one"\n[arrivals]\nprojects = 30\nwarm_up = 5\n'
ROLLING = 'version = 1\nname = "rolled"\nbase = "rolling"\n'


def ask(office: LiveOffice, who: str = "stage-lead", **body: Any) -> dict[str, Any]:
    answer = office.post("/what-ifs", {"scenario": FEW, "compare": ROLLING, **body}, who)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == job["link"]
    return job


def read(office: LiveOffice, job: dict[str, Any], who: str = "stage-lead") -> dict[str, Any]:
    answer = office.get(f"/what-ifs/{job['id']}", who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[LiveOffice]:
    """Return an office whose one project has its first milestone behind it."""
    office = LiveOffice(tmp_path_factory.mktemp("fitted"), model=model)
    office.file()
    office.work(lambda seen: seen["units"][0]["stages"][0]["milestone_at"] is not None)
    yield office
    office.close()


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


class TestAsking:
    def test_is_answered_in_the_background_with_bounds(self, office: LiveOffice) -> None:
        job = ask(office, replications=30)
        before = read(office, job)

        office.parts.jobs.run_next("w")
        found = read(office, job)

        assert (before["job"]["status"], before["replications"]) == ("queued", 0)
        assert (found["job"]["status"], found["job"]["done"]) == ("done", 15)
        assert found["asked"] == found["replications"]
        assert found["replications"] == 30
        days = found["differences"][0]
        assert (days["figure"], days["of"], days["resolved"]) == ("days", "", True)
        assert days["low"] < days["moved"] < days["high"] < 0
        supposed = {each["name"]: (each["before"], each["after"]) for each in found["assumptions"]}
        assert supposed["pairing.mode"] == ("rounds", "rolling")
        assert supposed["arrivals.projects"] == ("30", "30")

    def test_is_computed_by_a_process_that_yields(self, office: LiveOffice) -> None:
        ask(office, replications=5)

        office.parts.jobs.run_next("w")

        aside = office.parts.aside
        assert aside.call("tests.support.aside.has_loaded", "simulation.answers")
        assert aside.call("os.getpid") != os.getpid()

    def test_is_refused_before_it_is_looked_at_where_there_is_no_room(
        self, office: LiveOffice
    ) -> None:
        jobs = [ask(office, replications=each + 5) for each in range(MOST_OPEN)]
        nonsense = {"scenario": "nonsense", "compare": ROLLING, "replications": 5}

        full = office.post("/what-ifs", nonsense, "stage-lead")
        levers = office.post("/what-ifs/levers", {"scenario": "nonsense"}, "stage-lead")
        office.post(f"/jobs/{jobs[0]['id']}/cancel", {}, "stage-lead")
        again = office.post("/what-ifs", nonsense, "stage-lead")

        assert (full.status_code, full.get_json()["code"]) == (429, "engine.jobs_full")
        assert (levers.status_code, levers.get_json()["code"]) == (429, "engine.jobs_full")
        assert again.status_code == 422

    def test_is_answered_again_where_there_is_no_room(self, office: LiveOffice) -> None:
        body = {"scenario": FEW, "compare": ROLLING, "replications": 5}
        first = office.post("/what-ifs", body, "stage-lead", Idempotency_Key="first")
        for each in range(1, MOST_OPEN):
            ask(office, replications=each + 5)

        again = office.post("/what-ifs", body, "stage-lead", Idempotency_Key="first")

        assert again.status_code == 202
        assert again.get_json()["id"] == first.get_json()["id"]

    def test_can_be_called_off_between_two_parts(self, office: LiveOffice) -> None:
        job = ask(office, replications=100)

        answer = office.post(f"/jobs/{job['id']}/cancel", {}, "stage-lead")
        office.parts.jobs.run_next("w")

        assert answer.status_code == 200
        assert read(office, job)["job"]["status"] == "cancelled"

    def test_is_refused_with_every_reason(self, office: LiveOffice) -> None:
        broken = 'version = 1\nname = "x"\n[catalogue]\ndropped = ["S1-05", "S9-99"]\n'
        waits = 'version = 1\nname = "x"\n[catalogue]\ndropped = ["S1-05"]\n'

        unknown = office.post("/what-ifs", {"scenario": FEW, "compare": broken}, "stage-lead")
        waiting = office.post("/what-ifs", {"scenario": waits, "compare": FEW}, "stage-lead")

        assert (unknown.status_code, waiting.status_code) == (422, 422)
        (fault,) = unknown.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/compare", "scenario.item_unknown")
        (fault,) = waiting.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/scenario", "scenario.waits_for_dropped")

    def test_is_bounded(self, office: LiveOffice) -> None:
        large = 'version = 1\nname = "x"\n[arrivals]\nprojects = 6000\n'

        answer = office.post(
            "/what-ifs", {"scenario": large, "compare": FEW, "replications": 1000}, "stage-lead"
        )

        assert answer.get_json()["errors"][0]["code"] == "scenario.too_much"

    def test_ends_with_the_calendar(self, office: LiveOffice) -> None:
        endless = 'version = 1\nname = "x"\n[arrivals]\nprojects = 8000\n'
        friday = endless + "[departments.housing]\nreviewers = 90\nclosed = [4]\n"

        answers = [
            office.post("/what-ifs", {"scenario": FEW, "compare": each}, "stage-lead")
            for each in (endless, friday)
        ]

        for answer in answers:
            (fault,) = answer.get_json()["errors"]
            assert (fault["pointer"], fault["code"]) == ("/compare", "scenario.beyond_calendar")
            assert "2035-12-31" in fault["detail"]

    def test_says_nothing_where_runs_go_beyond_the_calendar(self, office: LiveOffice) -> None:
        rare = FEW.replace("30", "7").replace("= 5", "= 0") + "between = { days = 349.0 }\n"
        job = ask(office, scenario=rare, replications=30)

        office.parts.jobs.run_next("w")

        assert read(office, job)["replications"] == 0
        lines = office.get(f"/jobs/{job['id']}/lines", "stage-lead").get_json()["data"]
        assert {line["problem"] for line in lines} == {"scenario.beyond_calendar"}
        assert "2035-12-31" in lines[0]["detail"]

    def test_lets_more_projects_come_to_the_second(self, office: LiveOffice) -> None:
        busier = ROLLING + '[arrivals]\nbetween = { shape = "exponential", days = 0.1 }\n'
        job = ask(office, compare=busier, replications=5)

        office.parts.jobs.run_next("w")

        found = read(office, job)
        supposed = {each["name"]: (each["before"], each["after"]) for each in found["assumptions"]}
        before, after = supposed["arrivals.between.days"]
        assert (before != after, after) == (True, "0.1")
        assert supposed["arrivals.projects"] == ("30", "30")

    def test_judges_the_second_on_the_projects_that_come_to_it(self, office: LiveOffice) -> None:
        nobody = ROLLING + "[departments.housing]\nreviewers = 0\n"

        answer = office.post("/what-ifs", {"scenario": FEW, "compare": nobody}, "stage-lead")

        (fault,) = answer.get_json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/compare", "scenario.no_reviewers")
        assert "住房" in fault["detail"]

    def test_says_what_stands_against_either(self, office: LiveOffice) -> None:
        bold = ROLLING + '[catalogue.couplings]\n"S1-08" = "free"\n'
        job = ask(office, compare=bold, replications=5)

        (caution,) = read(office, job)["cautions"]

        assert (caution["scenario"], caution["item"]) == ("after", "S1-08")
        assert "S1-08" in caution["text"]["zh"]
        assert board(office, bold).get_json()["cautions"][0]["item"] == "S1-08"

    def test_is_for_those_who_read_reports(self, office: LiveOffice) -> None:
        body = {"scenario": FEW, "compare": ROLLING}

        assert office.post("/what-ifs", body, "owner-a").status_code == 403
        assert office.post("/what-ifs", body, "agent-1").status_code == 403

    def test_is_answered_to_whoever_asked_only(self, office: LiveOffice) -> None:
        job = ask(office)

        assert office.get(f"/what-ifs/{job['id']}", "owner-a").status_code == 404
        assert office.get("/what-ifs/nosuch", "stage-lead").status_code == 404


def board(office: LiveOffice, scenario: str, who: str = "stage-lead") -> Any:
    return office.post("/what-ifs/board", {"scenario": scenario}, who)


def edited(edits: str) -> str:
    return f'version = 1\nname = "x"\n[catalogue]\n{edits}\n'


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


def planned(office: LiveOffice, *changes: tuple[str, str | None, str], **more: Any) -> Any:
    told = [{"what": what, "of": of, "to": to} for what, of, to in changes]
    body = {"scenario": "district", **more, "changes": told}
    return office.post("/what-ifs/board", body, "stage-lead")


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


class TestLevers:
    def test_are_tried_in_the_background_and_ranked(self, office: LiveOffice) -> None:
        answer = office.post("/what-ifs/levers", {"scenario": FEW, "replications": 5}, "stage-lead")
        job = answer.get_json()
        before = office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").get_json()["data"]

        office.parts.jobs.run_next("w")
        told = office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").get_json()
        found = told["data"]

        assert (answer.status_code, before) == (202, [])
        assert (told["scenario"], told["replications"]) == ("few", 5)
        assert {"name": "arrivals.projects", "value": "30"} in told["assumptions"]
        moved = [each["moved"] for each in found]
        assert moved == sorted(moved)
        assert moved[0] < 0
        assert {each["item"] is None for each in found} == {True, False}
        assert len({(each["item"], each["department"]) for each in found}) == len(found)

    def test_are_no_answer_to_another_question(self, office: LiveOffice) -> None:
        job = ask(office)

        assert office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").status_code == 404

    def test_are_bounded(self, office: LiveOffice) -> None:
        large = 'version = 1\nname = "x"\n[arrivals]\nprojects = 6000\n'

        answer = office.post("/what-ifs/levers", {"scenario": large}, "stage-lead")

        assert answer.get_json()["errors"][0]["code"] == "scenario.too_much"


class TestTheFile:
    def test_has_the_lines_of_the_answer(self, office: LiveOffice) -> None:
        job = ask(office, replications=5)
        office.parts.jobs.run_next("w")

        lines = office.get(f"/what-ifs/{job['id']}/differences", "stage-lead").get_json()["data"]
        file = office.get(f"/what-ifs/{job['id']}/differences/export/csv", "stage-lead")

        told = [{name: each[name] for name in each if name != "called"} for each in lines]
        assert told == read(office, job)["differences"]
        assert lines[0]["called"] == {"zh": "项目全程平均天数", "en": "Mean days of a project"}
        assert file.status_code == 200
        assert len(file.text.splitlines()) == len(lines) + 1


class TestTheAssumptions:
    def test_are_told_in_words(self, office: LiveOffice) -> None:
        freed = ROLLING + '[catalogue.couplings]\n"S1-14" = "free"\n'
        job = ask(office, compare=freed, replications=5)

        answer = office.get(f"/what-ifs/{job['id']}/assumptions", "stage-lead")

        found = {each["name"]: each for each in answer.get_json()["data"]}
        mode, freed = found["pairing.mode"], found["edits.couplings.S1-14"]
        assert mode["before"]["zh"] == "一轮办完再开始"
        assert (mode["after"]["en"], mode["differs"]) == ("as soon as there is room", True)
        assert freed["called"]["zh"] == "地质灾害危险性评估：事项类别（改动）"
        assert (freed["before"], freed["after"]["zh"]) == (None, "自由并行")
        assert not found["agents.precheck"]["differs"]
        assert not [each for each in found.values() if each["name"] in each["called"]["zh"]]

    def test_have_a_file(self, office: LiveOffice) -> None:
        job = ask(office, replications=5)

        file = office.get(f"/what-ifs/{job['id']}/assumptions/export/csv", "stage-lead")

        assert "每阶段同时可办的可两两并事项" in file.text


def items(office: LiveOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get("/catalogue/items", "stage-lead").get_json()["data"]
    return found
