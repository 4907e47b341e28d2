from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey

from api.oidc import CALLBACK
from tests.support.browser import Browser
from tests.support.live_office import LiveOffice
from tests.support.provider import CLIENT, SECRET, Provider, running
from wire import web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture
def browser(tmp_path: Path, model: Path, provider: Provider) -> Iterator[Browser]:
    """Return a browser at an office that trusts the provider; agent-1 is sub-1 there."""
    office = LiveOffice(tmp_path, demo=False, model=model)
    office.parts.accounts.name_at_provider("agent-1", "sub-1")
    settings = replace(
        office.parts.settings,
        oidc_issuer=provider.issuer,
        oidc_client=CLIENT,
        oidc_secret=SECRET,
    )
    office.client = web(replace(office.parts, settings=settings)).test_client()
    yield Browser(office)
    office.close()


def away(browser: Browser) -> str:
    """Begin to sign in and return the address to which the browser is led."""
    answer = browser.get("/sign-in/oidc")
    assert answer.status_code == 303
    return answer.headers["Location"]


def back(browser: Browser, code: str, state: str) -> TestResponse:
    return browser.get(f"{CALLBACK}?code={code}&state={state}")


class TestSigningInByAProvider:
    def test_leads_there_and_back(self, browser: Browser, provider: Provider) -> None:
        answer = back(browser, *provider.asked(away(browser)))

        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        session = browser.get("/api/v1/session").get_json()
        assert (session["person"], session["way"]) == ("agent-1", "oidc")

    def test_shows_the_browser_no_token_of_the_provider(
        self, browser: Browser, provider: Provider
    ) -> None:
        answers = [back(browser, *provider.asked(away(browser)))]
        answers += [
            browser.get(path)
            for path in (
                "/account",
                "/api/v1/session",
                "/api/v1/sessions",
                "/api/v1/people/me/data",
            )
        ]
        shown = "".join(f"{each.headers}{each.text}" for each in answers)

        assert len(provider.given) == 2
        assert "agent-1" in shown
        # Nor a part of one: what it says, or its signature.
        assert not [part for token in provider.given for part in token.split(".") if part in shown]

    def test_is_offered_on_the_page(self, browser: Browser) -> None:
        assert "/sign-in/oidc" in browser.get("/sign-in").text

    def test_asks_for_a_challenge_and_no_more_than_the_id(self, browser: Browser) -> None:
        address = away(browser)

        assert "code_challenge_method=S256" in address
        assert "scope=openid&" in address + "&"

    def test_knows_nobody_whom_no_administrator_named(
        self, browser: Browser, provider: Provider
    ) -> None:
        provider.subject = "sub-2"
        provider.claims = {"email": "agent-1@example.cn", "preferred_username": "agent-1"}

        assert back(browser, *provider.asked(away(browser))).status_code == 403
        assert browser.get("/account").status_code == 303

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"aud": "another client"},
            {"aud": [CLIENT, "another"], "azp": "another"},
            {"nonce": "of another detour"},
            {"exp": int(time.time()) - 3600},
        ],
    )
    def test_takes_no_token_that_was_not_made_for_it(
        self, browser: Browser, provider: Provider, claims: dict[str, Any]
    ) -> None:
        provider.claims = claims

        assert back(browser, *provider.asked(away(browser))).status_code == 403

    def test_takes_no_token_of_another_key(self, browser: Browser, provider: Provider) -> None:
        provider.signs_with = RSAKey.generate_key(2048)

        assert back(browser, *provider.asked(away(browser))).status_code == 403

    @pytest.mark.parametrize("way", ["unsigned", "signed_by_all", "of_access"])
    def test_takes_no_token_of_another_algorithm_or_kind(
        self, browser: Browser, provider: Provider, way: str
    ) -> None:
        provider.forges = getattr(provider, way)

        assert back(browser, *provider.asked(away(browser))).status_code == 403
        assert browser.get("/account").status_code == 303

    def test_ends_each_detour_once(self, browser: Browser, provider: Provider) -> None:
        address = away(browser)
        cookie = browser.cookie("abreast-oidc")
        assert cookie is not None
        back(browser, *provider.asked(address))
        browser.client.set_cookie("abreast-oidc", cookie)

        assert back(browser, *provider.asked(address)).status_code == 403

    def test_is_bound_to_the_browser_that_began(self, browser: Browser, provider: Provider) -> None:
        code, state = provider.asked(away(browser))
        victim = Browser(browser.office)
        away(victim)

        assert back(victim, code, state).status_code == 403
        assert victim.get("/account").status_code == 303

    def test_says_when_the_provider_is_away(self, browser: Browser, provider: Provider) -> None:
        code, state = provider.asked(away(browser))
        provider.codes.clear()

        assert back(browser, code, state).status_code == 403

    def test_is_off_unless_configured(self, office: LiveOffice) -> None:
        assert office.client.get("/sign-in/oidc").status_code == 404
        assert office.client.get(CALLBACK).status_code == 404
        assert "/sign-in/oidc" not in office.client.get("/sign-in").text

    def test_is_refused_where_the_provider_says_another_name(
        self, browser: Browser, provider: Provider
    ) -> None:
        provider.issuer += "/other"

        assert browser.get("/sign-in/oidc").status_code == 503
