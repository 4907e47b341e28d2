"""Guessing: passwords, links, tokens; and asking who is there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import accounts
from engine.accounts import TRIES, WINDOW
from tests.support.browser import PASSWORD, Browser

if TYPE_CHECKING:
    from tests.support.live_office import LiveOffice


class TestGuessing:
    def test_a_password_ends_after_ten_tries(self, real: LiveOffice) -> None:
        statuses = [Browser(real).sign_in("agent-1", f"guess {n}").status_code for n in range(13)]

        assert statuses == [403] * TRIES + [429] * 3
        assert Browser(real).sign_in("agent-1").status_code == 429

    def test_a_password_costs_the_owner_a_quarter_of_an_hour_at_most(
        self, real: LiveOffice
    ) -> None:
        for number in range(TRIES + 1):
            Browser(real).sign_in("agent-1", f"guess {number}")
        real.clock.push(WINDOW + timedelta(seconds=1))

        assert Browser(real).sign_in("agent-1").status_code == 303

    def test_from_many_addresses_is_one_count(self, real: LiveOffice) -> None:
        for number in range(TRIES):
            Browser(real, f"198.51.100.{number}").sign_in("agent-1", "guess")

        assert Browser(real, "203.0.113.1").sign_in("agent-1").status_code == 429

    def test_one_password_at_many_accounts_is_one_count(
        self, real: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(accounts, "TRIES_OF_AN_ADDRESS", 5)
        browser = Browser(real, "203.0.113.1")
        guard = browser.guard()
        sent = {"guard": guard, "password": "Spring2026!!"}
        from_there = {"REMOTE_ADDR": "203.0.113.1"}
        statuses = [
            browser.client.post(
                "/sign-in", data={**sent, "person": f"p{n}"}, environ_overrides=from_there
            ).status_code
            for n in range(7)
        ]

        assert statuses == [403] * 5 + [429] * 2

    def test_leaves_an_office_behind_one_address_its_mornings(
        self, real: LiveOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(accounts, "TRIES_OF_AN_ADDRESS", 3)

        statuses = [Browser(real, "203.0.113.1").sign_in("agent-1").status_code for _ in range(5)]

        assert statuses == [303] * 5

    def test_the_old_password_at_the_account_page_is_counted_too(self, real: LiveOffice) -> None:
        browser = Browser(real)
        browser.sign_in("agent-1")
        new = {"password": "another phrase, long", "again": "another phrase, long"}
        statuses = [
            browser.send("/account/password", "/account", old=f"guess {n}", **new).status_code
            for n in range(TRIES + 1)
        ]

        assert statuses == [403] * TRIES + [429]

    def test_links_is_counted(self, real: LiveOffice, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(accounts, "TRIES_OF_AN_ADDRESS", 5)
        browser = Browser(real, "203.0.113.1")
        sent = {"guard": browser.guard(), "password": PASSWORD, "again": PASSWORD}
        from_there = {"REMOTE_ADDR": "203.0.113.1"}
        statuses = [
            browser.client.post(
                f"/reset/{'x' * 42}{n}", data=sent, environ_overrides=from_there
            ).status_code
            for n in range(7)
        ]

        assert statuses == [410] * 5 + [429] * 2


class TestAskingWhoIsThere:
    @pytest.mark.parametrize("person", ["agent-1", "agent-2", "nobody"])
    def test_is_answered_alike(self, real: LiveOffice, person: str) -> None:
        answer = Browser(real).sign_in(person, "wrong")

        assert answer.status_code == 403
        assert answer.text.count("编号、密码或动态码不对") == 1
        assert person not in answer.text
