"""What a browser does with our pages: fields for passwords, what it keeps, what an address says."""

from __future__ import annotations

import re
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.screens import PLAINEST, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.screens import Windows

    Come = Callable[..., Visitor]

SECRET = "correct horse 电池 staple"  # noqa: S105 - nobody's
# What pages may keep in the browser: settings, and in the demonstration whom the visitor plays.
KEPT = (
    "abreast.filters.",
    "abreast.locale",
    "abreast.minutes",
    "abreast.persona",
    "vue-router:scroll",
)
CHINESE = re.compile("[\u4e00-\u9fff]")
STORED = "() => [localStorage, sessionStorage].flatMap((each) => Object.entries(each))"
POLLUTED = "() => [({}).polluted, [].polluted, Object.prototype.polluted, window.polluted]"
QUERIES = (
    "__proto__[polluted]=1",
    "__proto__.polluted=1",
    "constructor[prototype][polluted]=1",
    "constructor.prototype.polluted=1",
)
PATHS = ("/app/today", "/app/projects", "/app/admin", "/app/bottlenecks")


def typed(page: Page, text: str) -> bytes:
    """Return a picture of the password field with a text in it."""
    field = page.locator("#password")
    field.fill("")
    field.press_sequentially(text)
    field.blur()
    return field.screenshot(animations="disabled")


def pasted(page: Page, text: str) -> None:
    """Put a text into the password field by hand: copied elsewhere, pasted there."""
    page.locator("#person").fill(text)
    page.locator("#person").press("Control+a")
    page.locator("#person").press("Control+c")
    page.locator("#person").fill("")
    page.locator("#password").press("Control+v")


def enrolled(keeper: Visitor) -> str:
    """Have the administrator register an agent, set the password by the link, return who it is."""
    identity = f"agent-{token_hex(4)}"
    ask = keeper.page.request
    told = {"X-Abreast-Persona": "administrator", "Idempotency-Key": identity}
    person = {"id": identity, "name": "某甲", "roles": ["agent"], "township": "town-a"}
    answer = ask.post(f"{keeper.address}/api/v1/people", data=person, headers=told)
    assert answer.ok, answer.text()
    told["Idempotency-Key"] += "-link"
    answer = ask.post(f"{keeper.address}/api/v1/people/{identity}/link", data={}, headers=told)
    assert answer.ok, answer.text()
    page = keeper.page
    page.goto(keeper.address + urlsplit(answer.json()["address"]).path)
    for field in ("#password", "#again"):
        page.locator(field).fill(SECRET)
    page.locator("main form button").click()
    expect(page.locator("#person")).to_be_visible()
    return identity


class TestAPasswordField:
    def test_shows_nothing_of_what_is_typed(self, visitor: Come) -> None:
        page = visitor().go("/sign-in")

        drawn = {typed(page, secret) for secret in ("iiiiiiiiiiii", "WWWWWWWWWWWW")}

        assert len(drawn) == 1, "wide letters look like narrow ones"
        assert page.locator("#password").get_attribute("type") == "password"

    def test_takes_what_is_pasted_and_what_a_manager_fills_in(self, visitor: Come) -> None:
        page = visitor().go("/sign-in")

        pasted(page, SECRET)

        assert page.locator("#password").input_value() == SECRET
        told = [
            page.locator(field).get_attribute("autocomplete") for field in ("#person", "#password")
        ]
        assert told == ["username", "current-password"]


class TestTheBrowsersStorage:
    def test_holds_settings_alone(self, visitor: Come) -> None:
        come = visitor()
        for path in PATHS:
            come.go(path, "supervisor")

        stored: list[list[str]] = come.page.evaluate(STORED)

        assert stored, "the persona at least is kept"
        for name, value in stored:
            assert name.startswith(KEPT), name
            assert not CHINESE.search(value), (name, value)  # no name, no address


class TestWhoeverSignedIn:
    def test_finds_the_account_and_the_way_out_on_every_page(self, visitor: Come) -> None:
        keeper, own = visitor(), visitor()
        identity = enrolled(keeper)
        page = own.go("/sign-in?next=/app/today")
        page.locator("#person").fill(identity)
        page.locator("#password").fill(SECRET)
        page.locator("main form button").click()
        own.arrived("/app/today")
        header = page.get_by_role("banner")

        header.get_by_role("link", name="某甲").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("我的账户")
        for path in PATHS[:2]:
            own.go(path)
            expect(header.get_by_role("button", name="退出登录")).to_be_visible()
        own.resized(390)
        assert own.misfits() + own.barriers() == []
        header.get_by_role("button", name="退出登录").click()

        expect(page).to_have_url(re.compile(r"/sign-in"))
        assert page.request.get(f"{own.address}/api/v1/people/me").status == HTTPStatus.UNAUTHORIZED


class TestAWindow:
    def test_comes_back_empty_for_the_next_visitor(self, windows: Windows, district: str) -> None:
        first = Visitor(windows.lent("zh"), district)
        first.go("/sign-in")
        first.go("/app/today", "supervisor")
        assert first.page.context.cookies()
        assert first.page.evaluate(STORED)
        first.leave()
        windows.take_back(first)

        second = Visitor(windows.lent("zh"), district)

        assert second.page is first.page
        assert second.page.context.cookies() == []
        second.page.goto(f"{district}{PLAINEST}")
        assert second.page.evaluate(STORED) == []
        second.leave()
        windows.take_back(second)


class TestAnAddress:
    @pytest.mark.parametrize("query", QUERIES)
    def test_changes_no_prototype(self, visitor: Come, query: str) -> None:
        come = visitor()
        for path in PATHS:
            page = come.go(f"{path}?{query}", "supervisor")

            assert page.evaluate(POLLUTED) == [None, None, None, None], path
