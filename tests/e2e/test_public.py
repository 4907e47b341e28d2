"""The pages for everybody: no script, by keyboard alone, in large letters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e.test_screens import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.screens import Visitor

    Come = Callable[..., Visitor]

PROJECT = "2604-120118-04-01-000005"
ITEM, DEPARTMENT_TASKS = "S2-08", f"/tasks?project={PROJECT}&mine=false&limit=200"
PUBLIC = f"/projects/{PROJECT}"
TWICE = 32  # px, where browsers have 16
PHONE = 390


@pytest.fixture(scope="module")
def link(district: str) -> str:
    """Return the address at which an owner without an account answers a supplement, once."""
    tasks = asked(district, "supervisor", DEPARTMENT_TASKS)["data"]
    task = next(each for each in tasks if each["item"] == ITEM)
    who = f"reviewer-{task['department']}"
    listed = asked(district, who, f"/projects/{PROJECT}/items/{ITEM}/materials")["materials"]
    item = f"/projects/{PROJECT}/items/{ITEM}"
    missing = {"attempt": task["attempt"], "missing": [listed[0]["material"]]}
    asked(district, who, f"{item}/supplement", missing)
    order = {
        "project": PROJECT,
        "purpose": "supplement",
        "task": f"0/{ITEM}/{task['attempt']}",
        "person": "owner-ORG-C",
        "days": 7,
    }
    address: str = asked(district, who, "/links", order)["link"]
    return f"/answer?{address.partition('?')[2]}"


@pytest.fixture
def plain(browser: Browser, district: str) -> Iterator[Page]:
    """Open a browser that runs no script."""
    context = browser.new_context(
        base_url=district, java_script_enabled=False, viewport={"width": PHONE, "height": 900}
    )
    yield context.new_page()
    context.close()


class TestTheAnswerPage:
    def test_fits_and_has_no_barrier(self, visitor: Come, link: str) -> None:
        chinese, english = visitor(), visitor("en")
        chinese.go(link)
        english.go(link)

        assert faults(chinese) + faults(english) == []

    def test_takes_an_answer_by_keyboard_and_without_a_script(
        self, visitor: Come, plain: Page, link: str
    ) -> None:
        guest = visitor()
        guest.go(link)
        guest.reach("提交")  # by the tabulator alone

        plain.goto(f"{link}&lang=zh")
        button = plain.get_by_role("button")
        button.focus()
        plain.keyboard.press("Enter")

        expect(plain.get_by_role("main")).to_contain_text("收到")
        assert plain.get_by_role("button").count() == 0


class TestTheProgressPage:
    def test_is_whole_without_a_script(self, plain: Page) -> None:
        plain.goto(f"{PUBLIC}?lang=zh")

        expect(plain.get_by_role("heading", level=1)).to_be_visible()
        assert plain.get_by_role("row").count() > 0
        plain.get_by_role("link", name="English").click()
        expect(plain.locator("html")).to_have_attribute("lang", "en")

    @pytest.mark.parametrize("path", ["/", PUBLIC, "/sign-in"])
    def test_bears_letters_twice_as_large(self, visitor: Come, path: str) -> None:
        guest = visitor(own=True)
        guest.enlarged(TWICE)
        guest.go(path)

        found = guest.misfits()
        guest.resized(PHONE)

        assert found + guest.misfits() + guest.barriers() == []

    def test_is_read_with_room_between_the_lines(self, visitor: Come) -> None:
        page = visitor().go(PUBLIC)

        told = page.evaluate(
            """() => [...document.querySelectorAll('main p, main li, main td')].map((each) => {
              const style = getComputedStyle(each)
              return parseFloat(style.lineHeight) / parseFloat(style.fontSize)
            })"""
        )

        assert min(told) >= 1.3  # 适老化: GB/T 37668 and the ministry's rules of 2021
        assert page.locator("script").count() == 0

    def test_can_be_printed(self, visitor: Come) -> None:
        page = visitor(own=True).go(PUBLIC)

        page.emulate_media(media="print")

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".language").first).to_be_hidden()


def asked(district: str, who: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the interface as a persona, or order something."""
    headers = {"X-Abreast-Persona": who, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Idempotency-Key"] = uuid4().hex
    request = Request(f"{district}/api/v1{path}", data=data, headers=headers)  # noqa: S310 - the test's own server
    with urlopen(request) as answer:  # noqa: S310 - the test's own server
        return json.load(answer)
