from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from engine.store.tables import TaskRow
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


@pytest.fixture
def utilities(filed: LiveOffice) -> LiveOffice:
    """Return an office with a department's task that its own system is to do.

    Utilities take months to come to their external step; a department's task stands in for it.
    """
    filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
    for task in filed.get("/tasks?limit=200", "window-1").get_json()["data"]:
        if task["item"] and task["step"] in ("receive", "accept"):
            path = f"/projects/{CODE}/tasks/{task['id']}/complete"
            filed.post(path, {"outcome": task["outcomes"][0]}, "window-1")
    with filed.parts.new_uow() as uow:
        uow.begin()
        department = TaskRow.performer == "department"
        uow.connection.execute(update(TaskRow).where(department).values(performer="external"))
        uow.commit()
    return filed


def reviewer(office: LiveOffice) -> str:
    found = office.get("/tasks?limit=200&performer=external&mine=false", "admin").get_json()["data"]
    return f"reviewer-{found[0]['department']}"


def fetch(office: LiveOffice, who: str, **body: Any) -> list[dict[str, Any]]:
    answer = office.post("/external-tasks/fetch", {"worker": "w1", **body}, who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["data"]
    return found


def address(task: dict[str, Any]) -> str:
    return f"/external-tasks/{task['project']}/{task['task']}"


class TestAnExternalTask:
    def test_is_fetched_held_and_completed_once(self, utilities: LiveOffice) -> None:
        who = reviewer(utilities)
        (task,) = fetch(utilities, who)
        body = {"fence": task["fence"], "outcome": task["outcomes"][0]}
        path = f"{address(task)}/complete"

        first = utilities.post(path, body, who, Idempotency_Key="done")
        again = utilities.post(path, body, who, Idempotency_Key="done")
        late = utilities.post(path, body, who)

        assert first.status_code == again.status_code == 200, first.text
        assert again.get_json()["repeated"]
        assert first.get_json()["number"] == again.get_json()["number"]
        assert late.status_code == 409
        assert late.get_json()["code"] == "external.lost"

    def test_is_not_completed_under_another_fence(self, utilities: LiveOffice) -> None:
        who = reviewer(utilities)
        (task,) = fetch(utilities, who)
        before = utilities.parts.handle.project(CODE).number

        body = {"fence": task["fence"] + 1, "outcome": task["outcomes"][0]}
        answer = utilities.post(f"{address(task)}/complete", body, who)

        assert answer.get_json()["code"] == "external.lost"
        assert utilities.parts.handle.project(CODE).number == before

    def test_is_extended_and_fails(self, utilities: LiveOffice) -> None:
        who = reviewer(utilities)
        (task,) = fetch(utilities, who)
        extended = utilities.post(
            f"{address(task)}/extend", {"fence": task["fence"], "seconds": 3600}, who
        )
        failed = utilities.post(
            f"{address(task)}/fail",
            {"fence": task["fence"], "error": "no line", "retries": 0},
            who,
        )
        incidents = utilities.get("/external-tasks/incidents", "admin").get_json()["data"]

        assert extended.get_json()["until"] > task["until"]
        assert failed.get_json()["retries"] == 0
        assert [(each["task"], each["error"]) for each in incidents] == [(task["task"], "no line")]
        assert utilities.get("/external-tasks/incidents", who).status_code == 403

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1", "admin", "supervisor-2"])
    def test_is_for_departments(self, utilities: LiveOffice, who: str) -> None:
        answer = utilities.post("/external-tasks/fetch", {"worker": "w"}, who)

        assert answer.status_code == 403

    def test_of_another_department_is_not_to_be_had(self, utilities: LiveOffice) -> None:
        who = reviewer(utilities)
        others = [
            each.id
            for each in utilities.people.all()
            if each.id.startswith("reviewer-") and each.id != who
        ]
        mine = {each["department"] for each in fetch(utilities, who, most=100)}

        theirs = {
            each["department"] for other in others[:3] for each in fetch(utilities, other, most=100)
        }

        assert len(mine) == 1
        assert not mine & theirs
