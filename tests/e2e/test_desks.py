"""The desks of agents and administrators: what comes first, pairs by hand, visits, people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.screens import Visitor

    Come = Callable[..., Visitor]

PAIRABLE = "/app/projects/2603-120118-04-01-000002/pairing/3"
VISITED = "/app/projects/2605-120118-04-01-000010"
OWNED = "/app/projects/2604-120118-04-01-000004"
_LINK = re.compile(r"/password/|/reset/|/set-password/|http")


class TestWhatComesFirst:
    @pytest.mark.parametrize(
        ("language", "title", "act"),
        [("zh", "先办这件", "现在办理"), ("en", "Do this first", "Do it now")],
    )
    def test_is_told_with_its_reasons_and_can_be_done(
        self, visitor: Come, language: str, title: str, act: str
    ) -> None:
        guest = visitor(language)
        page = guest.go("/app/today", "reviewer-natural_resources")
        first = page.get_by_role("region", name=title)

        expect(first.get_by_role("listitem").first).to_be_visible()
        first.get_by_role("button", name=act).first.click()

        expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_visible()

    def test_leads_an_agent_to_the_pairing_desk(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "agent-5")

        page.get_by_role("link", name="去配对台").first.click()

        guest.arrived("/app/projects/")
        expect(page.get_by_role("heading", name="配对台")).to_be_visible()


class TestWhoseTurn:
    def test_is_told_where_it_is_not_ones_own(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "agent-1")
        rows = page.locator("tbody tr")
        expect(rows.first).to_contain_text("轮到")
        expect(rows.get_by_role("button")).to_have_count(0)

        page.get_by_text("轮到我办", exact=True).click()
        guest.settled()

        expect(page.get_by_text("没有等您办的事")).to_be_visible()

    def test_is_narrowed_by_a_filter_that_is_kept(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/today", "supervisor")
        page.get_by_text("全部可见", exact=True).click()
        page.get_by_label("部门").select_option(label="自然资源和规划局")
        guest.settled()
        expect(page.locator("tbody tr").first).to_be_visible()
        number = page.locator("tbody tr").count()
        page.get_by_text("保存当前筛选").click()
        page.get_by_label("筛选名称").fill("规划局")
        page.get_by_role("button", name="保存", exact=True).click()

        page.reload()
        guest.settled()
        page.get_by_label("已存的筛选").select_option("规划局")
        guest.settled()

        expect(page.locator("tbody tr")).to_have_count(number)
        page.get_by_role("button", name="删除筛选").click()
        expect(page.get_by_label("已存的筛选")).to_have_count(0)


class TestThePairingDesk:
    def test_matches_two_cards_that_are_dragged_together(self, visitor: Come) -> None:
        guest = visitor()
        cards = guest.go(PAIRABLE, "agent-5").locator(".cards button")

        cards.nth(0).drag_to(cards.nth(1))

        expect(guest.page.get_by_text("已选：")).to_be_visible()
        expect(guest.page.get_by_role("button", name="配成一对")).to_be_visible()

    def test_matches_them_by_keyboard_alone(self, visitor: Come) -> None:
        guest = visitor("en")
        guest.go(PAIRABLE, "agent-5")
        page = guest.reach("Enter takes it")
        page.keyboard.press("Enter")
        expect(page.locator(".cards em").first).to_contain_text("saves")
        page.keyboard.press("Escape")
        expect(page.locator(".cards em")).to_have_count(0)

        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")

        expect(page.get_by_text("Chosen:")).to_be_visible()
        assert guest.barriers() == []

    def test_suggests_pairs_with_the_proof(self, visitor: Come) -> None:
        page = visitor().go(PAIRABLE, "agent-5")

        expect(page.get_by_role("heading", name="建议方案")).to_be_visible()
        expect(page.get_by_text("已证明没有更省的配法")).to_be_visible()


class TestAJointVisit:
    def test_is_booked_for_several_items_and_ended(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(VISITED, "agent-4")
        page.get_by_role("button", name="预约联合踏勘").click()
        guest.settled()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("radio").first.check()
        for box in dialog.get_by_role("checkbox").all():
            box.check()
        dialog.get_by_label("预计结束日期").fill("2026-06-17")
        dialog.get_by_label("批准人").select_option(index=0)
        assert guest.misfits() + guest.barriers() == []

        dialog.get_by_role("button", name="预约联合踏勘").click()

        expect(page.get_by_text("正在进行：")).to_be_visible()
        page.get_by_role("button", name="踏勘结束").click()
        expect(page.get_by_text("正在进行：")).to_have_count(0)


class TestTheOwner:
    def test_knows_the_agent_and_leaves_a_note(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go(OWNED, "owner-ORG-E")
        expect(page.get_by_text("我的代办员")).to_contain_text("代办员四")
        page.get_by_role("tab", name="留言").click()
        guest.settled()
        page.get_by_label("给对方的话").fill("周三上午来交图")

        page.get_by_role("button", name="发送").click()

        expect(page.locator("li", has_text="周三上午来交图")).to_be_visible()
        page.locator("li", has_text="周三上午来交图").get_by_role("button", name="删除").click()
        expect(page.get_by_text("周三上午来交图")).to_have_count(0)

    def test_is_led_through_the_first_five_minutes(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/projects", "owner-ORG-A")
        steps = page.get_by_label("头五分钟")

        steps.get_by_role("link").nth(2).click()
        guest.settled()

        expect(page.locator("[role=img] svg").first).to_be_visible()
        steps.get_by_role("button", name="收起").click()
        expect(steps).to_have_count(0)

    def test_is_told_which_step_is_done(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/projects", "owner-ORG-A")
        steps = page.get_by_label("头五分钟")

        steps.get_by_role("link").nth(1).click()
        guest.settled()

        expect(steps.get_by_text("（1 / 6）")).to_be_visible()
        expect(steps.locator("[aria-current=step]")).to_contain_text("看流程图")

    def test_sorts_the_projects_and_sees_where_and_whose_they_are(self, visitor: Come) -> None:
        page = visitor().go("/app/projects", "supervisor")
        filed = page.locator("tbody tr td:last-child")
        expect(filed.first).to_be_visible()
        newest = filed.all_inner_texts()

        page.get_by_role("button", name="立项").click()

        expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
        assert newest == sorted(newest, reverse=True)
        expect(filed).to_have_text(sorted(newest))
        cells = page.get_by_role("cell")
        expect(cells.filter(has_text=re.compile("^示例镇[甲乙丙]$")).first).to_be_visible()
        expect(cells.filter(has_text=re.compile("^代办员[一二三四五六]$")).first).to_be_visible()
        expect(cells.filter(has_text="town-")).to_have_count(0)

    def test_keeps_the_list_as_a_file(self, visitor: Come) -> None:
        page = visitor().go("/app/projects", "owner-ORG-A")

        with page.expect_download() as kept:
            page.get_by_role("button", name="导出 Excel").click()

        assert kept.value.suggested_filename.endswith(".xlsx")

    def test_reads_what_concerns_them(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/inbox", "owner-ORG-C")
        expect(page.get_by_role("listitem").first).to_be_visible()

        page.get_by_role("button", name="全部标为已读").click()
        page.get_by_label("只看未读").check()

        expect(page.get_by_text("没有消息")).to_be_visible()


class TestTheAdministrator:
    def test_registers_somebody_who_gets_a_link_and_no_password(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/admin?tab=people", "administrator")
        page.get_by_role("button", name="登记人员").click()
        guest.settled()
        dialog = page.get_by_role("dialog")
        assert guest.misfits() + guest.barriers() == []
        for label, words in (("编号", "agent-77"), ("姓名", "钱七")):
            dialog.get_by_role("textbox", name=label, exact=label == "姓名").fill(words)
        dialog.get_by_label("乡镇（园区）").fill("town-a")
        dialog.get_by_label("代办员").check()

        dialog.get_by_role("button", name="保存").click()

        expect(page.get_by_role("dialog").get_by_label("设置密码的链接")).to_have_value(_LINK)
        guest.go("/app/agents", "supervisor")
        expect(page.get_by_role("row", name="钱七")).to_be_visible()
        guest.go("/app/admin?tab=audit", "administrator")
        expect(page.get_by_role("cell", name="register.add_person").first).to_be_visible()

    def test_is_told_what_a_role_asks_for(self, visitor: Come) -> None:
        guest = visitor("en")
        page = guest.go("/app/admin?tab=people", "administrator")
        page.get_by_role("button", name="Change 代办员六").click()
        guest.settled()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reviewer").check()

        dialog.get_by_role("button", name="Save").click()

        expect(page.get_by_text("asks for a department")).to_be_visible()
        assert [each for each in guest.barriers() if "el-message" in each] == []
        guest.complaints.clear()  # the browser's own, about the refusal

    def test_names_a_township_everywhere(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/admin?tab=names", "administrator")
        row = page.locator("tbody tr", has_text="town-c")
        expect(row).to_contain_text("示例镇丙")

        row.get_by_role("button", name="修改").click()
        expect(page.get_by_label("代码")).to_have_value("town-c")
        page.get_by_label("中文名称").fill("示例镇丙（新）")
        page.get_by_role("button", name="保存").click()

        expect(row).to_contain_text("示例镇丙（新）")
        page = guest.go("/app/agents", "administrator")
        expect(page.get_by_role("cell", name="示例镇丙（新）").first).to_be_visible()
        page = guest.go("/app/admin?tab=names", "administrator")
        row.get_by_role("button", name="修改").click()
        page.get_by_label("中文名称").fill("示例镇丙")
        page.get_by_role("button", name="保存").click()
        expect(row).not_to_contain_text("新")
