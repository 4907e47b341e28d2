"""The first five minutes behind each door, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.holidays import holidays

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.screens import Visitor

    Come = Callable[..., Visitor]

NEW = "2606-120118-04-01-000777"
FILE = {"name": "证照.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
PAIRABLE = "2603-120118-04-01-000002"
MOST_QUESTIONS = 40
SEVERAL = 3
_FEED, _SOME = re.compile(r"/calendar\.ics\?t="), re.compile(r"^[1-9]\d*$")
HOUSING = "示例置业甲住宅项目"


def door(guest: Visitor, name: str) -> Page:
    """Go in by the start page as the person called *name*."""
    guest.go("/")
    guest.page.get_by_role("link", name=name).first.click()
    return guest.settled()


def tab(guest: Visitor, name: str) -> Page:
    guest.page.get_by_role("tab", name=name, exact=True).click()
    return guest.settled()


class TestTheOwner:
    def test_sees_what_blocks_and_why(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "示例置业甲经办人")
        page.get_by_role("link", name=HOUSING).first.click()
        guest.settled()

        expect(page.get_by_role("heading", name="现在卡在哪里")).to_be_visible()
        expect(page.get_by_text("轮到").first).to_be_visible()
        tab(guest, "流程图")
        expect(page.locator(".djs-shape.is-done").first).to_be_visible()
        expect(page.locator(".bjs-powered-by")).to_be_visible()
        tab(guest, "甘特图")
        expect(page.locator("[role=img] svg").first).to_be_visible()
        tab(guest, "为什么")
        expect(page.locator(".card ol li").first).to_be_visible()

    def test_opens_a_clock_into_its_arithmetic(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "示例置业甲经办人")
        page.get_by_role("link", name=HOUSING).first.click()
        guest.settled()

        page.get_by_role("button", name="打开").first.click()
        guest.settled()

        expect(page.get_by_role("dialog").get_by_text("逐日计算").first).to_be_visible()

    def test_hands_a_material_in_once_for_every_item(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "示例置业甲经办人")
        page.get_by_role("link", name=HOUSING).first.click()
        guest.settled()
        tab(guest, "材料")
        page.get_by_label("只看待提交的").check()
        row = page.locator("tbody tr", has=page.locator("input[type=file]")).first
        name = row.locator("td").first.inner_text()

        row.locator("input[type=file]").set_input_files(FILE)  # type: ignore[arg-type]

        expect(page.get_by_text(f"已收到“{name}”")).to_be_visible()
        page.get_by_label("只看待提交的").uncheck()
        expect(page.locator("tr", has_text=name).first).to_contain_text("第 1 版")

    def test_files_a_project_and_its_first_stage(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "示例置业乙经办人")
        page.get_by_role("link", name="申报项目").click()
        guest.settled()
        page.get_by_label("项目代码").fill(NEW)
        page.get_by_label("项目名称").fill("示例仓库")
        page.get_by_label("乡镇（园区）").select_option(index=1)
        submit = page.get_by_role("button", name="提交申报")
        for _ in range(MOST_QUESTIONS):
            guest.settled()
            if submit.is_enabled():
                break
            page.get_by_role("button", name="其余都不涉及").click()
            guest.settled()
            answer_one(page)
        submit.click()

        expect(page.get_by_role("heading", name="示例仓库")).to_be_visible()
        expect(page.get_by_text("等待递交综合受理")).to_be_visible()
        page.get_by_role("link", name="今日").click()
        guest.settled()
        page.locator("tr", has_text=NEW).get_by_role("button").click()
        guest.settled()
        page.get_by_role("button", name="确认办理").click()
        expect(page.locator("tr", has_text=NEW)).to_have_count(0)

    def test_subscribes_to_the_calendar(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "示例置业甲经办人")
        page.get_by_role("link", name=HOUSING).first.click()
        guest.settled()

        page.get_by_role("button", name="订阅我的日程").click()

        expect(page.get_by_label("日历订阅地址")).to_have_value(_FEED)


class TestTheAgent:
    def test_filters_by_the_counters(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "agent-1")

        for colour in ("临期", "正常"):
            button = page.get_by_role("group").get_by_role("button", name=colour)
            expect(button.locator("strong")).to_have_text(_SOME)
            number = int(button.locator("strong").inner_text())
            button.click()
            guest.settled()
            expect(page.locator("tbody tr")).to_have_count(number)
            expect(page.locator("tbody .lamp", has_text=colour)).to_have_count(number)
            button.click()

    def test_asks_for_a_supplement_and_sees_the_clock_stand(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "reviewer-natural_resources")
        page.get_by_role("button", name="正常").click()
        guest.settled()
        page.locator("tbody").get_by_role("button", name="办理").first.click()
        guest.settled()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("一次性告知补正").check()
        dialog.locator(".list input[type=checkbox]").first.check()

        dialog.get_by_role("button", name="确认办理").click()

        paused = page.get_by_role("group").get_by_role("button", name="暂停")
        expect(paused.locator("strong")).to_have_text("1")

    def test_does_many_at_once(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "reviewer-water")
        reviews = page.locator("tr", has_text="· 审查")
        expect(reviews.nth(SEVERAL - 1)).to_be_visible()
        before = reviews.count()
        for number in range(SEVERAL):
            reviews.get_by_role("checkbox").nth(number).check()

        page.get_by_role("button", name="审查完毕").click()

        expect(page.get_by_text(f"已处理 {SEVERAL} / {SEVERAL}")).to_be_visible()
        expect(page.get_by_text("全部办成")).to_be_visible()
        expect(reviews).to_have_count(before - SEVERAL)

    def test_pairs_two_items(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(f"/app/projects/{PAIRABLE}/pairing/3", "agent-5")
        legal = page.locator(".matrix button.legal")
        expect(legal.first).to_be_visible()
        legal.first.click()

        page.get_by_role("button", name="配成一对").click()

        expect(page.get_by_text("已提出").first).to_be_visible()

    def test_sees_how_the_work_lies(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/agents", "supervisor")

        page.get_by_role("button", name="看项目 代办员一").click()
        guest.settled()

        expect(page.locator("td ul li a").first).to_be_visible()

    def test_pushes_the_clock(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "agent-3")
        expect(page.get_by_label("演示")).to_contain_text("今天是 2026-06-15")

        page.get_by_role("button", name="推后 1 个工作日").click()

        expect(page.get_by_label("演示")).to_contain_text("今天是 2026-06-16")


class TestThePlanner:
    def test_sees_where_the_days_go(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "改革规划人员")
        page.get_by_role("heading", name="天数花在哪里").get_by_role("link").click()
        guest.settled()

        expect(page.get_by_role("row", name="自然资源和规划局")).to_be_visible()
        expect(page.get_by_text("关键路径上的原因")).to_be_visible()
        expect(page.locator(".djs-shape[class*=heat-]").first).to_be_visible()

    def test_goes_down_to_the_cases(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "改革规划人员")
        page.get_by_role("link", name="全部部门").click()
        guest.settled()
        page.get_by_role("button", name="自然资源和规划局", exact=True).click()
        guest.settled()

        page.get_by_role("region", name="案件").get_by_role("link").first.click()

        expect(page.get_by_role("heading", name="现在卡在哪里")).to_be_visible()

    def test_tries_a_holiday_notice_before_it_is_adopted(self, visitor: Come) -> None:
        guest = visitor()
        page = door(guest, "系统管理员")
        tab(guest, "日历")
        page.get_by_label("年份").fill("2027")
        page.get_by_label("放假的工作日").fill("、".join(holidays(2027)))
        page.get_by_label("依据").fill("国办发明电〔2026〕1号")

        page.get_by_role("button", name="看影响").click()

        expect(page.get_by_role("heading", name="会有什么变化")).to_be_visible()
        expect(page.get_by_role("button", name="采用这份通知")).to_be_visible()


class TestByKeyboardAlone:
    def test_the_owner_comes_to_the_chart(self, visitor: Come) -> None:
        guest = visitor()
        guest.go("/")
        guest.reach("示例置业甲经办人").keyboard.press("Enter")
        guest.arrived("/app/projects")
        guest.reach(HOUSING).keyboard.press("Enter")
        guest.arrived("/app/projects/2")
        guest.reach("事项").keyboard.press("ArrowRight")
        page = guest.settled()
        page.keyboard.press("ArrowRight")
        guest.settled()

        expect(page.locator("[role=img] svg").first).to_be_visible()

    def test_the_agent_does_a_task(self, visitor: Come) -> None:
        guest = visitor()
        guest.go("/")
        guest.reach("示例镇甲综合窗口").keyboard.press("Enter")
        page = guest.arrived("/app/today")
        expect(page.locator("tbody tr").first).to_be_visible()
        for key in "jjk":
            page.keyboard.press(key)
        page.keyboard.press("x")
        expect(page.get_by_text("已选 1 件")).to_be_visible()
        page.keyboard.press("x")
        page.keyboard.press("e")
        expect(page.get_by_role("dialog")).to_be_visible()
        guest.settled()
        guest.reach("确认办理").keyboard.press("Enter")

        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_the_planner_reads_the_table_and_changes_the_language(self, visitor: Come) -> None:
        guest = visitor()
        guest.go("/")
        guest.reach("改革规划人员").keyboard.press("Enter")
        page = guest.arrived("/app/cockpit")
        guest.reach("时间花在哪里").keyboard.press("Enter")
        guest.arrived("/app/bottlenecks")
        guest.reach("English").keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Where the days go")).to_be_visible()


class TestWithoutALine:
    def test_says_so_and_goes_on_when_it_is_back(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "agent-1")

        page.context.set_offline(True)
        expect(page.get_by_text("网络断开了")).to_be_visible()
        page.context.set_offline(False)

        expect(page.get_by_text("网络断开了")).to_have_count(0)
        guest.complaints.clear()  # the browser's own, about the line


class TestNews:
    def test_reaches_another_screen_by_itself(self, visitor: Come) -> None:
        watcher, actor = visitor(), visitor()
        page = actor.go("/app/today", "reviewer-natural_resources")
        row = page.locator("tbody tr", has=page.get_by_role("button")).first
        code = row.locator("a + .quiet").inner_text()
        seen = watcher.go(f"/app/projects/{code}?tab=history", "supervisor")
        newest = seen.locator("#pane-history tbody td").first
        before = newest.inner_text()
        row.get_by_role("button").click()
        actor.settled()

        page.get_by_role("button", name="确认办理").click()

        expect(newest).not_to_have_text(before)


def answer_one(page: Page) -> None:
    """Choose the last answer of the first question that is open."""
    groups = page.locator("fieldset")
    for number in range(groups.count()):
        group = groups.nth(number)
        if group.locator("input:checked").count() == 0:
            group.locator("input").last.check()
            return
