"""The planner's pages: the cockpit, the what-if workbench, the expected days and how they held."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.support.screens import Visitor

    Come = Callable[..., Visitor]

PLANNER = "planner"
PHONE = 390
CASES = 30  # of a page
# A machine on which the kernel was never compiled needs minutes for its first answer.
PATIENCE = 240_000  # ms
_DAYS, _SOME = re.compile(r"\d+\.\d"), re.compile(r"^[1-9]\d*$")


def board(guest: Visitor) -> Page:
    """Open the workbench on the first stage."""
    page = guest.go("/app/what-if", PLANNER)
    page.locator(".el-radio-button").first.click()
    return guest.settled()


def foreseen(guest: Visitor) -> Locator:
    """Open the cockpit and wait until the daily job has made the first forecasts."""
    page = guest.go("/app/cockpit", PLANNER)
    months = page.locator("section", has=page.locator("#finishing"))
    months.locator("tbody button").first.wait_for(timeout=PATIENCE)
    return months


def saved(page: Page, button: str) -> list[list[str]]:
    """Save a list and return its lines, the headings first."""
    with page.expect_download() as kept:
        page.get_by_role("button", name=button).click()
    with Path(kept.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def card(page: Page, item: str, *, to: int) -> None:
    """Send a card to a column, by number, by its menu."""
    page.locator(f'[data-item="{item}"] button').first.click()
    page.locator(f'[data-item="{item}"] .ways button').nth(to).click()


class TestTheCockpit:
    def test_leads_from_a_figure_to_its_list(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/cockpit", PLANNER)
        figure = page.get_by_role("link", name="有事项超期")
        expect(figure.locator("strong")).to_have_text(_SOME)
        number = int(figure.locator("strong").inner_text())

        figure.click()
        guest.settled()

        expect(page.get_by_label("最紧的时钟")).to_have_value("red")
        expect(page.locator("tbody tr")).to_have_count(number)

    def test_leads_from_a_department_to_its_cases(self, visitor: Come) -> None:
        guest = visitor("en")
        page = guest.go("/app/cockpit", PLANNER)
        worst = page.get_by_role("region", name="Departments with most overdue")

        worst.locator("tbody a").first.click()
        guest.settled()

        expect(page.get_by_role("region", name="Cases")).to_be_visible()

    def test_lists_the_projects_of_a_month_by_keyboard(self, visitor: Come) -> None:
        guest = visitor("en")
        months = foreseen(guest)
        month = months.locator("tbody button").first.inner_text()

        guest.reach(f"Show projects {month}").keyboard.press("Enter")

        expect(months.locator("ul a").first).to_be_visible()

    def test_opens_what_a_department_had_overdue_row_for_row(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/cockpit", PLANNER)
        worst = page.get_by_role("region", name="超期最多的部门")
        figure = worst.locator("tbody td a").first
        expect(figure).to_have_text(_SOME)
        number = int(figure.inner_text())

        figure.click()
        guest.settled()

        cases = page.get_by_role("region", name="案件")
        expect(cases).to_contain_text(f"超期的 {number} 件")
        expect(cases.locator("tbody tr")).to_have_count(min(number, CASES))


class TestWhereTheDaysGo:
    def test_sorts_the_league_and_saves_it_so(self, visitor: Come) -> None:
        guest = visitor("en")
        page = guest.go("/app/bottlenecks", PLANNER)
        league = page.get_by_role("region", name="By department")

        league.get_by_role("button", name="Attempts", exact=True).click()
        guest.settled()

        expect(league.locator("th[aria-sort=descending]")).to_have_text("Attempts ▼")
        shown = [int(each) for each in league.locator("tbody td:nth-child(2)").all_inner_texts()]
        assert shown == sorted(shown, reverse=True)
        kept = saved(page, "Save as CSV · By department")
        assert [int(line[2]) for line in kept[1:]] == shown

    def test_saves_gates_and_causes(self, visitor: Come) -> None:
        guest = visitor("en")
        page = guest.go("/app/bottlenecks", PLANNER)
        gates = page.get_by_role("region", name="Which item closed the stage")

        expect(gates.locator("tbody th").first).to_be_visible()
        shown = gates.locator("tbody th").all_inner_texts()
        kept = saved(page, "Save as CSV · Which item closed the stage")
        causes = saved(page, "Save as CSV · Causes on the path that projects took")

        assert [line[kept[0].index("Item's name")] for line in kept[1:]][: len(shown)] == shown
        assert [line[0] for line in causes[1:3]] == ["1", "2"]
        expect(gates.locator("tbody td").first).to_have_text(re.compile(r"^\d\. \w+"))

    def test_narrows_the_heat_with_the_rest(self, visitor: Come) -> None:
        guest = visitor()
        page = guest.go("/app/bottlenecks", PLANNER)

        with page.expect_request(re.compile(r"/reports/heat\?.*township=town-a")) as asked:
            page.get_by_label("乡镇").select_option("town-a")

        assert asked.value.method == "GET"

    def test_is_a_list_of_cards_on_a_phone(self, visitor: Come) -> None:
        guest = visitor("zh", PHONE)
        page = guest.go("/app/bottlenecks", PLANNER)
        league = page.get_by_role("region", name="按部门")
        cell = league.locator("tbody td").first

        expect(cell).to_have_attribute("data-label", "件次")
        expect(league.get_by_role("button", name="件次", exact=True)).to_be_visible()
        assert cell.evaluate("cell => cell.getBoundingClientRect().right") <= PHONE


class TestTheWorkbench:
    def test_takes_a_card_that_is_dragged(self, visitor: Come) -> None:
        page = board(visitor())
        dragged = page.locator('[data-item="S1-14"]')

        dragged.locator("strong").drag_to(page.get_by_role("region", name="自由并行").locator("h3"))

        expect(page.locator(".item.moved")).to_contain_text("原为：可两两并")
        expect(page.get_by_text("方案改动 1 处")).to_be_visible()

    def test_refuses_a_move_with_the_reason(self, visitor: Come) -> None:
        guest = visitor()
        page = board(guest)

        card(page, "S1-19", to=0)

        expect(page.get_by_role("alert")).to_contain_text("超过流程 3 第 1 阶段的 17 个工作日")
        expect(page.locator(".item.moved")).to_have_count(0)
        guest.complaints.clear()  # the browser's own, about the refusal

    def test_moves_a_card_by_keyboard_alone(self, visitor: Come) -> None:
        guest = visitor("en")
        page = board(guest)
        name = page.locator('[data-item="S1-14"] strong').inner_text()

        guest.reach(f"Move {name}").keyboard.press("Enter")
        guest.reach("→ Free").keyboard.press("Enter")

        moved = page.get_by_role("region", name="Free").locator('[data-item="S1-14"]')
        expect(moved.get_by_role("button", name="Move")).to_be_focused()

    def test_compares_and_tells_everything_it_supposes(self, visitor: Come) -> None:
        guest = visitor("en", PHONE)
        page = board(guest)
        card(page, "S1-14", to=1)
        expect(page.get_by_text("Changes in the plan: 1")).to_be_visible()
        page.get_by_label("When the next may start").select_option("rolling")
        expect(page.get_by_text("Changes in the plan: 2")).to_be_visible()
        page.get_by_label("Replications").select_option("25")

        page.get_by_role("button", name="Run").click()

        expect(page.locator(".headline")).to_contain_text(_DAYS, timeout=PATIENCE)
        page.get_by_text("Assumptions", exact=True).first.click()
        sheet = page.locator(".sheet tbody")
        expect(sheet.get_by_role("rowheader", name="Class of the item (changed)")).to_be_visible()
        expect(sheet).to_contain_text("as soon as there is room")
        assert not re.search(r"\b[a-z]+\.[a-z_]+", sheet.inner_text())
        assert guest.misfits() + guest.barriers() == []
        guest.switched()
        guest.resized(1440)
        assert guest.misfits() + guest.barriers() == []
        with page.expect_download() as kept:
            page.get_by_role("button", name="保存方案（JSON）").click()
        plan = json.loads(Path(kept.value.path()).read_text(encoding="utf-8"))
        assert plan["catalogue"] == {"couplings": {"S1-14": "free"}}
        with page.expect_download() as kept_sheet:
            page.get_by_role("button", name="下载指标： xlsx").click()
        assert Path(kept_sheet.value.path()).read_bytes().startswith(b"PK")
        expect(page.locator(".progress")).to_contain_text("25 / 25", timeout=PATIENCE)
        page.get_by_role("link", name="驾驶舱", exact=True).click()
        guest.arrived("/app/cockpit")
        page.go_back()
        expect(page.locator(".headline")).to_be_visible()

    def test_completes_a_choice_and_says_what_goes_with_it(self, visitor: Come) -> None:
        page = board(visitor())

        page.get_by_label("配对方式").select_option("single")

        expect(page.get_by_text("随之改变：每阶段同时可办：1")).to_be_visible()
        expect(page.get_by_label("每阶段同时可办")).to_have_value("1")
        expect(page.get_by_text("方案改动 1 处")).to_be_visible()

    def test_drops_an_item_of_what_happened_here_and_takes_that_back(self, visitor: Come) -> None:
        page = board(visitor())
        expect(page.get_by_label("方案从哪里开始")).to_have_value("fitted")

        card(page, "S1-14", to=3)

        dropped = page.get_by_role("region", name="取消", exact=True)
        expect(dropped.locator('[data-item="S1-14"]')).to_be_visible()
        page.get_by_role("button", name="撤回").first.click()
        expect(dropped.locator('[data-item="S1-14"]')).to_have_count(0)
        expect(page.get_by_text("方案改动 0 处")).to_be_visible()

    def test_opens_what_was_saved_and_says_what_cannot_be_read(
        self, visitor: Come, tmp_path: Path
    ) -> None:
        guest = visitor()
        page = board(guest)
        card(page, "S1-14", to=1)
        page.get_by_label("方案名称").fill("先放开一项")
        page.get_by_label("方案名称").press("Enter")
        expect(page.get_by_text("方案名称：先放开一项")).to_be_visible()
        with page.expect_download() as kept:
            page.get_by_role("button", name="保存方案（TOML）").click()
        plan = tmp_path / "先放开一项.toml"
        kept.value.save_as(plan)
        broken = tmp_path / "broken.toml"
        broken.write_text('version = 1\nname = "x\n', encoding="utf-8")
        page.get_by_role("button", name="撤回 “地质灾害危险性评估”：自由并行").click()
        expect(page.locator(".item.moved")).to_have_count(0)

        page.locator('input[type="file"]').set_input_files(plan)

        expect(page.get_by_label("方案从哪里开始")).to_have_value(f"file:{plan.name}")
        expect(page.get_by_label("方案名称")).to_have_value("先放开一项")
        expect(page.locator(".item.moved")).to_contain_text("原为：可两两并")
        page.locator('input[type="file"]').set_input_files(broken)
        expect(page.get_by_role("alert")).to_contain_text("第 2 行第 10 个字符起读不懂")
        expect(page.locator(".item.moved")).to_have_count(1)
        guest.complaints.clear()  # the browser's own, about the refusal

    def test_is_worked_by_keys_alone(self, visitor: Come) -> None:
        guest = visitor("en")
        page = board(guest)

        guest.reach("When the next may start").keyboard.press("ArrowDown")
        expect(page.get_by_text("Changes in the plan: 1")).to_be_visible()
        page.keyboard.press("Home")
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        guest.reach("Replications").keyboard.press("Home")
        guest.reach("Run").keyboard.press("Enter")

        expect(page.locator(".headline")).to_contain_text(_DAYS, timeout=PATIENCE)
        guest.reach("Take back").keyboard.press("Enter")
        expect(page.get_by_text("Changes in the plan: 0")).to_be_visible()
        expect(page.locator(".line")).to_be_focused()
        assert guest.barriers() == []

    def test_calls_a_run_off(self, visitor: Come) -> None:
        guest = visitor()
        page = board(guest)
        page.get_by_label("重复次数").select_option("500")
        page.get_by_role("button", name="运行推演").click()

        page.locator(".progress button").first.click()

        expect(page.locator(".progress")).to_contain_text("已取消", timeout=PATIENCE)

    def test_ranks_the_changes_that_bring_most(self, visitor: Come) -> None:
        guest = visitor()
        page = board(guest)

        page.get_by_role("button", name="找出最有效的改变").click()

        levers = page.get_by_role("region", name="最有效的改变")
        expect(levers.locator("ol li").first).to_contain_text("加快两成", timeout=PATIENCE)
        assert guest.misfits() == []


class TestWhatIsExpected:
    def test_stands_at_the_head_of_a_project_and_in_its_chart(self, visitor: Come) -> None:
        guest = visitor()
        foreseen(guest)
        page = guest.go("/app/projects/2604-120118-04-01-000003?tab=gantt", "agent-1")

        expect(page.get_by_role("region", name="预计")).to_contain_text("八成把握")
        expect(page.locator(".legend", has_text="九成五把握")).to_be_visible()

    def test_is_held_against_what_came(self, visitor: Come) -> None:
        guest = visitor("en")
        page = guest.go("/app/cockpit", PLANNER)

        page.get_by_role("link", name="How often forecasts held", exact=True).click()
        guest.settled()

        expect(page.get_by_role("heading", name="Past days, forecast again")).to_be_visible()
