from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import icalendar
import pytest
from sqlalchemy import update

from engine.store import queries
from engine.store.tables import TaskRow
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice


@pytest.fixture
def running(filed: LiveOffice) -> LiveOffice:
    """Return an office in which departments have tasks."""
    filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
    for task in filed.get("/tasks?limit=200", "window-1").get_json()["data"]:
        if task["item"] and task["step"] == "receive":
            path = f"/projects/{CODE}/tasks/{task['id']}/complete"
            filed.post(path, {"outcome": "received"}, "window-1")
    return filed


def of_department(office: LiveOffice) -> dict[str, Any]:
    """Return a task that somebody outside is to do.

    Utilities take months to come to their external step; a department's task stands in for it.
    """
    task = official(office, "department")
    where = {"project": CODE, "path": _path(office, task)}
    with office.parts.new_uow() as uow:
        uow.begin()
        change = update(TaskRow).filter_by(**where).values(performer="external")
        uow.connection.execute(change)
        uow.commit()
    return task


def official(office: LiveOffice, performer: str) -> dict[str, Any]:
    found = office.get("/tasks?limit=200&mine=false", "admin").get_json()["data"]
    task: dict[str, Any] = next(each for each in found if each["performer"] == performer)
    return task


def _path(office: LiveOffice, task: dict[str, Any]) -> str:
    with office.parts.new_uow() as uow:
        found = queries.tasks(uow.connection, queries.TaskFilter(project=CODE), limit=500)
    return next(line.path for line in found if line.id == task["id"])


def ordered(office: LiveOffice, task: dict[str, Any], who: str = "", **other: Any) -> TestResponse:
    body = {
        "purpose": "complete",
        "project": CODE,
        "task": task["id"],
        "person": f"reviewer-{task['department']}",
        **other,
    }
    return office.post("/links", body, who or f"lead-{task['department']}")


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def opened(office: LiveOffice, link: str) -> TestResponse:
    return office.client.get(path_of(link))


def answered(office: LiveOffice, link: str, outcome: str | None) -> TestResponse:
    token = urlsplit(link).query.removeprefix("t=")
    form = {"t": token} | ({} if outcome is None else {"outcome": outcome})
    return office.client.post("/answer", data=form)


