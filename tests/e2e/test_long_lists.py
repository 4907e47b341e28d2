"""Lists of thousands: the browser holds a page of rows, whatever their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.support.screens import Visitor, Windows

LONG = 60_000  # ms: the past comes in meanwhile
PAGE = 50  # rows that come at a time
HELD = 40  # elements that a row may have
HEAD = 1_500  # and all that is not of the list
_ELEMENTS = "() => document.querySelectorAll('*').length"


@pytest.fixture
def guest(windows: Windows, three_years: str) -> Iterator[Visitor]:
    """Return a supervisor's window, who sees the whole district."""
    with visiting(windows, three_years, LONG) as visitor:
        yield visitor


class TestAListOfAllTasks:
    def test_holds_a_page_of_rows_at_a_time(self, guest: Visitor) -> None:
        page = guest.go("/app/today", "supervisor")
        page.get_by_text("全部可见", exact=True).click()
        guest.settled()

        assert_bounded(guest, PAGE)
        counters = page.get_by_role("group", name="按时限筛选").locator("strong")
        expect(counters.first).to_be_visible()
        assert sum(map(int, counters.all_inner_texts())) > 10 * PAGE
        page.get_by_role("button", name="显示更多").click()
        assert_bounded(guest, 2 * PAGE)


class TestAListOfAllProjects:
    def test_holds_a_page_of_rows_at_a_time(self, guest: Visitor) -> None:
        page = guest.go("/app/projects", "supervisor")

        assert_bounded(guest, PAGE)
        page.get_by_role("button", name="显示更多").click()
        assert_bounded(guest, 2 * PAGE)


def assert_bounded(guest: Visitor, rows: int) -> None:
    """Look that so many rows are there, and no more elements than they need."""
    page: Page = guest.page
    expect(page.locator("tbody > tr")).to_have_count(rows, timeout=LONG)
    guest.settled()
    elements: int = page.evaluate(_ELEMENTS)
    assert elements < HEAD + HELD * rows
