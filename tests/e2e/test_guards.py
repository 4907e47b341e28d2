"""What a browser does with our pages: fields for passwords, what it keeps, what an address says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.screens import Visitor

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


class TestAnAddress:
    @pytest.mark.parametrize("query", QUERIES)
    def test_changes_no_prototype(self, visitor: Come, query: str) -> None:
        come = visitor()
        for path in PATHS:
            page = come.go(f"{path}?{query}", "supervisor")

            assert page.evaluate(POLLUTED) == [None, None, None, None], path
