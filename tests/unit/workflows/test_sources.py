"""Every source key has a name in both languages, and a line in docs/sources.md."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.catalogues import shipped
from workflows.texts import texts

ROOT = Path(__file__).parents[3]
NAMED = {code.removeprefix("source.") for code in texts() if code.startswith("source.")}
CALENDAR = "calendar"  # a calendar's days rest on its notices; no line of the page is about them


class TestEverySource:
    def test_of_the_catalogue_has_a_name(self) -> None:
        assert shipped().sources.keys() - NAMED == set()

    def test_of_the_page_has_a_name(self) -> None:
        page = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
        explained = set(
            re.findall(r"^\| (\w+) \| (?:law|local|case|weak|assumption) ", page, re.MULTILINE)
        )

        assert explained == NAMED - {CALENDAR}
