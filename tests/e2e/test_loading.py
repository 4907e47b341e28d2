"""The planner's pages while the past is still coming in: nothing says that there is nothing."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.loading import HISTORY
from engine.settings import Settings
from engine.store import jobs
from engine.store.jobs import Job, JobStatus
from tests.e2e.conftest import served, visiting
from tests.support.screens import TEXTS, Visitor
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.screens import Windows

PATIENCE = 120_000  # ms: everything is read for the first time
LOADED, SHELVES = 7, 25
HELD = timedelta(minutes=50)  # less than the longest pause that a worker believes in
# What is true only where all of the past is known.
UNTRUE = (
    TEXTS["cockpit"]["noForecast"],
    TEXTS["calibration"]["never"],
    TEXTS["whatif"]["unfitted"],
)
COMING = f"正在装入过去三年的记录（{LOADED} / {SHELVES}）"
PAGES = ("cockpit", "bottlenecks", "what-if", "calibration")


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory, built: None) -> Iterator[str]:
    """Start the server as `make run` does, with the past held where it is."""
    del built
    folder = tmp_path_factory.mktemp("beginning")
    hold_the_past(folder)
    with served(folder) as address:
        yield address


@pytest.fixture
def guest(windows: Windows, beginning: str) -> Iterator[Visitor]:
    """Return a planner's window; its pages may complain of nothing."""
    with visiting(windows, beginning, PATIENCE) as visitor:
        yield visitor


class TestAPlannersPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_says_that_the_past_is_coming_and_nothing_untrue(
        self, guest: Visitor, name: str
    ) -> None:
        page = guest.go(f"/app/{name}", "planner")
        whole(page)

        expect(page.get_by_label("演示")).to_contain_text(COMING)
        told = page.get_by_role("main").inner_text()
        assert [each for each in UNTRUE if each in told] == []
        assert guest.misfits() == []


class TestTheCalibration:
    def test_says_in_its_place_what_is_still_coming(self, guest: Visitor) -> None:
        page = guest.go("/app/calibration", "planner")

        card = page.locator("section", has=page.locator("#replayed"))
        expect(card).to_contain_text(COMING)


class TestTheCockpit:
    def test_leaves_no_number_at_nought(self, guest: Visitor) -> None:
        page = guest.go("/app/cockpit", "planner")
        whole(page)

        figures = page.get_by_role("navigation", name="现在").locator("strong")
        expect(figures.first).to_have_text(re.compile(r"^[1-9]\d*$"))
        assert "NaN" not in page.get_by_role("main").inner_text()


def whole(page: Page) -> None:
    """Wait until no part of a page is being read any more, however long it takes."""
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main .reading")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("main[aria-busy=true]")).to_have_count(0, timeout=PATIENCE)


def hold_the_past(folder: Path) -> None:
    """Have the past wait for its next attempt, as it does when an earlier one broke off."""
    settings = Settings(database=f"sqlite:///{folder}/run.db", files=f"{folder}/files")
    with closing(assemble(settings)) as parts, parts.new_uow() as uow:
        now = parts.clock.now()
        uow.begin()
        held = Job(
            id=HISTORY,
            kind=HISTORY,
            parameters={},
            status=JobStatus.QUEUED,
            done=LOADED,
            total=SHELVES,
            attempts=1,
            most=2,
            run_at=now + HELD,
            created_at=now,
        )
        assert jobs.put(uow.connection, held)
        uow.commit()
