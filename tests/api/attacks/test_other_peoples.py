"""Objects of other people: projects over townships and owners, and all that hangs on an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from api import document
from tests.support.live_office import CODE

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice

MISSING = "2026-120118-47-03-999999"
STRANGERS = ["owner-b", "agent-2", "window-2", "supervisor-2"]
OF_A_PROJECT = sorted(
    (method, path)
    for path, methods in document()["paths"].items()
    for method in methods
    if "{code}" in path and method in {"get", "post"} and "/public/" not in path
)
FILLING = {"item": "S1-05", "stage": "1", "unit": "0", "attempt": "1", "kind": "decision"}


def at(path: str, code: str) -> str:
    filled = path.replace("{code}", code)
    return re.sub(r"{(\w+)}", lambda found: FILLING.get(found[1], "x"), filled)


class TestAProjectOfOthers:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_is_answered_like_none_at_every_operation(self, still: LiveOffice, who: str) -> None:
        """A body that is no good is refused before anybody looks for the project: alike, too."""
        differing = []
        for method, path in OF_A_PROJECT:
            answers = []
            for code in (CODE, MISSING):
                ask = still.get if method == "get" else still.post
                answer = ask(at(path, code), who=who)
                body = answer.get_data(as_text=True).replace(code, "CODE")
                answers.append((answer.status_code, body))
            if answers[0] != answers[1] or answers[0][0] < 400:
                differing.append((method, path, answers[0][0], answers[1][0]))

        assert len(OF_A_PROJECT) >= 40
        assert differing == []

    @pytest.mark.parametrize("who", STRANGERS)
    def test_stands_in_no_list(self, still: LiveOffice, who: str) -> None:
        for path in ("/projects", "/tasks?mine=false", "/tasks?mine=true"):
            assert CODE not in still.get(path, who).text


class TestWhatHangsOnAnAccount:
    @pytest.mark.parametrize("who", [*STRANGERS, "agent-1", "lead-housing"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("get", "/people/owner-a/data"),
            ("post", "/people/owner-a/link"),
            ("post", "/people/owner-a/erase"),
            ("post", "/people/owner-a/sign-out"),
            ("get", "/audit"),
            ("get", "/audit?actor=owner-a"),
        ],
    )
    def test_is_for_administrators(
        self, still: LiveOffice, who: str, method: str, path: str
    ) -> None:
        answer = still.get(path, who) if method == "get" else still.post(path, {}, who)

        assert (answer.status_code, answer.get_json()["code"]) == (403, "access.not_allowed")

    def test_ends_by_its_person_alone(self, office: LiveOffice) -> None:
        secret = office.parts.sessions.begin("owner-a", "password")
        (session,) = office.parts.sessions.all("owner-a")
        token = office.people.issue_token("owner-a", timedelta(days=1))
        (listed,) = office.people.tokens("owner-a")

        for who in (*STRANGERS, "admin"):
            office.post(f"/people/me/sessions/{session.id}/end", {}, who)
            office.post(f"/people/me/tokens/{listed.id}/revoke", {}, who)

        assert office.parts.sessions.of(secret) is not None
        assert office.people.holder(token) is not None
