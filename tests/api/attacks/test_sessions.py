"""Session fixation, replay after signing out, and pages of strangers in the victim's browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from api import document
from tests.support.browser import PASSWORD, Browser
from tests.support.live_office import CODE, LiveOffice

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

ME = "/api/v1/people/me"
NAMED = {"code": CODE, "item": "S1-05", "pair": "P1", "visit": "V1", "step": "receive"}


class TestFixation:
    def test_gives_a_new_secret_at_every_sign_in(self, real: LiveOffice) -> None:
        browser = Browser(real)
        seen = set()
        for _ in range(3):
            browser.sign_in("owner-a")
            seen.add(browser.cookie())

        assert len(seen) == 3

    @pytest.mark.parametrize("planted", ["x" * 43, "abreast", "", "' OR 1=1 --"])
    def test_takes_no_secret_that_the_browser_brings(self, real: LiveOffice, planted: str) -> None:
        browser = Browser(real)
        browser.client.set_cookie("abreast", planted)
        # The attacker's cookie also becomes what the form is tied to: that opens no door either.
        browser.sign_in("owner-a")

        attacker = Browser(real)
        attacker.client.set_cookie("abreast", planted)

        assert browser.get(ME).status_code == 200
        assert attacker.get(ME).status_code == 401

    def test_ends_the_attackers_session_in_the_victims_browser(self, real: LiveOffice) -> None:
        attacker = Browser(real)
        attacker.sign_in("agent-1")
        planted = attacker.cookie()
        assert planted is not None
        victim = Browser(real)
        victim.client.set_cookie("abreast", planted)

        victim.sign_in("owner-a")

        assert attacker.get(ME).status_code == 401
        assert victim.get(ME).get_json()["id"] == "owner-a"


class TestReplay:
    def test_is_nothing_after_signing_out(self, real: LiveOffice, victim: Browser) -> None:
        stolen = victim.cookie()
        assert stolen is not None
        victim.send("/sign-out", "/account")

        thief = Browser(real)
        thief.client.set_cookie("abreast", stolen)

        assert thief.get(ME).status_code == 401
        assert thief.get("/account").status_code == 303

    def test_is_nothing_after_a_new_password(self, real: LiveOffice, victim: Browser) -> None:
        stolen = victim.cookie()
        assert stolen is not None
        new = "another phrase, also long"
        victim.send("/account/password", "/account", old=PASSWORD, password=new, again=new)

        thief = Browser(real)
        thief.client.set_cookie("abreast", stolen)

        assert thief.get(ME).status_code == 401

    def test_is_nothing_after_the_person_was_erased(
        self, real: LiveOffice, victim: Browser
    ) -> None:
        real.people.erase("owner-a")

        assert victim.get(ME).status_code == 401

    def test_of_the_id_that_a_list_shows_proves_nothing(
        self, real: LiveOffice, victim: Browser
    ) -> None:
        (session,) = victim.get("/api/v1/people/me/sessions").get_json()["data"]

        thief = Browser(real)
        thief.client.set_cookie("abreast", session["id"] + "0" * 20)

        assert thief.get(ME).status_code == 401


class TestAStrangersPage:
    """What another site can make the victim's browser send: the cookie, and no header of ours."""

    def file(self, victim: Browser, guard: str | None) -> TestResponse:
        body = victim.office.filing()
        return victim.order("/api/v1/projects", body, guard, Idempotency_Key="k1")

    @pytest.mark.parametrize("guard", [None, "", "0" * 64, "é"])
    def test_files_nothing(self, victim: Browser, guard: str | None) -> None:
        answer = victim.client.post(
            "/api/v1/projects",
            json=victim.office.filing(),
            headers={
                "Idempotency-Key": "k1",
                **({} if guard is None else {"X-CSRF-Token": guard.encode()}),
            },
        )

        assert (answer.status_code, answer.get_json()["code"]) == (403, "account.guard")
        assert victim.get(f"/api/v1/projects/{CODE}").status_code == 404

    def test_orders_nothing_whatever_it_is(self, victim: Browser) -> None:
        orders = [path for path, methods in document()["paths"].items() if "post" in methods]

        for path in orders:
            there = re.sub(r"{(\w+)}", lambda found: NAMED.get(found[1], "1"), path)
            answer = victim.client.post(there, json={}, headers={"Idempotency-Key": "k1"})

            told = (answer.status_code, answer.get_json()["code"])
            assert told == (403, "account.guard"), path
        assert len(orders) > 50

    def test_files_nothing_with_the_guard_of_another_session(
        self, real: LiveOffice, victim: Browser
    ) -> None:
        attacker = Browser(real)
        attacker.sign_in("agent-1")
        guard = attacker.get("/api/v1/session").get_json()["guard"]

        assert self.file(victim, guard).status_code == 403

    def test_files_something_only_as_our_own_page(self, victim: Browser) -> None:
        guard = victim.get("/api/v1/session").get_json()["guard"]

        assert self.file(victim, guard).status_code == 201

    @pytest.mark.parametrize(
        "path", ["/account/end", "/account/token", "/account/revoke", "/account/password"]
    )
    def test_sends_no_form_of_the_account(self, victim: Browser, path: str) -> None:
        fields = {"label": "x", "days": "7", "scope": "read", "guard": "0" * 64}

        answer = victim.client.post(path, data=fields)

        assert answer.status_code == 400
        assert victim.office.people.tokens("owner-a") == ()
        assert victim.get(ME).status_code == 200

    def test_changes_nothing_by_a_look(self, victim: Browser) -> None:
        rules = list(victim.client.application.url_map.iter_rules())
        pages = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
        orders = {rule.rule for rule in rules if "POST" in (rule.methods or ())} - pages

        for order in sorted(orders):
            there = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: NAMED.get(found[1], "1"), order)
            assert victim.get(there).status_code in {404, 405}, order
        assert len(orders) > 50
        assert victim.get(ME).status_code == 200

    def test_does_not_sign_the_victim_out(self, victim: Browser) -> None:
        victim.client.post("/sign-out")

        # The browser forgets its cookie; the session, which another window may hold, lives.
        assert len(victim.office.parts.sessions.all("owner-a")) == 1

    def test_does_not_sign_the_victim_in_as_the_attacker(self, real: LiveOffice) -> None:
        fields = {"person": "agent-1", "password": PASSWORD}
        attacker = Browser(real)
        fields["guard"] = attacker.guard()
        victim = Browser(real)

        answer = victim.client.post("/sign-in", data=fields)

        assert answer.status_code == 400
        assert victim.cookie() is None

    def test_reads_nothing_by_script(self, victim: Browser) -> None:
        answer = victim.get("/api/v1/session", Origin="https://evil.example")

        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    def test_cannot_frame_ours(self, victim: Browser) -> None:
        policy = victim.get("/account").headers["Content-Security-Policy"]

        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
