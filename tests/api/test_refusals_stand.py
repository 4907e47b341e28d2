"""Orders that concern no project's log: what was refused under a key is refused for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_links import of_department, ordered, running

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.support.live_office import LiveOffice

__all__ = ["running"]
KEY = {"Idempotency_Key": "mine"}


def code(answer: TestResponse) -> str | None:
    told: str | None = answer.get_json().get("code")
    return told


def check_stands(send: Callable[..., TestResponse], refused: str, clear: Callable[[], Any]) -> None:
    """Check that a key hears its refusal when nothing stands against it, and a new one does not.

    Args:
        send: Gives the order, under the key that it is handed.
        clear: Takes away what stands against it.
    """
    first = send(**KEY)
    clear()

    again = send(**KEY)
    new = send(Idempotency_Key="another")

    assert (code(first), code(again)) == (refused, refused)
    assert again.status_code == first.status_code
    assert again.get_json() == first.get_json()
    assert new.status_code < 300, new.text


class TestARefusal:
    def test_of_a_person_stands_when_there_is_one(self, office: LiveOffice) -> None:
        comes = {"name": "来", "roles": ["planner"]}

        check_stands(
            lambda **key: office.post("/people/comer/change", comes, "admin", **key),
            "person.unknown",
            lambda: office.post("/people", {"id": "comer", **comes}, "admin"),
        )

    def test_of_an_id_stands_for_who_asked_for_it(self, office: LiveOffice) -> None:
        comes = {"id": "owner-b", "name": "来", "roles": ["planner"]}
        first = office.post("/people", comes, "admin", **KEY)

        again = office.post("/people", comes, "admin", **KEY)
        other = office.post("/people", {**comes, "id": "else"}, "admin", **KEY)

        assert (code(first), code(again)) == ("person.exists", "person.exists")
        assert code(other) == "engine.key_reused"

    def test_of_an_absence_stands_when_the_agent_has_joined(self, office: LiveOffice) -> None:
        away = {"first": "2026-05-01", "last": "2026-05-02", "township": "T1"}
        comes = {"id": "comer", "name": "来", "roles": ["agent"], "township": "T1"}

        check_stands(
            lambda **key: office.post("/agents/comer/absence", away, "admin", **key),
            "agent.unknown",
            lambda: office.post("/people", comes, "admin"),
        )

    def test_of_a_link_stands_when_its_task_is_open(self, running: LiveOffice) -> None:
        task = of_department(running)
        reviewer = f"reviewer-{task['department']}"
        person = running.get(f"/people/{reviewer}").get_json()
        told = {name: person[name] for name in ("name", "roles", "department")}
        running.post(f"/people/{reviewer}/change", told | {"active": False})
        body = {"purpose": "complete", "project": task["project"], "task": task["id"],
                "person": reviewer}  # fmt: skip

        check_stands(
            lambda **key: running.post("/links", body, f"lead-{task['department']}", **key),
            "task.wrong_person",
            lambda: running.post(f"/people/{reviewer}/change", told),
        )

    def test_is_not_told_of_a_link_that_was_made(self, running: LiveOffice) -> None:
        task = of_department(running)
        who = f"lead-{task['department']}"
        body = {"purpose": "complete", "project": task["project"], "task": task["id"],
                "person": f"reviewer-{task['department']}"}  # fmt: skip
        first = running.post("/links", body, who, **KEY)
        running.post(f"/people/reviewer-{task['department']}/erase", {})

        again = running.post("/links", body, who, **KEY)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.get_json() == first.get_json() | {"link": None}
        assert code(ordered(running, task)) == "task.wrong_person"

    @pytest.mark.parametrize(
        ("path", "body", "refused"),
        [
            ("/webhooks", {"url": "https://elsewhere.test/"}, "webhook.target"),
            (f"/webhooks/{'0' * 32}/remove", {}, "webhook.unknown"),
        ],
    )
    def test_of_a_webhook_binds_its_key(
        self, office: LiveOffice, path: str, body: dict[str, Any], refused: str
    ) -> None:
        first = office.post(path, body, "admin", **KEY)
        again = office.post(path, body, "admin", **KEY)
        other = office.post("/webhooks", {"url": "https://third.test/"}, "admin", **KEY)

        assert (code(first), code(again)) == (refused, refused)
        assert code(other) == "engine.key_reused"
