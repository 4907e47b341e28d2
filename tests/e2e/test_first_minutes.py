"""Every link of the first five minutes, behind all three doors: it ends in what it promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import visiting
from tests.support.screens import TEXTS, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.support.screens import Windows

SAID = TEXTS["first"]
LONG = 60_000  # ms: the past comes in meanwhile
PATIENCE = 240_000  # ms: a machine on which the kernel was never compiled
PHONE = 390
AGENTS, SEVERAL = 2, 2  # offered by the start page; chosen at once
INTERVAL = re.compile(r"（.*\d.* 至 .*\d.*）")
FEED = re.compile(r"/calendar\.ics\?t=")


@pytest.fixture
def guest(windows: Windows, three_years: str) -> Iterator[Visitor]:
    """Return who comes with nothing in the pockets; their pages may complain of nothing."""
    with visiting(windows, three_years, LONG) as visitor:
        yield visitor


def door(guest: Visitor, name: str) -> Page:
    """Go in by the start page as the first person whose link says *name*."""
    guest.go("/")
    guest.page.get_by_role("link", name=name).first.click()
    return guest.arrived("/app/")


def follow(guest: Visitor, which: str, number: int) -> Page:
    """Follow a step of the first five minutes to another address; a page itself is no link."""
    step = steps(guest).nth(number - 1)
    expect(step).to_contain_text(SAID[which][str(number)])
    if step.locator("[aria-current=step]").count() == 0:
        before = guest.page.url
        step.get_by_role("link").click()
        expect(guest.page).not_to_have_url(before)  # its part may still be on its way
    return guest.settled()


def steps(guest: Visitor) -> Locator:
    """Return the steps of the first five minutes."""
    return guest.page.get_by_label(SAID["title"]).get_by_role("listitem")


def tick(guest: Visitor, number: int) -> Locator:
    """Return the mark of a step that is done."""
    return steps(guest).nth(number - 1).get_by_role("img", name=SAID["done"])


class TestEveryDoor:
    @pytest.mark.parametrize(
        ("name", "which"), [("经办人", "owner"), ("代办员", "agent"), ("改革规划", "planner")]
    )
    def test_shows_every_text_and_no_step_that_leads_nowhere(
        self, guest: Visitor, name: str, which: str
    ) -> None:
        door(guest, name)
        expect(steps(guest)).to_have_count(len(SAID[which]), timeout=LONG)

        for number in range(1, len(SAID[which]) + 1):
            step = steps(guest).nth(number - 1)
            expect(step).to_contain_text(SAID[which][str(number)])
            if step.get_by_role("link").count():
                follow(guest, which, number)
            else:
                expect(step.locator("[aria-current=step]")).to_be_visible()
        guest.resized(PHONE)
        assert guest.misfits() == []
        guest.switched()
        assert guest.misfits() + guest.barriers() == []


class TestTheOwner:
    def test_sees_who_blocks_and_opens_a_figure_into_its_arithmetic(self, guest: Visitor) -> None:
        door(guest, "经办人")
        page = follow(guest, "owner", 1)

        expect(page.get_by_role("heading", name="现在卡在哪里")).to_be_visible(timeout=LONG)
        expect(page.locator(".blockers li", has_text="轮到").first).to_be_visible()
        page.get_by_role("tab", name="时钟").click()
        guest.settled()
        clock = page.locator("#pane-clock")
        clock.get_by_role("button", name=re.compile("^打开")).first.click()
        expect(clock.locator("table table tbody tr").first).to_be_visible(timeout=LONG)

    def test_sees_the_pictures_the_reasons_and_the_materials(self, guest: Visitor) -> None:
        door(guest, "经办人")
        page = follow(guest, "owner", 2)
        expect(page.locator(".djs-container svg .djs-shape").first).to_be_visible(timeout=LONG)

        follow(guest, "owner", 3)
        expect(page.locator("[role=img] svg").first).to_be_visible(timeout=LONG)
        follow(guest, "owner", 4)
        expect(page.locator("#pane-why .card ol li").first).to_be_visible(timeout=LONG)
        for number, done in enumerate((0, 1, 1, 1, 0, 0), start=1):
            expect(tick(guest, number)).to_have_count(done)
        page.get_by_role("tab", name="材料").click()
        expect(page.locator("#pane-materials tbody tr").first).to_be_visible(timeout=LONG)

    def test_subscribes_shows_the_public_page_and_keeps_the_list(self, guest: Visitor) -> None:
        door(guest, "经办人")
        page = follow(guest, "owner", 5)
        subscribe = page.get_by_role("button", name="订阅我的日程")
        expect(subscribe).to_be_in_viewport()
        subscribe.click()
        expect(page.get_by_label("日历订阅地址")).to_have_value(FEED, timeout=LONG)
        expect(tick(guest, 5)).to_be_visible()
        page.get_by_role("link", name=TEXTS["project"]["public"]).click()
        page.wait_for_url(re.compile(r"/projects/\d"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.locator("script").count() == 0

        page.go_back()
        guest.settled()
        follow(guest, "owner", 6)
        expect(page.locator("tbody tr").first).to_be_visible(timeout=LONG)
        expect(tick(guest, 6)).to_have_count(0)
        with page.expect_download() as kept:
            page.get_by_role("button", name="导出 Excel").click()
        assert kept.value.suggested_filename.endswith(".xlsx")
        expect(tick(guest, 6)).to_be_visible()


class TestTheAgent:
    @pytest.mark.parametrize("number", range(AGENTS))
    def test_does_what_comes_first(self, guest: Visitor, number: int) -> None:
        agent(guest, number)
        page = follow(guest, "agent", 1)
        first = page.get_by_role("region", name="先办这件").locator(".one").first
        expect(first.get_by_role("listitem").first).to_be_visible(timeout=LONG)
        told = first.inner_text()

        done(guest, first)

        guest.go("/app/today")
        expect(first).not_to_have_text(told, timeout=LONG)

    @pytest.mark.parametrize("number", range(AGENTS))
    def test_pairs_two_items_that_may_start_and_starts_them(
        self, guest: Visitor, number: int
    ) -> None:
        agent(guest, number)
        page = follow(guest, "agent", 2)
        legal = page.locator(".matrix button.legal.ready")
        expect(legal.first).to_be_visible(timeout=LONG)
        legal.first.click()

        page.get_by_role("button", name="配成一对").click()
        proposed = page.locator(".pairs li", has_text="已提出")
        expect(proposed).to_have_count(1)
        proposed.get_by_role("button", name="开始").click()

        expect(page.locator(".pairs li", has_text="并联办理中")).to_have_count(1)
        expect(page.get_by_text("名额：已用 2 / 2")).to_be_visible()
        expect(tick(guest, 2)).to_be_visible()

    def test_does_several_at_once(self, guest: Visitor) -> None:
        boxes = guest.page.locator("tbody").get_by_role("checkbox")
        for number in range(AGENTS):
            agent(guest, number)
            page = follow(guest, "agent", 3)
            expect(page.locator("tbody tr").first).to_be_visible(timeout=LONG)
            if boxes.count() >= SEVERAL:
                break
        for number in range(SEVERAL):
            boxes.nth(number).check()
        bar = page.get_by_role("region", name=TEXTS["bulk"]["title"])

        bar.get_by_role("button").first.click()

        expect(page.get_by_text(f"已处理 {SEVERAL} / {SEVERAL}")).to_be_visible(timeout=LONG)
        expect(page.get_by_text("全部办成")).to_be_visible()

    def test_has_the_clock_the_caseload_and_a_phone(self, guest: Visitor) -> None:
        agent(guest, 0)
        page = follow(guest, "agent", 4)
        push = page.get_by_role("button", name="推后 1 个工作日")
        expect(push).to_be_enabled(timeout=LONG)
        expect(push).to_be_focused()

        follow(guest, "agent", 5)
        expect(page.locator("tbody tr").first).to_be_visible(timeout=LONG)
        guest.resized(PHONE)
        assert guest.misfits() == []


class TestThePlanner:
    def test_comes_from_the_cockpit_to_a_case(self, guest: Visitor) -> None:
        door(guest, "改革规划")
        page = follow(guest, "planner", 1)
        red = page.get_by_role("link", name="有事项超期")
        expect(red.locator("strong")).to_have_text(re.compile(r"^[1-9]\d*$"), timeout=LONG)

        follow(guest, "planner", 2)
        page.get_by_role("button", name="施工图审查机构", exact=True).click(timeout=LONG)
        cases = page.get_by_role("region", name="案件")
        cases.get_by_role("link").first.click(timeout=LONG)
        expect(page.get_by_role("heading", name="现在卡在哪里")).to_be_visible(timeout=LONG)

    def test_runs_a_what_if_and_reads_its_intervals(self, guest: Visitor) -> None:
        door(guest, "改革规划")
        page = follow(guest, "planner", 3)
        page.locator(".el-radio-button").first.click(timeout=LONG)
        page.locator('[data-item="S1-14"] button').first.click()
        page.locator('[data-item="S1-14"] .ways button', has_text="自由并行").click()
        expect(page.get_by_text("方案改动 1 处")).to_be_visible(timeout=LONG)
        page.get_by_label("重复次数").select_option("25")

        page.get_by_role("button", name="运行推演").click()

        answer = page.get_by_role("region", name="推演结果")
        expect(answer.locator(".headline")).to_be_visible(timeout=PATIENCE)
        figures = answer.get_by_role("region", name="主要指标")
        expect(figures.locator("tbody tr").first).to_contain_text(INTERVAL)

    def test_sees_how_often_forecasts_held(self, guest: Visitor) -> None:
        door(guest, "改革规划")
        page = follow(guest, "planner", 4)

        table = page.get_by_role("region", name="用过去检验", exact=True).locator("tbody tr")
        expect(table.first).to_contain_text("实际", timeout=PATIENCE)


def agent(guest: Visitor, number: int) -> Page:
    """Go in as one of the agents of the start page."""
    guest.go("/")
    guest.page.get_by_role("link", name=re.compile("代办员")).nth(number).click()
    return guest.arrived("/app/today")


def done(guest: Visitor, first: Locator) -> None:
    """Do what comes first: complete the task where it is, or answer the supplement it leads to."""
    page = guest.page
    here = first.get_by_role("button", name="现在办理")
    if here.count():
        here.click()
        dialog = page.get_by_role("dialog")
        guest.settled()
        dialog.get_by_role("button", name="确认办理").click()
    else:
        first.get_by_role("link", name="去项目页办理").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="材料已补齐，提交补正").click()
        expect(dialog.get_by_text("请补正以下材料")).to_have_count(0)
        return
    expect(dialog).to_have_count(0)
