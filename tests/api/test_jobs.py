from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.bulk import MOST_OPEN
from engine.store import jobs as stored
from engine.store.jobs import Job, JobStatus, Line
from tests.support.live_office import CODE, START

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

HIDDEN = "2026-120118-47-03-000077"
FAILED = Job(
    id="heads-2026-03-02",
    kind="heads",
    parameters={"day": "2026-03-02"},
    status=JobStatus.FAILED,
    done=1,
    total=1,
    most=5,
    run_at=START,
    created_at=START,
    ended_at=START,
    error="engine.heads_wrong: project:p/2: cut",
)


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    """Return an office whose stage 1 is filed, so that there are tasks."""
    assert filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1").status_code == 200
    return filed


def tasks(office: LiveOffice, who: str = "window-1") -> list[dict[str, Any]]:
    found = office.get("/tasks?limit=200", who).get_json()["data"]
    return [{"project": each["project"], "task": each["id"]} for each in found if each["item"]]


def bulk(office: LiveOffice, who: str = "window-1", **body: Any) -> dict[str, Any]:
    answer = office.post("/tasks/bulk", body, who)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == job["link"]
    return job


def worked(office: LiveOffice) -> None:
    while office.parts.jobs.run_next("w"):
        pass


def lines(office: LiveOffice, job: dict[str, Any], who: str = "window-1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.get(f"/jobs/{job['id']}/lines", who).get_json()["data"]
    return found


class TestOrderingMany:
    def test_does_each_task_and_tells_what_came_of_it(self, running: LiveOffice) -> None:
        some = [each for each in tasks(running) if each["task"].endswith("/receive")]

        job = bulk(running, action="complete", outcome="received", tasks=some)
        before = running.get(f"/jobs/{job['id']}", "window-1").get_json()
        worked(running)
        after = running.get(f"/jobs/{job['id']}", "window-1").get_json()

        assert len(some) > 1
        assert (before["status"], before["done"], before["total"]) == ("queued", 0, len(some))
        assert (after["status"], after["done"]) == ("done", len(some))
        told = lines(running, job)
        assert [(each["line"], each["ok"]) for each in told] == [
            (place, True) for place in range(len(some))
        ]
        assert told[-1]["number"] == running.parts.handle.project(CODE).number

    def test_takes_only_so_many_of_one_person_at_a_time(self, running: LiveOffice) -> None:
        one: dict[str, Any] = {"action": "claim", "tasks": tasks(running)[:1]}
        jobs = [bulk(running, **one) for _ in range(MOST_OPEN)]

        full = running.post("/tasks/bulk", one, "window-1")
        others = running.post("/tasks/bulk", one, "reviewer-housing")
        running.post(f"/jobs/{jobs[0]['id']}/cancel", {}, "window-1")
        again = running.post("/tasks/bulk", one, "window-1")

        assert (full.status_code, full.get_json()["code"]) == (429, "engine.jobs_full")
        assert (others.status_code, again.status_code) == (202, 202)

    def test_refuses_who_has_too_many_before_it_reads_what_they_send(
        self, running: LiveOffice
    ) -> None:
        one: dict[str, Any] = {"action": "claim", "tasks": tasks(running)[:1]}
        head = {"X-Abreast-Persona": "window-1", "Idempotency-Key": "the-first"}

        def send(body: bytes, key: str) -> tuple[int, str | None]:
            answer = running.client.post(
                "/api/v1/tasks/bulk",
                data=body,
                content_type="application/json",
                headers=head | {"Idempotency-Key": key},
            )
            return answer.status_code, answer.get_json().get("code")

        first = running.client.post("/api/v1/tasks/bulk", json=one, headers=head)
        before = send(b"{", "another")
        for _ in range(MOST_OPEN - 1):
            bulk(running, **one)

        assert before == (400, "api.json.malformed")
        assert send(b"{", "another") == (429, "engine.jobs_full")
        # What was taken before is answered again, however many there are by now.
        again = running.client.post("/api/v1/tasks/bulk", json=one, headers=head)
        assert (again.status_code, again.get_json()["id"]) == (202, first.get_json()["id"])

    def test_lets_what_is_refused_stop_none_of_the_others(self, running: LiveOffice) -> None:
        good, *_ = [each for each in tasks(running) if each["task"].endswith("/receive")]
        bad = {"project": CODE, "task": "0/S1-08/9/review"}

        job = bulk(running, action="complete", outcome="received", tasks=[bad, good, good])
        worked(running)

        told = lines(running, job)
        assert [each["ok"] for each in told] == [False, True, False]
        assert told[0]["problem"] == told[2]["problem"] == "task.not_open"
        assert all(each["detail"] for each in told if not each["ok"])

    def test_answers_a_hidden_project_like_a_missing_one(self, running: LiveOffice) -> None:
        running.post("/projects", running.filing(code=HIDDEN, owner="ORG-B"), "owner-b")
        ordered = [
            {"project": code, "task": "0/S1-08/1/receive"} for code in (HIDDEN, CODE[:-2] + "99")
        ]

        job = bulk(running, "owner-a", action="claim", tasks=ordered)
        worked(running)

        problems = [each["problem"] for each in lines(running, job, "owner-a")]
        assert problems == ["project.unknown", "project.unknown"]

    def test_files_a_joint_application(self, filed: LiveOffice) -> None:
        ordered = [{"project": CODE, "task": "0/stage_1/0/intake_1"}]

        job = bulk(filed, "agent-1", action="complete", outcome="filed", tasks=ordered)
        worked(filed)

        assert lines(filed, job, "agent-1")[0]["ok"]
        assert filed.parts.handle.project(CODE).runs["1/0"].filed_at is not None

    def test_claims_and_releases(self, running: LiveOffice) -> None:
        some = [each for each in tasks(running) if each["task"].endswith("/receive")][:2]
        for action, holder in (("claim", "window-1"), ("release", None)):
            bulk(running, action=action, tasks=some)
            worked(running)
            held = running.get("/tasks?limit=200", "window-1").get_json()["data"]
            named = {each["id"]: each["person"] for each in held}
            assert [named[each["task"]] for each in some] == [holder, holder]

    def test_makes_one_job_for_one_key(self, running: LiveOffice) -> None:
        body = {"action": "claim", "tasks": tasks(running)[:1]}
        first = running.post("/tasks/bulk", body, "window-1", Idempotency_Key="same")
        again = running.post("/tasks/bulk", body, "window-1", Idempotency_Key="same")
        other = running.post(
            "/tasks/bulk", {**body, "action": "release"}, "window-1", Idempotency_Key="same"
        )

        assert first.get_json()["id"] == again.get_json()["id"]
        assert other.status_code == 422
        assert len(running.get("/jobs", "window-1").get_json()["data"]) == 1

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"action": "complete", "tasks": []}, "/tasks"),
            (
                {"action": "complete", "tasks": [{"project": "P", "task": "0/S1-08/1/x"}]},
                "/outcome",
            ),
            ({"action": "assign", "tasks": [{"project": "P", "task": "0/S1-08/1/x"}]}, "/person"),
            (
                {
                    "action": "claim",
                    "outcome": "x",
                    "tasks": [{"project": "P", "task": "0/S1-08/1/x"}],
                },
                "/outcome",
            ),
            ({"action": "drop", "tasks": [{"project": "P", "task": "0/S1-08/1/x"}]}, "/action"),
            ({"action": "claim", "tasks": [{"project": "P", "task": "../../x"}]}, "/tasks/0/task"),
        ],
    )
    def test_refuses_what_does_not_belong_together(
        self, filed: LiveOffice, body: dict[str, Any], pointer: str
    ) -> None:
        answer = filed.post("/tasks/bulk", body, "window-1")

        assert answer.status_code == 422
        assert pointer in [each["pointer"] for each in answer.get_json()["errors"]]

    def test_takes_only_so_many(self, filed: LiveOffice) -> None:
        many = [{"project": CODE, "task": f"0/S1-08/{n}/x"} for n in range(501)]

        assert filed.post("/tasks/bulk", {"action": "claim", "tasks": many}).status_code == 422


