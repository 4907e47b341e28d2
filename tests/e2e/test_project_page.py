"""The project's page: what each tab says, in both languages, and that every part has an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.screens import Visitor

    Come = Callable[..., Visitor]

PROJECT = "2604-120118-04-01-000003"
PAGE = f"/app/projects/{PROJECT}"
CHINESE = re.compile("[\u4e00-\u9fff]")
TITLES = (
    ("/app/projects", "owner-ORG-A", "项目 · 并批", "Projects · Abreast"),
    ("/app/today", "agent-1", "今日 · 并批", "Today · Abreast"),
    (PAGE, "agent-1", f"{PROJECT} · 项目 · 并批", f"{PROJECT} · Project · Abreast"),
    ("/app/nowhere", "agent-1", "没有这个页面 · 并批", "There is no such page · Abreast"),
)


class TestTheItems:
    def test_say_which_step_is_open_and_whose_turn_it_is(self, visitor: Come) -> None:
        page = visitor().go(PAGE, "agent-1")

        row = page.locator("tr", has_text="施工图设计文件(联合)审查").first
        expect(row).to_contain_text("轮到 施工图审查机构")

    def test_have_an_address_each(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(PAGE, "agent-1")
        page.get_by_role("button", name="打开 施工图设计文件(联合)审查").click()

        expect(page).to_have_url(re.compile(r"item=S3-02"))
        guest.go(f"{PAGE}?item=S3-11", "agent-1")
        expect(page.get_by_role("dialog", name="建设工程安全监督手续")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("item="))


class TestTheDiagram:
    def test_is_english_on_an_english_page(self, visitor: Come) -> None:
        page = visitor("en").go(f"{PAGE}?tab=diagram", "agent-1")

        words = page.locator(".djs-container svg text")
        expect(words.first).to_be_attached()
        assert not [each for each in words.all_text_contents() if CHINESE.search(each)]

    def test_has_the_utilities_too(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(f"{PAGE}?tab=diagram", "agent-1")
        page.locator(".tools").get_by_text("并行推进").click()
        guest.settled()

        expect(page.locator(".djs-container svg", has_text="供水报装")).to_be_visible()


class TestTheClock:
    def test_opens_every_figure_into_its_arithmetic(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(f"{PAGE}?tab=clock", "agent-1")
        clock = page.locator("#pane-clock")
        used = clock.locator("tbody > tr").nth(3).locator("td.number").first.inner_text()

        clock.get_by_role("button", name="打开 施工许可").click()
        guest.settled()

        last = clock.locator("table table tbody tr").last.locator("td.number").nth(2)
        expect(last).to_have_text(used.removesuffix(" 个工作日"))

    def test_names_its_sources(self, visitor: Come) -> None:
        page = visitor().go(f"{PAGE}?item=S3-02", "agent-1")

        drawer = page.get_by_role("dialog")
        expect(drawer).to_contain_text("施工图设计文件审查管理办法第十二条")
        expect(drawer).not_to_contain_text("XKF82")


class TestTheHistory:
    def test_begins_with_the_newest_and_names_people(self, visitor: Come) -> None:
        page = visitor().go(f"{PAGE}?tab=history", "agent-1")

        rows = page.locator("#pane-history tbody tr")
        expect(rows.first).to_be_visible()
        days = rows.locator("td:nth-child(2)").all_inner_texts()
        assert days == sorted(days, reverse=True)
        whose = set(rows.locator("td:nth-child(4)").all_inner_texts())
        assert not [each for each in whose if "reviewer" in each or each == "system"]


class TestTheMaterials:
    def test_are_missing_only_where_somebody_still_asks(self, visitor: Come) -> None:
        page = visitor().go(f"{PAGE}?tab=materials", "agent-1")

        table = page.locator("#pane-materials")
        expect(table.get_by_text("不需要", exact=True).first).to_be_visible()
        expect(table.get_by_text("未到阶段", exact=True).first).to_be_visible()
        expect(table.locator("tr", has_text="待提交").nth(15)).to_have_count(0)

    def test_open_as_their_owners_handed_them_in(self, visitor: Come) -> None:
        page = visitor().go(f"{PAGE}?tab=materials", "agent-1")

        with page.expect_response(re.compile(r"/materials/M\d+/file")) as answer:
            page.locator("#pane-materials").get_by_role("button", name="查看").first.click()

        assert answer.value.headers["content-type"] == "application/pdf"
        assert answer.value.ok


class TestFiling:
    def test_previews_what_to_bring(self, visitor: Come) -> None:
        page = visitor().go("/app/projects/new", "owner-ORG-A")

        expect(page.get_by_role("heading", name="要带的材料")).to_be_visible()
        expect(page.get_by_text("个工作日").first).to_be_visible()

    def test_asks_a_window_for_whom(self, visitor: Come) -> None:
        page = visitor().go("/app/projects/new", "window-town-a")

        expect(page.get_by_label("建设单位")).to_be_visible()

    def test_is_shown_to_nobody_who_may_not(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/projects", "reviewer-water")

        expect(page.get_by_role("heading", name="项目")).to_be_visible()
        expect(page.get_by_role("link", name="申报项目")).to_have_count(0)
        guest.go("/app/projects/new", "reviewer-water")
        expect(page.get_by_text("您的角色不能申报项目。")).to_be_visible()


class TestTheTitle:
    @pytest.mark.parametrize(("path", "who", "chinese", "english"), TITLES)
    def test_names_the_page(
        self, visitor: Come, path: str, who: str, chinese: str, english: str
    ) -> None:
        guest = visitor()
        page = guest.go(path, who)

        expect(page).to_have_title(chinese)
        guest.switched()
        expect(page).to_have_title(english)
