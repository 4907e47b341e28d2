"""Reports over HTTP: who may read them, on which projects, and what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.store.queries import Person
from tests.support.live_office import CODE
from tests.support.memory_office import answers
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

REPORT = "/reports/backdating"
ITEM, DEPARTMENT = "S1-04", "development_reform"
EMPTY: dict[str, object] = {
    "entries": 0,
    "late": 0,
    "longest": 0,
    "share": None,
    "departments": [],
    "projects": [],
}


@pytest.fixture
def late(office: LiveOffice) -> LiveOffice:
    """Return an office where one of two steps was recorded two days late."""
    for role, township in ((Role.SUPERVISOR, "T1"), (Role.PLANNER, None), (Role.STAGE_LEAD, None)):
        identity = f"{role.value}-{township}"
        office.people.put(
            Person(id=identity, name=identity, roles=frozenset({role}), township=township)
        )
    office.file(facts=answers(office.library.catalogue, 3, approval_catalogue=True))
    assert office.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a").status_code == 200
    happened = office.clock.now().isoformat()
    office.clock.push(timedelta(days=2))
    steps = (
        ("receive", {"outcome": "received", "happened_at": happened, "reason": "系统故障"}),
        ("accept", {"outcome": "accepted"}),
    )
    for step, body in steps:
        path = f"/projects/{CODE}/tasks/0/{ITEM}/1/{step}/complete"
        answer = office.post(path, body, "window-1")
        assert answer.status_code == 200, answer.text
    return office


class TestTheBackdatingReport:
    @pytest.mark.parametrize("who", ["admin", "planner-None", "stage_lead-None", "supervisor-T1"])
    def test_counts_by_department_and_project(self, late: LiveOffice, who: str) -> None:
        found = late.get(REPORT, who).get_json()

        figures = {"entries": 2, "late": 1, "longest": 2, "share": 0.5}
        (department,) = found.pop("departments")
        assert found == {**figures, "projects": [{"project": CODE, **figures}]}
        assert department.pop("name")["zh"]
        assert department == {"department": DEPARTMENT, **figures}

    def test_of_one_project(self, late: LiveOffice) -> None:
        assert late.get(f"{REPORT}?project={CODE}").get_json() == late.get(REPORT).get_json()

    def test_shows_a_supervisor_their_township_only(self, late: LiveOffice) -> None:
        answer = late.get(f"{REPORT}?project={CODE}", "supervisor-2")

        assert late.get(REPORT, "supervisor-2").get_json() == EMPTY
        assert (answer.status_code, answer.get_json()["code"]) == (404, "project.unknown")

    def test_keeps_to_their_township_whatever_else_they_see(self, late: LiveOffice) -> None:
        roles = frozenset({Role.SUPERVISOR, Role.REVIEWER})
        late.people.put(Person(id="both", name="both", roles=roles, township="T2"))

        answer = late.get(f"{REPORT}?project={CODE}", "both")

        assert late.get(f"/projects/{CODE}", "both").status_code == 200
        assert (answer.status_code, answer.get_json()["code"]) == (404, "project.unknown")

    @pytest.mark.parametrize(
        "who", ["owner-a", "agent-1", "window-1", f"reviewer-{DEPARTMENT}", f"lead-{DEPARTMENT}"]
    )
    def test_is_not_for_others(self, late: LiveOffice, who: str) -> None:
        for path in (REPORT, f"{REPORT}?project={CODE}"):
            answer = late.get(path, who)

            assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")

    def test_of_an_unknown_project_is_not_found(self, late: LiveOffice) -> None:
        answer = late.get(f"{REPORT}?project=2026-120118-47-03-999999")

        assert (answer.status_code, answer.get_json()["code"]) == (404, "project.unknown")
