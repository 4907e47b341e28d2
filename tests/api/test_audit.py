from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import audit as audit_module
from engine.audit import BATCH, MOST, SHORTEST_DAYS, Audit
from engine.errors import DatabaseUnreachableError
from engine.store.audit import AuditFilter
from tests.support.browser import Browser, enrol
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork


def trail(office: LiveOffice, query: str = "") -> list[dict[str, object]]:
    lines: list[dict[str, object]] = office.get(f"/audit?limit=200{query}").get_json()["data"]
    return lines


class TestTheTrail:
    def test_says_who_looked_at_what_and_how_it_ended(self, filed: LiveOffice) -> None:
        answer = filed.get(f"/projects/{CODE}", "agent-1", X_Request_Id="look-0001")
        filed.get(f"/projects/{CODE}", "agent-2")

        (hidden, seen) = [
            line for line in trail(filed) if line["operation"] == "projects.show_project"
        ]

        assert (seen["actor"], seen["object"], seen["status"]) == ("agent-1", CODE, 200)
        assert seen["request"] == answer.headers["X-Request-Id"] == "look-0001"
        assert (hidden["actor"], hidden["status"]) == ("agent-2", 404)

    @pytest.mark.parametrize(
        ("path", "about"),
        [
            ("/reports/bottlenecks?township=T1&since=2026-01-01", "since=2026-01-01 township=T1"),
            ("/projects/export/csv?township=T2", "csv township=T2"),
            ("/exchange/log", "-"),
            (f"/search?q={CODE}", CODE),
            ("/search?q=no+such+thing", "-"),
        ],
    )
    def test_says_what_was_asked_for_where_the_address_names_nothing(
        self, filed: LiveOffice, path: str, about: str
    ) -> None:
        filed.get(path)

        assert trail(filed)[0]["object"] == about

    def test_keeps_no_word_that_somebody_typed(self, filed: LiveOffice) -> None:
        filed.get("/people?role=13812345678张三")
        filed.get("/search?q=13812345678")

        assert "1381234" not in str(trail(filed))

    def test_names_the_project_that_was_filed(self, office: LiveOffice) -> None:
        office.file()

        assert trail(office, "&actor=owner-a")[0]["object"] == CODE

    def test_names_what_was_made_and_what_was_taken_back(self, filed: LiveOffice) -> None:
        link = filed.post("/people/me/calendar", {}, "owner-a").get_json()["id"]
        filed.post(f"/links/{link}/revoke", {}, "owner-a")
        asked = {"label": "x", "days": 1, "scopes": ["read"]}
        token = filed.post("/people/me/tokens", asked, "owner-a").get_json()["id"]
        filed.post(f"/people/me/tokens/{token}/revoke", {}, "owner-a")
        tasks = [{"project": CODE, "task": "0/S1-01/1/receive"}]
        job = filed.post("/tasks/bulk", {"action": "claim", "tasks": tasks}, "owner-a").get_json()

        seen = [line["object"] for line in trail(filed, "&actor=owner-a")[:5]]

        assert seen == [job["id"], token, token, link, link]

    def test_says_who_changed_what(self, filed: LiveOffice) -> None:
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "owner-a")

        (line,) = trail(filed, "&operation=stages.file_stage")

        assert (line["actor"], line["object"], line["status"]) == ("owner-a", f"{CODE} 1", 200)

    def test_says_which_part_of_a_project_somebody_saw(self, filed: LiveOffice) -> None:
        path = f"/projects/{CODE}/items/S1-01/ways"
        filed.get(path, "window-1")

        (line,) = trail(filed, f"&object={CODE}&actor=window-1")

        assert line["object"] == f"{CODE} S1-01"
        assert trail(filed, f"&object={CODE[:-1]}&actor=window-1") == []

    def test_says_who_signed_in_and_whom_somebody_claimed_to_be(self, office: LiveOffice) -> None:
        enrol(office, "agent-1")
        Browser(office).sign_in("agent-1")
        Browser(office).sign_in("agent-1", "wrong")
        Browser(office).sign_in("a password typed here", "wrong")

        lines = [line for line in trail(office) if line["operation"] == "signin.sign_in"]

        assert [(line["actor"], line["object"], line["status"]) for line in lines] == [
            ("-", "-", 403),
            ("-", "agent-1", 403),
            ("agent-1", "-", 303),
        ]

    @pytest.mark.parametrize(
        ("query", "number"),
        [("&actor=agent-1", 2), (f"&object={CODE}", 4), ("&actor=agent-1&object=x", 0)],
    )
    def test_is_narrowed(self, filed: LiveOffice, query: str, number: int) -> None:
        for who in ("agent-1", "agent-1", "agent-2"):
            filed.get(f"/projects/{CODE}", who)

        assert len(trail(filed, query)) == number

    def test_leaves_out_what_was_only_read(self, filed: LiveOffice) -> None:
        filed.get(f"/projects/{CODE}", "agent-1")
        filed.post(f"/projects/{CODE}/stages/1/file", {}, "agent-1")

        found = trail(filed, "&changes=true")

        named = {(line["operation"], line["actor_name"]) for line in found}
        assert ("stages.file_stage", "名agent-1") in named
        assert "projects.show_project" not in {operation for operation, _ in named}

    def test_comes_in_pages_the_newest_first(self, office: LiveOffice) -> None:
        for _ in range(5):
            office.get("/people/me", "agent-1")
        first = office.get("/audit?limit=3&actor=agent-1").get_json()
        second = office.get(f"/audit?limit=3&actor=agent-1&cursor={first['next']}").get_json()

        requests = [line["request"] for page in (first, second) for line in page["data"]]
        assert len(set(requests)) == 5
        assert second["next"] is None

    @pytest.mark.parametrize("who", ["agent-1", "supervisor-2", "lead-housing"])
    def test_is_for_administrators(self, office: LiveOffice, who: str) -> None:
        assert office.get("/audit", who).status_code == 403

    def test_leaves_out_who_only_looks_at_what_is_public(self, office: LiveOffice) -> None:
        office.client.get("/")
        office.client.get("/health")

        assert trail(office) == []


