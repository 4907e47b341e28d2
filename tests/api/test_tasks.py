from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
RECEIVE = f"{PROJECT}/tasks/0/S1-05/1/receive"


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    return filed


def tasks(office: LiveOffice, query: str, who: str = "admin") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get(f"/tasks?{query}", who).get_json()["data"]
    return found


class TestTheWorkList:
    def test_shows_the_joint_application_first(self, filed: LiveOffice) -> None:
        listed = tasks(filed, f"project={CODE}")

        assert [task["id"] for task in listed] == ["0/stage_1/0/intake_1"]

    def test_shows_the_windows_tasks(self, running: LiveOffice) -> None:
        listed = tasks(running, "performer=window", "window-1")

        assert {task["step"] for task in listed} == {"receive"}
        assert "0/S1-05/1/receive" in {task["id"] for task in listed}

    def test_is_paged(self, running: LiveOffice) -> None:
        first = running.get("/tasks?limit=1").get_json()
        second = running.get(f"/tasks?limit=1&cursor={first['next']}").get_json()

        assert first["data"][0]["id"] != second["data"][0]["id"]

    def test_follows_the_persons_own_tasks(self, running: LiveOffice) -> None:
        running.post(f"{RECEIVE}/claim", {}, "window-1")

        listed = tasks(running, "person=window-1", "window-1")

        assert [task["id"] for task in listed] == ["0/S1-05/1/receive"]


class TestCompletingATask:
    def test_moves_the_item_on(self, running: LiveOffice) -> None:
        answer = running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        assert answer.status_code == 200
        assert [e["kind"] for e in answer.get_json()["events"]] == ["StepCompleted"]

    def test_happens_once(self, running: LiveOffice) -> None:
        running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        again = running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        assert (again.status_code, again.get_json()["code"]) == (409, "task.not_open")

    def test_files_the_stage_when_it_is_the_joint_application(self, filed: LiveOffice) -> None:
        path = f"{PROJECT}/tasks/0/stage_1/0/intake_1/complete"

        answer = filed.post(path, {"outcome": "filed"}, "window-1")

        assert answer.get_json()["events"][0]["kind"] == "StageFiled"

    @pytest.mark.parametrize(
        ("path", "outcome", "code"),
        [
            ("0/S1-05/1/receive", "granted", "task.unknown_outcome"),
            ("0/stage_1/0/intake_2", "filed", "task.not_open"),
            ("0/stage_1/0/intake_1", "granted", "task.unknown_outcome"),
            ("0/S1-05/7/receive", "received", "task.not_open"),
            ("0/S1-99/1/receive", "received", "item.unknown"),
            ("5/S1-05/1/receive", "received", "unit.unknown"),
        ],
    )
    def test_refuses_what_is_not_open(
        self, running: LiveOffice, path: str, outcome: str, code: str
    ) -> None:
        answer = running.post(f"{PROJECT}/tasks/{path}/complete", {"outcome": outcome}, "window-1")

        assert answer.get_json()["code"] == code

    def test_takes_the_time_at_which_it_was_done(self, running: LiveOffice) -> None:
        at = running.clock.now().isoformat()

        body = {"outcome": "received", "happened_at": at}
        event = running.post(f"{RECEIVE}/complete", body, "window-1").get_json()["events"][0]

        assert event["happened_at"] == at
        assert event["recorded_at"] > at

    def test_refuses_the_future(self, running: LiveOffice) -> None:
        body = {"outcome": "received", "happened_at": "2999-01-01T00:00:00Z"}

        answer = running.post(f"{RECEIVE}/complete", body, "window-1").get_json()

        assert answer["code"] == "time.future"
        assert answer["errors"][0]["pointer"] == "/happened_at"

    def test_refuses_another_persons_task(self, running: LiveOffice) -> None:
        running.post(f"{RECEIVE}/assign", {"person": "window-2"}, "admin")

        answer = running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "task.taken")


class TestHoldingATask:
    def test_is_claimed_and_released(self, running: LiveOffice) -> None:
        claimed = running.post(f"{RECEIVE}/claim", {}, "window-1")
        released = running.post(f"{RECEIVE}/release", {}, "window-1")

        assert (claimed.status_code, released.status_code) == (200, 200)

    def test_is_assigned_to_a_known_person_only(self, running: LiveOffice) -> None:
        answer = running.post(f"{RECEIVE}/assign", {"person": "nobody"}, "admin")

        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["code"] == "person.unknown"
