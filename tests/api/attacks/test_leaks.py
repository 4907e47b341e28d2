"""Canaries: names, numbers and secrets that must stand in no log, address, error or figure."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import structlog

from cli.serve_log import log_plainly
from engine.store.queries import Person
from tests.support.browser import Browser
from tests.support.live_office import CODE, LiveOffice
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, PHONE, CARD = "欧阳测试员", "13912345678", "120118199001011234"
PASSWORD, WRONG = "金丝雀密码一定不能出现 71", "金丝雀错误密码 38 也不能"
PROJECT_NAME, REASON = "金丝雀项目名", f"金丝雀理由 {CARD}"
CANARIES = (NAME, PHONE, CARD, PASSWORD, WRONG, PROJECT_NAME, "金丝雀")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Return what a serving process writes to its log."""
    written = StringIO()
    monkeypatch.setattr("sys.stderr", written)
    log_plainly(written)
    yield written
    structlog.reset_defaults()


def journey(office: LiveOffice) -> list[str]:
    """Let owner-a go through everything, rightly and wrongly; return what was answered."""
    person = Person(
        id="owner-a", name=NAME, roles=frozenset({Role.OWNER}), organisation="ORG-A", phone=PHONE
    )
    office.people.put(person)
    office.parts.accounts.set_password(person, PASSWORD)
    browser = Browser(office)
    browser.sign_in("owner-a", WRONG)
    browser.sign_in(PASSWORD, WRONG)  # the password typed where the id goes
    browser.sign_in("owner-a", PASSWORD)
    office.file(name=PROJECT_NAME)
    project = f"/projects/{CODE}"
    errors = [
        office.post("/projects", office.filing(name=PROJECT_NAME), "owner-a"),
        office.post(f"{project}/items/S9-99/decline", {"reason": REASON}, "owner-a"),
        office.post(f"{project}/items/S1-05/decline", {"reason": REASON}, "owner-a"),
        office.post(f"{project}/withdraw", {"reason": REASON, CARD: 1}, "owner-b"),
        office.post("/projects", {"name": NAME, "code": CARD}, "owner-a"),
        office.get(f"/projects?owner={CARD}x{'y' * 80}", "owner-a"),
        office.get(f"/projects?township={CARD}", "owner-a"),
        office.get(f"/projects/{CARD}", "owner-a"),
        office.get(f"/people/{CARD}", "owner-a"),
        office.client.post(
            "/api/v1/projects", data=f"{{{NAME}", headers={"X-Abreast-Persona": "owner-a"}
        ),
    ]
    link = office.parts.accounts.link("owner-a")
    browser.send(f"/reset/{link}", f"/reset/{link}", password=WRONG, again=PASSWORD)
    office.work(lambda seen: seen["units"][0]["stages"][0]["granted"] > 2)
    return [link, *(answer.text for answer in errors)]


def kept(lines: list[dict[str, object]]) -> str:
    """Return lines as they are kept: who asks and may hears the name of today beside the id."""
    return json.dumps([line | {"actor_name": None} for line in lines], ensure_ascii=False)


class TestACanary:
    def test_stands_nowhere_it_should_not(self, office: LiveOffice, log: StringIO) -> None:
        link, *errors = journey(office)
        metrics = office.client.get("/metrics").text
        trail = kept(office.get("/audit?limit=200").get_json()["data"])
        lines = log.getvalue()

        assert lines.count('"event": "request.done"') > 20
        for canary in (*CANARIES[:-1], "金丝雀", link):
            assert canary not in lines
            assert canary not in metrics
            assert canary not in trail
        for canary in (NAME, PHONE, CARD, PASSWORD, WRONG, PROJECT_NAME):
            assert not [text for text in errors if canary in text]

    def test_stands_in_no_event(self, office: LiveOffice) -> None:
        journey(office)

        events = kept(office.get(f"/projects/{CODE}/events?limit=1000").get_json()["data"])

        assert not [canary for canary in CANARIES if canary in events]

    def test_stands_in_no_line_of_a_fault(self, office: LiveOffice, log: StringIO) -> None:
        app = office.client.application
        app.config["PROPAGATE_EXCEPTIONS"] = False

        def breaks() -> None:
            name = NAME
            raise RuntimeError(f"{len(name)} went wrong")

        office.people.all = breaks  # type: ignore[method-assign,assignment]
        answer = office.get("/people?role=agent", "owner-a")

        assert answer.status_code == 500
        assert "went wrong" in log.getvalue()
        assert NAME not in log.getvalue()