class TestKeeping:
    def test_lasts_half_a_year_at_least(self, office: LiveOffice) -> None:
        office.get("/people/me", "agent-1")
        audit = office.parts.audit
        audit.flush()
        office.clock.push(timedelta(days=SHORTEST_DAYS - 1))

        assert audit.prune() == 0
        office.clock.push(timedelta(days=19))
        assert audit.prune() == 1

    def test_cannot_be_set_shorter(self, office: LiveOffice) -> None:
        short = Audit(office.parts.new_uow, office.clock, days=1)
        office.get("/people/me", "agent-1")
        office.parts.audit.flush()
        office.clock.push(timedelta(days=SHORTEST_DAYS - 1))

        assert short.prune() == 0


class TestWaiting:
    def note(self, audit: Audit, number: int) -> None:
        for each in range(number):
            audit.note(actor="p", operation="o", object_=str(each), status=200, request="r" * 8)

    def test_is_stored_by_the_batch(self, office: LiveOffice) -> None:
        audit = Audit(office.parts.new_uow, office.clock, days=200)

        self.note(audit, BATCH - 1)
        assert audit.waiting() == BATCH - 1
        self.note(audit, 1)

        assert audit.waiting() == 0
        assert len(audit.lines(AuditFilter(actor="p"))) == BATCH

    def test_goes_on_while_the_database_is_away(self, office: LiveOffice) -> None:
        away = Audit(_gone, office.clock, days=200)

        self.note(away, BATCH + 3)
        away.flush()

        assert away.waiting() == BATCH + 3

    def test_does_not_fill_the_memory(
        self, office: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_module, "MOST", MOST // 20)
        away = Audit(_gone, office.clock, days=200)

        self.note(away, MOST // 20 + BATCH)

        assert away.waiting() <= MOST // 20 + BATCH


def _gone() -> UnitOfWork:
    raise DatabaseUnreachableError
