"""What the browser has to load: the first screen and the whole project page, compressed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Response

    from tests.support.screens import Visitor

BUILT = Path(__file__).parents[2] / "web" / "dist"
FIRST, PROJECT = 200_000, 450_000  # bytes
TABS = ("items", "diagram", "gantt", "why", "clock", "materials", "history")
CODE = "2604-120118-04-01-000003"


class TestTheSize:
    def test_of_the_first_screen_is_small(self, visitor: Callable[..., Visitor]) -> None:
        assert 0 < loaded(visitor(own=True), ["/app/today"], "agent-1") <= FIRST

    def test_of_a_project_with_all_its_parts_is_bounded(
        self, visitor: Callable[..., Visitor]
    ) -> None:
        pages = [f"/app/projects/{CODE}?tab={tab}" for tab in TABS]

        assert FIRST / 2 < loaded(visitor(own=True), pages, "agent-1") <= PROJECT


def loaded(guest: Visitor, paths: list[str], who: str) -> int:
    """Return the bytes, compressed, of every file of ours that the pages ask for."""
    names: set[str] = set()

    def heard(answer: Response) -> None:
        _, found, name = answer.url.partition("/app/assets/")
        if found:
            names.add(f"assets/{name}")

    guest.page.on("response", heard)
    for path in paths:
        guest.go(path, who)
    return sum(len(gzip.compress((BUILT / name).read_bytes())) for name in names)