class TestAJob:
    def test_is_there_for_who_ordered_it_and_for_administrators(self, running: LiveOffice) -> None:
        job = bulk(running, action="claim", tasks=tasks(running)[:1])
        path = f"/jobs/{job['id']}"

        answers = {who: running.get(path, who) for who in ("window-1", "admin", "window-2")}
        missing = running.get("/jobs/nothing", "window-2")

        assert answers["window-1"].status_code == answers["admin"].status_code == 200
        assert answers["window-2"].status_code == missing.status_code == 404
        assert answers["window-2"].get_json()["code"] == missing.get_json()["code"]
        assert running.get(f"{path}/lines", "window-2").status_code == 404
        assert running.post(f"{path}/cancel", {}, "window-2").status_code == 404
        assert running.get("/jobs", "window-2").get_json()["data"] == []

    def test_of_the_office_tells_what_could_not_be_done_and_raises_the_alarm(
        self, office: LiveOffice
    ) -> None:
        cut = ["project:p/2: cut", "project:q/7: cut"]
        params = {"count": len(cut), "examples": cut}
        detail = {"file": "f", "wrong": cut, "problem": "engine.heads_wrong", "params": params}
        with office.parts.new_uow() as uow:
            uow.begin()
            stored.put(uow.connection, FAILED)
            stored.put_line(uow.connection, FAILED.id, Line(line="day", ok=False, detail=detail))
            stored.put_line(uow.connection, FAILED.id, Line(line="other", ok=True, detail=detail))
            uow.commit()

        (listed,) = office.get("/jobs", "admin").get_json()["data"]
        (shown,) = lines(office, {"id": FAILED.id}, "admin")
        (letter,) = office.get("/dead-letters", "admin").get_json()["letters"]
        metrics = office.client.get("/metrics").text
        assert (listed["status"], listed["wrong"]) == ("failed", 1)
        assert (shown["line"], shown["name"], shown["ok"]) == (0, "day", False)
        assert shown["problem"] == "engine.heads_wrong"
        assert all(each in shown["detail"] for each in cut)
        assert letter["reason"] == FAILED.error
        assert 'abreast_dead_letters{kind="job"} 1.0' in metrics

    def test_is_called_off_before_it_is_done(self, running: LiveOffice) -> None:
        job = bulk(running, action="claim", tasks=tasks(running)[:2])

        called = running.post(f"/jobs/{job['id']}/cancel", {}, "window-1").get_json()
        again = running.post(f"/jobs/{job['id']}/cancel", {}, "window-1").get_json()
        worked(running)

        assert called["status"] == again["status"] == "cancelled"
        assert lines(running, job) == []
