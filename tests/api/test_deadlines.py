"""Days that people were told: on the list, on tasks, in the project, and what closes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.live_office import CODE
from tests.support.memory_office import answers

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

PROJECT = f"/projects/{CODE}"
ITEM = "S1-04"
DEPARTMENT = "development_reform"
REVIEWER, HEAD = f"reviewer-{DEPARTMENT}", f"lead-{DEPARTMENT}"
ASK = {"attempt": 1, "missing": ["M010"], "answer_by": "2026-03-10"}


@pytest.fixture
def asked(office: LiveOffice) -> LiveOffice:
    """Return an office whose owner was told to answer by the 10th."""
    facts = answers(office.library.catalogue, 3, approval_catalogue=True)
    office.file(facts=facts)
    for path, body, who in (
        ("stages/1/file", {}, "owner-a"),
        (f"tasks/0/{ITEM}/1/receive/complete", {"outcome": "received"}, "window-1"),
        (f"items/{ITEM}/supplement", ASK, "window-1"),
    ):
        answer = office.post(f"{PROJECT}/{path}", body, who)
        assert answer.status_code == 200, answer.text
    return office


def listed(office: LiveOffice, query: str = "", who: str = "admin") -> list[dict[str, Any]]:
    answer = office.get(f"/deadlines?{query}", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["data"]
    return found


def of_item(office: LiveOffice) -> dict[str, Any]:
    seen = office.get(PROJECT, "owner-a").get_json()
    items = (i for stage in seen["units"][0]["stages"] for i in stage["items"])
    found: dict[str, Any] = next(each for each in items if each["item"] == ITEM)
    return found


def task_of(office: LiveOffice) -> dict[str, Any]:
    tasks = office.get(f"/tasks?project={CODE}&limit=200").get_json()["data"]
    found: dict[str, Any] = next(each for each in tasks if each["item"] == ITEM)
    return found


class TestAToldDay:
    def test_is_on_the_list_and_reddens_when_it_has_passed(self, asked: LiveOffice) -> None:
        (before,) = listed(asked)
        asked.clock.push(timedelta(days=9))
        (after,) = listed(asked, "passed=true")

        assert before == {
            "kind": "answer",
            "due": "2026-03-10",
            "passed": False,
            "passed_since": None,
            "provisional": False,
            "lamp": "green",
            "project": CODE,
            "name": "示例项目",
            "unit": 0,
            "stage": 1,
            "item": ITEM,
            "attempt": 1,
            "department": DEPARTMENT,
        }
        assert (after["lamp"], after["passed_since"]) == ("red", "2026-03-11")

    def test_is_on_the_items_task(self, asked: LiveOffice) -> None:
        before = task_of(asked)
        asked.clock.push(timedelta(days=9))
        after = task_of(asked)

        assert (before["told"], before["told_passed"]) == ("2026-03-10", False)
        assert (after["told"], after["told_passed"]) == ("2026-03-10", True)

    def test_is_in_the_project_and_its_blockers(self, asked: LiveOffice) -> None:
        asked.clock.push(timedelta(days=9))
        (told,) = of_item(asked)["told"]
        blockers = asked.get(PROJECT).get_json()["next"]["blockers"]
        public = asked.client.get(f"/api/v1/public{PROJECT}").get_json()["waits"]

        assert (told["kind"], told["passed"]) == ("answer", True)
        wanted = asked.library.catalogue.materials["M010"].name
        assert told["materials"] == [{"zh": wanted.zh, "en": wanted.en}]
        for found in (blockers, public):
            mine = next(each for each in found if each["item"] == ITEM)
            assert (mine["told"], mine["told_passed"]) == ("2026-03-10", True)

    def test_is_closed_by_the_answer(self, asked: LiveOffice) -> None:
        answer = asked.post(f"{PROJECT}/items/{ITEM}/answer", {"attempt": 1}, "owner-a")

        assert answer.status_code == 200, answer.text
        assert listed(asked) == []
        assert task_of(asked)["told"] is None

    def test_is_shown_to_whoever_sees_the_project(self, asked: LiveOffice) -> None:
        assert len(listed(asked, who="owner-a")) == 1
        assert listed(asked, who="agent-2") == []

    @pytest.mark.parametrize(
        ("query", "rows"),
        [
            (f"department={DEPARTMENT}&kind=answer&project={CODE}&township=T1", 1),
            ("agent=agent-1&limit=1", 1),
            ("kind=issue", 0),
            ("passed=true", 0),
            ("township=T2", 0),
        ],
    )
    def test_is_found_by_what_is_asked(self, asked: LiveOffice, query: str, rows: int) -> None:
        assert len(listed(asked, query)) == rows

    def test_comes_in_pages(self, asked: LiveOffice) -> None:
        due = {"attempt": 1, "missing": ["M015"], "due": "2026-03-16"}
        assert asked.post(f"{PROJECT}/items/S1-08/tolerate", due, "window-1").status_code == 200
        first = asked.get("/deadlines?limit=1").get_json()
        second = asked.get(f"/deadlines?limit=1&cursor={first['next']}").get_json()

        kinds = [first["data"][0]["kind"], second["data"][0]["kind"]]
        assert kinds == ["answer", "tolerance"]
        assert second["next"] is None


class TestADefaultGrant:
    def test_has_nothing_to_confirm_where_none_was_given(self, asked: LiveOffice) -> None:
        answer = asked.post(f"{PROJECT}/items/{ITEM}/issue", {"attempt": 1}, REVIEWER)

        assert (answer.status_code, answer.get_json()["code"]) == (409, "item.nothing_to_issue")


class TestTakingBack:
    def test_undoes_a_lapse_of_what_was_answered_in_time(self, asked: LiveOffice) -> None:
        asked.clock.push(timedelta(days=9))
        lapse = {"attempt": 1, "reason": "未答复"}
        answer = asked.post(f"{PROJECT}/items/{ITEM}/lapse", lapse, "window-1")
        events = answer.get_json()["events"]
        number = next(each["number"] for each in events if each["kind"] == "ItemLapsed")
        back = {"event": number, "kind": "step", "reason": "已按期补正"}
        undone = asked.post(f"{PROJECT}/corrections", back, "stage-lead")
        came = {"attempt": 1, "happened_at": "2026-03-09T02:00:00Z", "reason": "窗口漏录"}
        taken = asked.post(f"{PROJECT}/items/{ITEM}/answer", came, "window-1")

        assert undone.status_code == 200, undone.text
        assert taken.status_code == 200, taken.text
        assert of_item(asked)["state"] == "running"


class TestEveryFigure:
    def test_has_its_source_beside_it(self, asked: LiveOffice) -> None:
        asked.post(f"{PROJECT}/items/{ITEM}/answer", {"attempt": 1}, "owner-a")
        asked.work(lambda seen: _accepted(seen) is not None)
        seen = asked.get(PROJECT).get_json()
        stage = seen["units"][0]["stages"][0]
        timed = [each["time"] for each in stage["items"] if each["time"]]
        public = asked.client.get(f"/api/v1/public{PROJECT}").get_json()["stages"][0]
        clock = asked.get(f"{PROJECT}/clock").get_json()
        tasks = asked.get(f"/tasks?project={CODE}&limit=200").get_json()["data"]

        assert timed
        assert {each["source"] for each in timed} <= {"XKF82", "A"}
        assert {each["waited_source"] for each in timed} == {"XKF82"}
        assert stage["used_source"] == public["used_source"] == "XKF82"
        assert clock["source"] == clock["stages"][0]["source"] == "XKF82"
        assert all((task["left"] is None) or task["limit_source"] for task in tasks)


def _accepted(seen: dict[str, Any]) -> object:
    items = (i for stage in seen["units"][0]["stages"] for i in stage["items"])
    return next((each for each in items if each["accepted_at"]), None)
