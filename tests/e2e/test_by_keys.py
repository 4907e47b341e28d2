"""Whole tours by keys alone: filing, pairing, completing, correcting, and asking what if."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import served
from tests.support.keyboard import Keyboard
from tests.support.screens import TEXTS, Visitor, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NEW = "2606-120118-04-01-000778"
CORRECTED = "超限高层建筑工程抗震设防审批"
PROJECT = "2605-120118-04-01-000007"
MOST_QUESTIONS = 40
# What stands below a long form or board is as many stops away as there are fields and cards on it.
FAR, FARTHEST = 120, 250
PATIENCE = 240_000  # ms: a machine on which the kernel was never compiled


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, built: None) -> Iterator[str]:
    """Start the small district for these tours alone: they change it."""
    del built
    with served(tmp_path_factory.mktemp("by_keys"), "--small") as address:
        yield address


@pytest.fixture
def guest(browser: Browser, office: str) -> Iterator[Visitor]:
    """Return who comes with nothing in the pockets; their pages may complain of nothing."""
    visitor = Visitor(window(browser, "zh"), office)  # keys hear a pointer on all of its pages
    yield visitor
    visitor.close()
    assert visitor.complaints == []


class TestTheOwner:
    def test_files_a_project_until_it_is_in_the_list(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        guest.go("/")
        keys.enter("示例置业乙经办人")
        guest.arrived("/app/projects")
        keys.begin()
        keys.enter("申报项目")
        page = guest.arrived("/app/projects/new")
        keys.begin()
        keys.write("项目代码", NEW)
        keys.write("项目名称", "示例冷库")
        keys.choose("乡镇", "示例镇乙")

        answer_all(keys)
        keys.begin()
        keys.enter("提交申报", within=FAR)

        guest.arrived(f"/app/projects/{NEW}")
        keys.head()
        keys.enter("项目")
        page.wait_for_url(f"{guest.address}/app/projects")
        expect(page.locator("tbody tr", has_text=NEW)).to_contain_text("示例冷库")
        keys.begin()
        keys.enter("示例冷库")
        guest.arrived(f"/app/projects/{NEW}")
        expect(page.get_by_text("等待递交综合受理")).to_be_visible()


class TestTheAgent:
    def test_pairs_two_items_and_parts_them_again(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        guest.go("/")
        keys.enter("代办员五")
        guest.arrived("/app/today")
        keys.head()
        keys.enter(TEXTS["first"]["agent"]["2"])
        page = guest.arrived("/app/projects/")
        keys.begin()
        keys.reach("按回车拿起")
        keys.press("Enter", "ArrowRight", "Enter")
        expect(page.get_by_text("已选：")).to_be_visible()

        keys.enter("配成一对")

        proposed = page.locator(".pairs li", has_text="已提出")
        expect(proposed).to_have_count(1)
        keys.begin()
        keys.enter("解除", within=FAR)
        expect(proposed).to_have_count(0)

    def test_completes_what_is_theirs(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        page = guest.go("/app/today", "agent-2")
        doable = page.locator("tbody tr", has=page.get_by_role("button", name="办理"))
        expect(doable).to_have_count(1)

        down_to(keys, doable.locator("a + .quiet").inner_text())
        keys.press("e")
        expect(page.get_by_role("dialog")).to_be_visible()
        guest.settled()
        keys.enter("确认办理")

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(doable).to_have_count(0)

    def test_answers_what_a_reviewer_asked_for(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        asked_to_correct(guest, keys)
        page = guest.go("/app/today", "agent-3")
        keys.begin()
        keys.enter("示例置业乙住宅项目", within=FAR)
        guest.arrived(f"/app/projects/{PROJECT}")
        keys.begin()
        keys.enter(f"打开 {CORRECTED}", within=FAR)
        drawer = page.get_by_role("dialog", name=CORRECTED)
        expect(drawer).to_contain_text("请补正以下材料")
        keys.settled()

        keys.enter("材料已补齐，提交补正")

        expect(drawer.get_by_text("请补正以下材料")).to_have_count(0)
        keys.press("Escape")
        expect(drawer).to_have_count(0)


class TestThePlanner:
    def test_moves_a_card_runs_it_and_reads_what_comes_of_it(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        guest.go("/")
        keys.enter("改革规划人员")
        guest.arrived("/app/cockpit")
        keys.head()
        keys.enter("推演")
        page = guest.arrived("/app/what-if")
        keys.begin()
        keys.choose("重复次数", "25")
        keys.reach("阶段 3", within=FAR)
        keys.press("ArrowLeft", "ArrowLeft")
        name = page.locator('[data-item="S1-14"] strong').inner_text()

        keys.enter(f"移动 {name}", within=FARTHEST)
        keys.enter("→ 自由并行")
        expect(page.get_by_text("方案改动 1 处")).to_be_visible()
        keys.begin()
        keys.enter("运行推演")

        answer = page.get_by_role("region", name="推演结果")
        expect(answer.locator(".headline")).to_be_visible(timeout=PATIENCE)
        keys.begin()
        keys.reach("主要指标")
        keys.enter("假设清单", within=FAR)
        keys.reach("只看两边不同的")
        expect(answer.locator(".sheet tbody tr").first).to_be_visible()


class TestTheKeyboardItself:
    def test_fails_where_nothing_of_that_name_can_be_reached(self, guest: Visitor) -> None:
        keys = Keyboard(guest)
        guest.go("/app/today", "agent-2")

        with pytest.raises(AssertionError, match="is not among the next 5 stops"):
            keys.reach("没有这个按钮", within=5)

    def test_hears_a_pointer(self, guest: Visitor) -> None:
        Keyboard(guest)
        page = guest.go("/app/today", "agent-2")

        page.get_by_role("heading", level=1).click()

        assert [each for each in guest.complaints if "a pointer was used" in each]
        guest.complaints.clear()


def answer_all(keys: Keyboard) -> None:
    """Answer questions until none is open: "no" to all that have it, the last choice otherwise."""
    page = keys.page
    for _ in range(MOST_QUESTIONS):
        if page.get_by_role("button", name="提交申报").is_enabled():
            return
        keys.begin()
        keys.enter("其余都不涉及")
        keys.settled()
        if page.get_by_role("button", name="提交申报").is_enabled():
            return
        keys.reach_open_question(within=FAR)
        keys.press("ArrowLeft")  # round to the last one
        keys.settled()


def down_to(keys: Keyboard, text: str) -> None:
    """Go down the day's list, by the key for it, to the row with a text in it.

    Raises:
        AssertionError: If there is no such row.
    """
    keys.begin()
    for _ in range(FAR):
        keys.press("j")
        keys.settled()
        if text in keys.page.locator("tr:focus").inner_text():
            return
    raise AssertionError(f"no row with {text!r}")


def asked_to_correct(guest: Visitor, keys: Keyboard) -> None:
    """Have the reviewer ask for the first material of an item."""
    page = guest.go("/app/today", "reviewer-housing")
    down_to(keys, CORRECTED)
    keys.press("e")
    expect(page.get_by_role("dialog")).to_be_visible()
    guest.settled()
    keys.reach("办理这一环节")
    keys.press("ArrowDown")
    expect(page.get_by_label("一次性告知补正")).to_be_checked()
    keys.press("Tab", "Space")
    expect(page.locator("fieldset.list input:checked")).to_have_count(1)
    keys.enter("确认办理")
    expect(page.get_by_role("dialog")).to_have_count(0)