class TestALink:
    def test_lets_a_department_answer_without_an_account(self, running: LiveOffice) -> None:
        task = of_department(running)
        made = ordered(running, task)
        link = made.get_json()["link"]

        page = opened(running, link)
        done = answered(running, link, task["outcomes"][0])

        assert made.status_code == 201, made.text
        assert page.status_code == done.status_code == 200
        assert CODE in page.text
        assert "<script" not in page.text
        last = running.parts.handle.history(CODE)
        author = next(each.actor for each in reversed(last) if each.kind == "StepCompleted")
        assert author == f"reviewer-{task['department']}"

    def test_takes_one_answer(self, running: LiveOffice) -> None:
        task = of_department(running)
        link = ordered(running, task).get_json()["link"]
        answered(running, link, task["outcomes"][0])
        number = running.parts.handle.project(CODE).number

        again = answered(running, link, task["outcomes"][0])
        looked = opened(running, link)

        assert running.parts.handle.project(CODE).number == number
        assert "fieldset" not in again.text + looked.text
        assert running.get("/links", f"lead-{task['department']}").get_json()["data"][0]["used_at"]

    def test_is_not_used_by_looking_at_it(self, running: LiveOffice) -> None:
        task = of_department(running)
        link = ordered(running, task).get_json()["link"]
        for _ in range(3):
            opened(running, link)

        assert answered(running, link, task["outcomes"][0]).status_code == 200

    def test_shows_a_name_as_text_whatever_it_is(self, office: LiveOffice) -> None:
        evil = "<img src=x onerror=alert(1)>"
        office.file(name=evil)
        office.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")
        for task in office.get("/tasks?limit=200", "window-1").get_json()["data"]:
            if task["item"] and task["step"] == "receive":
                path = f"/projects/{CODE}/tasks/{task['id']}/complete"
                office.post(path, {"outcome": "received"}, "window-1")

        page = opened(office, ordered(office, of_department(office)).get_json()["link"]).text

        assert evil not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page

    def test_refuses_an_outcome_that_is_none(self, running: LiveOffice) -> None:
        task = of_department(running)
        link = ordered(running, task).get_json()["link"]

        wrong = answered(running, link, "<script>alert(1)</script>")
        right = answered(running, link, task["outcomes"][0])

        assert wrong.status_code == 409
        assert "<script>" not in wrong.text
        assert right.status_code == 200

    def test_keeps_no_sign_of_a_reason_that_cannot_be_stored(self, running: LiveOffice) -> None:
        task = of_department(running)
        link = ordered(running, task).get_json()["link"]
        token = urlsplit(link).query.removeprefix("t=")
        form = {"t": token, "outcome": task["outcomes"][0], "reason": "图\x00纸\u202e\r\n齐"}

        done = running.client.post("/answer", data=form)

        with running.parts.new_uow() as uow:
            texts = uow.connection.exec_driver_sql("SELECT text FROM note").scalars().all()
        assert done.status_code == 200
        assert any(each.startswith("图纸") and each.endswith("齐") for each in texts)
        assert not any("\x00" in each or "\u202e" in each for each in texts)

    @pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 5000, "../..", "%00", "'"])
    def test_that_nobody_made_opens_nothing(self, running: LiveOffice, token: str) -> None:
        assert running.client.get("/answer", query_string={"t": token}).status_code == 404
        assert running.client.post("/answer", data={"t": token}).status_code == 404
        assert running.client.get("/calendar.ics", query_string={"t": token}).status_code == 404

    def test_is_over_after_its_days(self, running: LiveOffice) -> None:
        link = ordered(running, of_department(running), days=1).get_json()["link"]
        running.clock.push(timedelta(days=1))

        assert opened(running, link).status_code == 404

    def test_ends_when_its_issuer_leaves(self, running: LiveOffice) -> None:
        task = of_department(running)
        link = ordered(running, task).get_json()["link"]
        lead = running.people.get(f"lead-{task['department']}")
        assert lead is not None
        running.people.put(replace(lead, active=False))

        assert opened(running, link).status_code == 404
        assert answered(running, link, task["outcomes"][0]).status_code == 404

    def test_is_revoked_at_once_and_by_its_issuer_only(self, running: LiveOffice) -> None:
        task = of_department(running)
        made = ordered(running, task).get_json()
        others = running.post(f"/links/{made['id']}/revoke", {}, "admin")
        nobodys = running.post(f"/links/{'0' * 32}/revoke", {}, "admin")
        still = opened(running, made["link"]).status_code
        left = running.post(f"/links/{made['id']}/revoke", {}, f"lead-{task['department']}")

        assert still == 200
        assert (others.status_code, nobodys.status_code) == (404, 404)
        assert others.get_json()["code"] == nobodys.get_json()["code"] == "link.unknown"
        assert left.get_json()["data"] == []
        assert opened(running, made["link"]).status_code == 404

    def test_is_of_no_use_for_anything_else(self, running: LiveOffice) -> None:
        task = of_department(running)
        query = urlsplit(ordered(running, task).get_json()["link"]).query
        token = query.removeprefix("t=")

        assert running.client.get(f"/calendar.ics?{query}").status_code == 404
        answer = running.client.get(
            f"/api/v1/projects/{CODE}", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 401

    def test_is_shown_once(self, running: LiveOffice) -> None:
        task = of_department(running)
        body = {
            "purpose": "complete",
            "project": CODE,
            "task": task["id"],
            "person": f"reviewer-{task['department']}",
        }
        who = f"lead-{task['department']}"
        first = running.post("/links", body, who, Idempotency_Key="one").get_json()
        again = running.post("/links", body, who, Idempotency_Key="one").get_json()

        assert first["link"]
        assert again["link"] is None
        assert again["id"] == first["id"]

    @pytest.mark.parametrize("performer", ["window", "department"])
    def test_stands_for_no_duty_of_an_official(self, running: LiveOffice, performer: str) -> None:
        task = official(running, performer)
        person = "window-1" if performer == "window" else f"reviewer-{task['department']}"

        refused = ordered(running, task, f"lead-{task['department']}", person=person)

        assert refused.get_json()["code"] == "link.official"
        assert refused.status_code == 422

    def test_leaves_a_line_that_names_who_made_it(self, running: LiveOffice) -> None:
        task = of_department(running)
        made = ordered(running, task).get_json()

        answered(running, made["link"], task["outcomes"][0])

        lines = running.get(f"/audit?actor=reviewer-{task['department']}").get_json()["data"]
        assert lines[0]["object"] == f"{CODE} link {made['id']} by lead-{task['department']}"

    def test_leaves_a_line_of_each_look(self, running: LiveOffice) -> None:
        task = of_department(running)
        made = ordered(running, task).get_json()

        opened(running, made["link"])

        (line,) = running.get("/audit?operation=answers.question").get_json()["data"]
        by = f"by lead-{task['department']}"
        assert (line["actor"], line["object"]) == ("-", f"{CODE} link {made['id']} {by}")

    @pytest.mark.parametrize("who", ["owner-a", "agent-1", "window-1"])
    def test_is_made_by_leaders(self, running: LiveOffice, who: str) -> None:
        assert ordered(running, of_department(running), who).status_code == 403

    def test_speaks_only_for_somebody_who_may(self, running: LiveOffice) -> None:
        task = of_department(running)
        for person in ("owner-a", "agent-1", "nobody", "admin"):
            answer = ordered(running, task, person=person)
            assert answer.get_json()["code"] == "task.wrong_person"

    def test_of_a_hidden_project_is_not_there(self, running: LiveOffice) -> None:
        assert ordered(running, of_department(running), "owner-b").status_code == 404

    def test_to_a_supplement_lets_the_owner_say_that_it_is_in(self, running: LiveOffice) -> None:
        item = next(
            each
            for each in running.parts.handle.project(CODE).items.values()
            if each.open is not None and running.library.catalogue.items[each.item].materials
        )
        material = running.library.catalogue.items[item.item].materials[0]
        asked = running.post(
            f"/projects/{CODE}/items/{item.item}/supplement",
            {"attempt": 1, "missing": [material]},
            "window-1",
        )
        assert asked.status_code in (200, 201), asked.text
        body = {
            "purpose": "supplement",
            "project": CODE,
            "task": f"0/{item.item}/1",
            "person": "owner-a",
        }
        made = running.post("/links", body, "window-1")

        done = answered(running, made.get_json()["link"], None)

        assert done.status_code == 200
        kinds = [each.kind for each in running.parts.handle.history(CODE)]
        assert kinds[-1] == "ItemResumed"


class TestTheCalendar:
    def feed(self, office: LiveOffice, who: str) -> tuple[str, icalendar.Calendar]:
        made = office.post("/people/me/calendar", {}, who).get_json()
        answer = opened(office, made["link"])
        assert answer.status_code == 200
        assert answer.mimetype == "text/calendar"
        return made["link"], icalendar.Calendar.from_ical(answer.get_data())

    def test_has_what_a_person_must_do(self, running: LiveOffice) -> None:
        tasks = running.get("/tasks?limit=200", "window-1").get_json()["data"]

        _, calendar = self.feed(running, "window-1")

        entries = calendar.walk("VTODO")
        assert len(entries) == len(tasks) > 0
        assert all(CODE in str(each["description"]) for each in entries)
        assert calendar.walk("VTIMEZONE")

    def test_has_the_days_on_which_limits_end(self, running: LiveOffice) -> None:
        running.work(lambda _seen: len(dues(running)) > 2)
        wanted = sorted(day for day in dues(running).values())

        _, calendar = self.feed(running, "owner-a")

        assert sorted(each.decoded("dtstart").isoformat() for each in calendar.walk("VEVENT")) == (
            wanted
        )

    def test_leaves_a_line_of_each_look(self, running: LiveOffice) -> None:
        self.feed(running, "owner-a")
        identity = running.get("/links", "owner-a").get_json()["data"][0]["id"]

        (line,) = running.get("/audit?operation=feeds.calendar").get_json()["data"]

        assert (line["actor"], line["object"]) == ("owner-a", identity)

    def test_is_over_when_it_is_revoked(self, running: LiveOffice) -> None:
        link, _ = self.feed(running, "owner-a")
        identity = running.get("/links", "owner-a").get_json()["data"][0]["id"]
        running.post(f"/links/{identity}/revoke", {}, "owner-a")

        assert opened(running, link).status_code == 404

    def test_is_over_when_the_person_is_erased(self, running: LiveOffice) -> None:
        link, _ = self.feed(running, "owner-a")
        running.people.erase("owner-a")

        assert opened(running, link).status_code == 404

    def test_is_over_after_a_year(self, running: LiveOffice) -> None:
        link, _ = self.feed(running, "owner-a")

        running.clock.push(timedelta(days=367))

        assert opened(running, link).status_code == 404

    def test_is_over_when_an_administrator_signs_the_person_out(self, running: LiveOffice) -> None:
        link, _ = self.feed(running, "owner-a")

        running.post("/people/owner-a/sign-out", {}, "admin")

        assert opened(running, link).status_code == 404

    @pytest.mark.parametrize("path", ["/people/me/calendar", "/people/me/contact", "/links"])
    def test_is_made_by_a_person_and_no_program(self, running: LiveOffice, path: str) -> None:
        token = running.people.issue_token("lead-housing", timedelta(days=1))
        bodies: dict[str, dict[str, Any]] = {
            "/people/me/calendar": {},
            "/people/me/contact": {"mail": None, "locale": "en"},
            "/links": {
                "purpose": "supplement",
                "project": CODE,
                "task": "0/S1-05/1",
                "person": "owner-a",
            },
        }

        headers = {"Authorization": f"Bearer {token}"}
        refused = running.post(path, bodies[path], None, **headers)

        assert refused.get_json()["code"] == "account.in_person"

    def test_names_no_token_in_its_path(self, running: LiveOffice) -> None:
        link, _ = self.feed(running, "owner-a")

        assert re.fullmatch(r"https?://[^/]+/calendar\.ics\?t=[\w-]+", link)


def dues(office: LiveOffice) -> dict[str, str]:
    with office.parts.new_uow() as uow:
        query = "SELECT unit, item, committed_due FROM due WHERE committed_due IS NOT NULL"
        return {f"{row[0]}/{row[1]}": row[2] for row in uow.connection.exec_driver_sql(query).all()}
