from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

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


class TestAsking:
    def test_is_answered_in_the_background_with_bounds(self, office: LiveOffice) -> None:
        job = ask(office, replications=30)
        before = read(office, job)

        office.parts.jobs.run_next("w")
        found = read(office, job)

        assert (before["job"]["status"], before["replications"]) == ("queued", 0)
        assert (found["job"]["status"], found["job"]["done"]) == ("done", 2)
        assert found["replications"] == 30
        days = found["differences"][0]
        assert (days["figure"], days["of"], days["resolved"]) == ("days", "", True)
        assert days["low"] < days["moved"] < days["high"] < 0
        supposed = {each["name"]: (each["before"], each["after"]) for each in found["assumptions"]}
        assert supposed["pairing.mode"] == ("rounds", "rolling")
        assert supposed["arrivals.projects"] == ("30", "30")

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
        large = 'version = 1\nname = "x"\n[arrivals]\nprojects = 20000\n'

        answer = office.post(
            "/what-ifs", {"scenario": large, "compare": FEW, "replications": 1000}, "stage-lead"
        )

        assert answer.get_json()["errors"][0]["code"] == "scenario.too_much"

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


class TestLevers:
    def test_are_tried_in_the_background_and_ranked(self, office: LiveOffice) -> None:
        answer = office.post("/what-ifs/levers", {"scenario": FEW, "replications": 5}, "stage-lead")
        job = answer.get_json()
        before = office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").get_json()["data"]

        office.parts.jobs.run_next("w")
        found = office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").get_json()["data"]

        assert (answer.status_code, before) == (202, [])
        moved = [each["moved"] for each in found]
        assert moved == sorted(moved)
        assert moved[0] < 0
        assert {each["item"] is None for each in found} == {True, False}
        assert len({(each["item"], each["department"]) for each in found}) == len(found)

    def test_are_no_answer_to_another_question(self, office: LiveOffice) -> None:
        job = ask(office)

        assert office.get(f"/what-ifs/{job['id']}/levers", "stage-lead").status_code == 404

    def test_are_bounded(self, office: LiveOffice) -> None:
        large = 'version = 1\nname = "x"\n[arrivals]\nprojects = 20000\n'

        answer = office.post("/what-ifs/levers", {"scenario": large}, "stage-lead")

        assert answer.get_json()["errors"][0]["code"] == "scenario.too_much"


class TestTheFile:
    def test_has_the_lines_of_the_answer(self, office: LiveOffice) -> None:
        job = ask(office, replications=5)
        office.parts.jobs.run_next("w")

        lines = office.get(f"/what-ifs/{job['id']}/differences", "stage-lead").get_json()["data"]
        file = office.get(f"/what-ifs/{job['id']}/differences/export/csv", "stage-lead")

        assert lines == read(office, job)["differences"]
        assert file.status_code == 200
        assert len(file.text.splitlines()) == len(lines) + 1


def items(office: LiveOffice) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get("/catalogue/items", "stage-lead").get_json()["data"]
    return found
