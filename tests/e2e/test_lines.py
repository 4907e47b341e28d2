"""What a page shows while the server is gone, and that it goes on by itself when it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.conftest import served
from tests.support.screens import Visitor, window

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

GONE = "服务器没有应答"
PAGES = ("/app/today", "/app/projects", "/app/agents", "/app/inbox", "/app/admin?tab=people")


class TestAServerThatIsCutOff:
    def test_is_told_of_and_comes_back_by_itself(
        self, browser: Browser, built: None, tmp_path: Path
    ) -> None:
        del built
        with served(tmp_path, "--small") as address:
            guest = Visitor(window(browser, "zh"), address)
            page = guest.go("/app/today", "agent-1")
            expect(page.locator("tbody tr").first).to_be_visible()
            rows = page.locator("tbody tr").count()
        try:
            expect(page.get_by_text(GONE)).to_be_visible()  # the stream of news has ended
            expect(page.locator("tbody tr")).to_have_count(rows)  # what was there stays
            page.get_by_text("全部可见", exact=True).click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert guest.misfits() + guest.barriers() == []

            with served(tmp_path, "--small", port=address.rpartition(":")[2]):
                expect(page.get_by_text(GONE)).to_have_count(0)
                expect(page.get_by_role("alert")).to_have_count(0)
                expect(page.get_by_role("group", name="按时限筛选")).to_be_visible()
        finally:
            guest.close()


class TestAnAnswerThatFails:
    def test_can_be_asked_for_again_on_every_list(self, browser: Browser, district: str) -> None:
        guest = Visitor(window(browser, "zh"), district)
        try:
            for path in PAGES:
                guest.page.route("**/api/v1/**", lambda route: route.abort())
                guest.page.goto(
                    f"{district}{path}{'&' if '?' in path else '?'}persona=administrator"
                )
                retry = guest.page.get_by_role("main").get_by_role("button", name="重试").first
                expect(retry).to_be_visible()
                guest.page.unroute("**/api/v1/**")

                retry.click()

                expect(guest.page.get_by_role("alert")).to_have_count(0)
        finally:
            guest.close()
