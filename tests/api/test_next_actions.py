from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
RECEIVE = f"{PROJECT}/tasks/0/S1-05/1/receive/complete"
ACCEPT = f"{PROJECT}/tasks/0/S1-05/1/accept/complete"


def first(office: LiveOffice, who: str) -> list[dict[str, Any]]:
    answer = office.get("/tasks/next", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["actions"]
    return found


def why(action: dict[str, Any]) -> list[str]:
    return [each["code"] for each in action["why"]]


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    return filed


class TestWhatToDoFirst:
    @pytest.mark.parametrize("who", ["agent-1", "owner-a", "window-1"])
    def test_is_the_joint_application_of_a_new_project(self, filed: LiveOffice, who: str) -> None:
        action = first(filed, who)[0]

        assert (action["project"], action["stage"], action["item"]) == (CODE, 1, None)
        assert action["task"]["id"] == "0/stage_1/0/intake_1"
        assert why(action) == ["next.untimed", "next.milestone", "next.waiting"]
        assert action["waiting"] > 0

    def test_is_nothing_for_whom_it_is_no_turn(self, running: LiveOffice) -> None:
        assert first(running, "owner-b") == []
        assert first(running, "admin") == []
        assert first(running, "reviewer-development_reform") == []

    def test_is_a_task_that_the_sender_may_complete(self, running: LiveOffice) -> None:
        action = first(running, "window-1")[0]
        task = action["task"]
        order = {"outcome": task["outcomes"][0]}

        answer = running.post(f"{PROJECT}/tasks/{task['id']}/complete", order, "window-1")

        assert answer.status_code == 200

    def test_tells_the_days_left_once_the_clock_runs(self, running: LiveOffice) -> None:
        running.post(RECEIVE, {"outcome": "received"}, "window-1")
        running.post(ACCEPT, {"outcome": "accepted"}, "window-1")

        [action] = first(running, "reviewer-development_reform")

        assert action["task"]["id"] == "0/S1-05/1/review"
        assert (action["left"], why(action)[0]) == (action["task"]["left"], "next.left")
        listed = running.get("/tasks?sort=due", "reviewer-development_reform").get_json()["data"]
        assert action["task"] == listed[0]

    def test_leaves_out_what_a_pause_stops(self, running: LiveOffice) -> None:
        running.post(RECEIVE, {"outcome": "received"}, "window-1")
        running.post(ACCEPT, {"outcome": "accepted"}, "window-1")
        needed = running.library.catalogue.items["S1-05"].materials[0]
        ask = {"attempt": 1, "missing": [needed]}
        who = "reviewer-development_reform"
        assert running.post(f"{PROJECT}/items/S1-05/supplement", ask, who).status_code == 200

        assert first(running, who) == []
        asked = [
            each["item"] for each in first(running, "agent-1") if each["cause"] == "supplement"
        ]
        assert asked == ["S1-05"]

    def test_is_what_an_agents_project_waits_for(self, running: LiveOffice) -> None:
        found = [each for each in first(running, "agent-1") if each["task"] is None]

        assert all(each["cause"] in {"to_be_filed", "file_again"} for each in found)
        assert all(each["project"] == CODE for each in found)

    def test_is_three_things_at_most(self, running: LiveOffice) -> None:
        assert len(first(running, "window-1")) == 3
