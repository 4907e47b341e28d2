"""Every screen, in both languages and three widths: nothing misfits, nothing is a barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.screens import Visitor

PROJECT = "2604-120118-04-01-000003"
PAIRABLE = "2603-120118-04-01-000002"
OWNED = "2604-120118-04-01-000004"
WIDTHS = (1440, 1024, 390)
TABS = ("items", "diagram", "gantt", "why", "clock", "materials", "history")
ROOMS = ("people", "names", "calendar", "jobs", "audit")
SCREENS = (
    ("/", None),
    (f"/projects/{PROJECT}", None),
    ("/sign-in", None),
    ("/app/nowhere", "owner-ORG-A"),
    ("/app/projects", "owner-ORG-A"),
    ("/app/projects/new", "owner-ORG-A"),
    *((f"/app/projects/{PROJECT}?tab={tab}", "agent-1") for tab in TABS),
    (f"/app/projects/{PAIRABLE}/pairing/3", "agent-5"),
    ("/app/today", "agent-1"),
    ("/app/agents", "supervisor"),
    ("/app/inbox", "owner-ORG-C"),
    (f"/app/projects/{OWNED}?tab=notes", "owner-ORG-E"),
    ("/app/cockpit", "planner"),
    ("/app/bottlenecks", "planner"),
    ("/app/bottlenecks?department=natural_resources&overdue=true&since=2026-01-01", "planner"),
    ("/app/what-if", "planner"),
    ("/app/calibration", "planner"),
    ("/app/projects?lamp=red", "planner"),
    *((f"/app/admin?tab={room}", "administrator") for room in ROOMS),
)
OVER = (
    ("/app/today", "reviewer-water", "tbody button"),
    ("/app/agents", "supervisor", "tbody tr button:nth-of-type(2)"),
    ("/app/admin?tab=people", "administrator", "tbody tr button:nth-of-type(2)"),
    (f"/app/projects/{PROJECT}", "agent-1", "tbody td button"),
    (f"/app/projects/{PROJECT}?tab=clock", "agent-1", "#pane-clock tbody button"),
)
SOUND = "<!doctype html><html lang=zh-CN><title>并批</title>"
PLANTED = (
    ("<h1 style='width:30px;white-space:nowrap'>一行很长的字</h1>", "text wider than its box"),
    ("<h1 style='width:30px;overflow:hidden;white-space:nowrap'>一行长字</h1>", "text cut off"),
    ("<h1>today.title</h1>", "key without a text: today.title"),
    ("<h1>step.[object Object]</h1>", "value without words"),
    ("<h1>已用 NaN 日</h1>", "value without words"),
    ("<h1>轮到 undefined</h1>", "value without words"),
    ("<h1>null</h1>", "value without words"),
    (
        "<h1>一</h1><button>甲甲甲甲</button><button style='margin-left:-20px'>乙乙乙</button>",
        "clickable boxes overlap",
    ),
    ("<h1>一</h1><div style='width:2000px'>宽</div>", "page wider than the window"),
    ("<h1>一</h1><input>", "label"),
    ("<h1 style='color:#aaa'>看不清</h1>", "color-contrast"),
)


class TestEveryScreen:
    @pytest.mark.parametrize(("path", "who"), SCREENS)
    def test_fits_and_has_no_barrier_in_both_languages(
        self, visitor: Callable[..., Visitor], path: str, who: str | None
    ) -> None:
        guest = visitor()
        guest.go(path, who)

        chinese = faults(guest)
        guest.switched()

        assert chinese + faults(guest) == []


class TestWhatOpensOverAScreen:
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize(("path", "who", "what"), OVER)
    def test_fits_and_has_no_barrier(
        self, visitor: Callable[..., Visitor], path: str, who: str, what: str, language: str
    ) -> None:
        guest = visitor(language)
        page = guest.go(path, who)
        page.locator(what).first.click()
        guest.settled()

        assert faults(guest) == []


class TestTheLookItself:
    @pytest.mark.parametrize(("part", "fault"), PLANTED)
    def test_sees_a_planted_fault(
        self, visitor: Callable[..., Visitor], part: str, fault: str
    ) -> None:
        guest = visitor()
        guest.page.set_content(f"{SOUND}<main>{part}</main>")

        found = guest.misfits() + guest.barriers()

        assert [each for each in found if each.startswith(fault)] == found
        assert len(found) > 0

    def test_finds_nothing_where_nothing_is_wrong(self, visitor: Callable[..., Visitor]) -> None:
        guest = visitor()
        guest.page.set_content(f"{SOUND}<main><h1>并批</h1><button>办理</button></main>")

        assert guest.misfits() + guest.barriers() == []


def faults(guest: Visitor) -> list[str]:
    """Return what is wrong with the screen in any width."""
    found = []
    for width in WIDTHS:
        guest.resized(width)
        found += [f"{guest.language} {width} px: {each}" for each in guest.misfits()]
    guest.resized(WIDTHS[0])
    return found + [f"{guest.language}: {each}" for each in guest.barriers()]
