"""What-ifs: asked, computed in the background, answered with bounds and in words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from engine.bulk import MOST_OPEN
from tests.support.what_ifs import FEW, ROLLING, ask, board, read

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


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
