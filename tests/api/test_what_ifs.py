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
