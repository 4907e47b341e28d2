"""What `make run` serves: three years of a district, and behind each door something to see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.screens import Visitor, Windows

LONG = 60_000  # milliseconds: the past comes in meanwhile


@pytest.fixture
def guest(windows: Windows, three_years: str) -> Iterator[Visitor]:
    """Return who comes with nothing in the pockets; their pages may complain of nothing."""
    with visiting(windows, three_years) as visitor:
        yield visitor


class TestTheDistrict:
    def test_shows_an_owner_what_blocks_a_late_project(self, guest: Visitor) -> None:
        page = guest.go("/")
        page.get_by_role("link", name=re.compile("逾期项目")).first.click()
        guest.settled()

        expect(page.get_by_role("heading", name="现在卡在哪里")).to_be_visible(timeout=LONG)
        expect(page.get_by_text("施工图审查机构").first).to_be_visible(timeout=LONG)

    def test_gives_an_agent_a_full_day(self, guest: Visitor) -> None:
        page = guest.go("/")
        page.get_by_role("link", name=re.compile("代办员")).first.click()
        guest.settled()

        expect(page.locator("tbody tr").nth(5)).to_be_visible(timeout=LONG)

    def test_tells_an_agent_the_days_that_somebody_was_told(self, guest: Visitor) -> None:
        page = guest.go("/app/today", "agent-1")
        page.locator("summary", has_text="告知的期限").click(timeout=LONG)

        page.locator("details li a", has_text="示例").first.click()
        guest.settled()

        expect(page.get_by_role("heading", name="告知的期限")).to_be_visible(timeout=LONG)

    def test_leads_each_agent_to_a_desk_with_something_to_pair(self, guest: Visitor) -> None:
        page = guest.go("/")
        doors = page.get_by_role("link", name=re.compile("代办员")).evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )

        for door in doors:
            page.goto(f"{guest.address}{door}")
            page.get_by_role("link", name="配对台：把两个事项拖到一起").click(timeout=LONG)

            expect(page.locator(".matrix button.legal.ready").first).to_be_visible(timeout=LONG)
            expect(page.get_by_text("名额：已用 0 / 2")).to_be_visible()

    def test_shows_a_planner_where_reviewers_are_short(self, guest: Visitor) -> None:
        page = guest.go("/app/bottlenecks", "planner")

        expect(page.get_by_text("施工图审查机构").first).to_be_visible(timeout=LONG)

    def test_lets_everybody_work_for_a_day(self, guest: Visitor) -> None:
        page = guest.go("/app/today", "agent-3")
        expect(page.get_by_label("演示")).to_contain_text("今天是 2026-06-15", timeout=LONG)

        page.get_by_role("button", name="推后 1 个工作日").click()

        expect(page.get_by_label("演示")).to_contain_text("今天是 2026-06-16", timeout=2 * LONG)
        page = guest.go("/app/projects", "planner")
        expect(page.get_by_text("2606-120118-04-01-010000")).to_be_visible(timeout=LONG)
