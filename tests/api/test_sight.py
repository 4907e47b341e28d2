from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from api import document
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

MISSING = "2026-120118-47-03-999999"
STRANGERS = ["owner-b", "agent-2", "window-2", "supervisor-2"]
SEEING = ["owner-a", "agent-1", "window-1", "admin", "reviewer-housing", "lead-housing"]
FILLING = {"stage": "1", "item": "S1-05", "kind": "x", "material": "M01", "format": "csv"}
# Every operation that reads something of a project.
READS = [
    re.sub(r"{(\w+)}", lambda found: FILLING.get(found[1], "x"), path.partition("{code}")[2])
    for path, methods in document()["paths"].items()
    if "{code}" in path and "get" in methods and {} not in methods["get"]["security"]
]
ORDERS: list[tuple[str, dict[str, Any]]] = [
    ("/withdraw", {"reason": "x"}),
    ("/terminate", {"reason": "x"}),
    ("/units", {"unit": 1, "stage": 2, "name": "x"}),
    ("/agent", {"agent": "agent-2", "reason": "x"}),
    ("/stages/1/file", {}),
    ("/stages/3/file", {}),
    ("/items/S1-05/file", {}),
    ("/items/S9-99/file", {}),
    ("/items/S1-99/file", {}),
    ("/items/S1-05/withdraw", {"reason": "x"}),
    ("/items/S1-18/decline", {"reason": "x"}),
    ("/tasks/0/S1-05/1/receive/complete", {"outcome": "received"}),
    ("/tasks/0/S1-05/1/receive/claim", {}),
    ("/tasks/0/S1-05/1/receive/release", {}),
    ("/tasks/0/S1-05/1/receive/assign", {"person": "owner-b"}),
    ("/tasks/0/stage_1/0/intake_1/complete", {"outcome": "filed"}),
    ("/pairs", {"first": "S1-05", "second": "S1-06"}),
    ("/stages/1/pairs/draw", {}),
    ("/pairs/P1/start", {}),
    ("/pairs/P1/dissolve", {}),
]


def plain(text: str, code: str) -> object:
    """Return an answer without the code that was asked for."""
    return json.loads(text.replace(code, "CODE"))


class TestAStranger:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_reads_the_same_of_a_hidden_project_as_of_none(
        self, still: LiveOffice, who: str
    ) -> None:
        for path in READS:
            hidden = still.get(f"/projects/{CODE}{path}", who)
            missing = still.get(f"/projects/{MISSING}{path}", who)

            assert hidden.status_code == missing.status_code == 404, path
            assert plain(hidden.text, CODE) == plain(missing.text, MISSING)

    @pytest.mark.parametrize("who", STRANGERS)
    def test_is_answered_the_same_by_a_hidden_project_as_by_none(
        self, still: LiveOffice, who: str
    ) -> None:
        before = still.get(f"/projects/{CODE}").headers["ETag"]
        for path, body in ORDERS:
            hidden = still.post(f"/projects/{CODE}{path}", body, who)
            missing = still.post(f"/projects/{MISSING}{path}", body, who)

            assert hidden.status_code == missing.status_code == 404, path
            assert plain(hidden.text, CODE) == plain(missing.text, MISSING)
        assert still.get(f"/projects/{CODE}").headers["ETag"] == before

    @pytest.mark.parametrize("who", STRANGERS)
    def test_finds_it_in_no_list(self, still: LiveOffice, who: str) -> None:
        found = [
            still.get(path, who).get_json()["data"]
            for path in (
                "/projects",
                "/projects?township=T1",
                "/projects?owner=ORG-A",
                "/tasks",
                f"/tasks?project={CODE}",
                "/tasks?agent=agent-1",
            )
        ]

        assert found == [[]] * 6


class TestWhoeverHasToDoWithIt:
    @pytest.mark.parametrize("who", SEEING)
    def test_sees_the_project(self, still: LiveOffice, who: str) -> None:
        assert still.get(f"/projects/{CODE}", who).status_code == 200

    @pytest.mark.parametrize("who", SEEING)
    def test_finds_it_in_the_list(self, still: LiveOffice, who: str) -> None:
        assert len(still.get("/projects", who).get_json()["data"]) == 1

    def test_is_told_what_the_role_does_not_permit(self, still: LiveOffice) -> None:
        answer = still.post(f"/projects/{CODE}/terminate", {"reason": "x"}, "owner-a")

        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")

    def test_sees_what_is_assigned_beyond_the_township(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/agent", {"agent": "agent-2", "reason": "x"}, "admin")

        listed = filed.get("/projects?agent=agent-2", "agent-2").get_json()["data"]

        assert filed.get(f"/projects/{CODE}", "agent-2").status_code == 200
        assert [line["code"] for line in listed] == [CODE]
