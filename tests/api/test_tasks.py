from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from engine.store.queries import Person
from tests.support.live_office import CODE
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
COLLEAGUE = Person(id="window-9", name="同事", roles=frozenset({Role.WINDOW}), township="T1")
COLLEAGUE_AGENT = Person(id="agent-3", name="代办", roles=frozenset({Role.AGENT}), township="T1")
RECEIVE = f"{PROJECT}/tasks/0/S1-05/1/receive"


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")
    return filed


def tasks(office: LiveOffice, query: str, who: str = "admin") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get(f"/tasks?{query}", who).get_json()["data"]
    return found


def ids(listed: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in listed]


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


class TestADayOfAcceptance:
    def test_is_not_sure_while_the_notice_on_its_year_is_missing(self, filed: LiveOffice) -> None:
        filed.clock.push_to(datetime(2026, 12, 29, 2, tzinfo=UTC))
        filed.post(f"{PROJECT}/stages/1/file", {}, "owner-a")

        listed = next(each for each in tasks(filed, "") if each["item"] == "S1-05")
        units = filed.get(PROJECT, "admin").get_json()["units"]
        items = [each for stage in units[0]["stages"] for each in stage["items"]]

        assert (listed["due"], listed["provisional"]) == ("2027-01-06", True)
        told = next(each["acceptance"] for each in items if each["item"] == "S1-05")
        assert (told["due"], told["provisional"]) == ("2027-01-06", True)


class TestWhatIsMine:
    @pytest.mark.parametrize(
        ("who", "own"),
        [
            ("owner-a", True),
            ("window-1", True),
            ("reviewer-development_reform", True),
            ("inspector-development_reform", True),
            ("lead-development_reform", False),
            ("admin", False),
        ],
    )
    def test_is_shown_unless_one_oversees_others(
        self, running: LiveOffice, who: str, *, own: bool
    ) -> None:
        mine, everyones = tasks(running, "mine=true", who), tasks(running, "mine=false", who)

        assert tasks(running, "", who) == (mine if own else everyones)
        assert ids(everyones) == ids(tasks(running, "mine=false"))

    def test_is_what_the_window_may_complete(self, running: LiveOffice) -> None:
        running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        mine = tasks(running, "limit=200", "window-1")

        assert mine
        assert {task["performer"] for task in mine} == {"window"}

    def test_is_what_the_department_may_complete(self, running: LiveOffice) -> None:
        for step, outcome in (("receive", "received"), ("accept", "accepted")):
            path = f"{PROJECT}/tasks/0/S1-05/1/{step}/complete"
            running.post(path, {"outcome": outcome}, "window-1")

        mine = {
            who: [task["id"] for task in tasks(running, "", who)]
            for who in ("reviewer-development_reform", "reviewer-housing", "owner-a")
        }

        assert mine == {
            "reviewer-development_reform": ["0/S1-05/1/review"],
            "reviewer-housing": [],
            "owner-a": [],
        }

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1"])
    def test_is_the_joint_application_for_whoever_may_file_it(
        self, filed: LiveOffice, who: str
    ) -> None:
        listed = tasks(filed, "mine=true", who)

        assert [(each["id"], each["may_complete"]) for each in listed] == [
            ("0/stage_1/0/intake_1", True)
        ]

    def test_is_not_what_a_colleague_holds(self, running: LiveOffice) -> None:
        running.people.put(COLLEAGUE)
        running.post(f"{RECEIVE}/claim", {}, COLLEAGUE.id)

        ids = {
            who: {task["id"] for task in tasks(running, "", who)}
            for who in ("window-1", "window-9")
        }

        assert ids["window-9"] - ids["window-1"] == {"0/S1-05/1/receive"}

    def test_can_be_completed_by_whom_it_is_shown_to(self, running: LiveOffice) -> None:
        first = tasks(running, "", "agent-1")[0]
        order = {"outcome": first["outcomes"][0]}

        refused = running.post(f"{PROJECT}/tasks/{first['id']}/complete", order, "agent-1")

        assert (refused.status_code, first["may_complete"]) == (403, False)
        assert tasks(running, "mine=true", "agent-1") == []
        assert all(each["may_complete"] for each in tasks(running, "", "window-1"))

    def test_is_for_an_agent_what_is_assigned_to_them(self, running: LiveOffice) -> None:
        everyones = tasks(running, "mine=false")
        running.people.put(COLLEAGUE_AGENT)
        assert ids(tasks(running, "", "agent-1")) == ids(everyones)
        assert tasks(running, "", "agent-3") == []
        assert ids(tasks(running, "mine=false", "agent-3")) == ids(everyones)

        body = {"agent": "agent-2", "reason": "x"}
        assert running.post(f"{PROJECT}/agent", body, "admin").status_code == 200

        assert tasks(running, "", "agent-1") == []
        assert len(tasks(running, "", "agent-2")) == len(everyones)

    def test_lies_within_what_is_asked_for(self, running: LiveOffice) -> None:
        assert tasks(running, "township=T2", "window-1") == []
        assert tasks(running, "mine=true", "admin") == []

    @pytest.mark.parametrize("answer", ["1", "yes", "True", ""])
    def test_is_asked_for_in_one_way(self, running: LiveOffice, answer: str) -> None:
        found = running.get(f"/tasks?mine={answer}").get_json()

        assert [(f["pointer"], f["code"]) for f in found["errors"]] == [
            ("/mine", "api.field.truth")
        ]


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
        running.people.put(COLLEAGUE)
        assigned = running.post(f"{RECEIVE}/assign", {"person": COLLEAGUE.id}, "admin")
        assert assigned.status_code == 200

        answer = running.post(f"{RECEIVE}/complete", {"outcome": "received"}, "window-1")

        assert (answer.status_code, answer.get_json()["code"]) == (409, "task.taken")


class TestHoldingATask:
    def test_is_claimed_and_released(self, running: LiveOffice) -> None:
        claimed = running.post(f"{RECEIVE}/claim", {}, "window-1")
        released = running.post(f"{RECEIVE}/release", {}, "window-1")

        assert (claimed.status_code, released.status_code) == (200, 200)

    @pytest.mark.parametrize(
        "person", ["nobody", "window-2", "owner-a", "reviewer-development_reform", "admin"]
    )
    def test_is_assigned_to_nobody_who_may_never_do_it(
        self, running: LiveOffice, person: str
    ) -> None:
        answer = running.post(f"{RECEIVE}/assign", {"person": person}, "admin")

        assert answer.status_code == 422
        assert [(f["pointer"], f["code"]) for f in answer.get_json()["errors"]] == [
            ("/person", "task.wrong_person")
        ]

    def test_is_not_assigned_to_a_person_who_left(self, running: LiveOffice) -> None:
        left = Person(id="gone", name="x", roles=frozenset({Role.WINDOW}), active=False)
        running.people.put(left)

        answer = running.post(f"{RECEIVE}/assign", {"person": "gone"}, "admin")

        assert answer.get_json()["code"] == "task.wrong_person"
