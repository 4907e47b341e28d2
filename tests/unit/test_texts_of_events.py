"""The pages have a word, in both languages, for whatever a project's history may hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from workflows.events import Body

TEXTS = Path(__file__).parents[2] / "web/src/i18n"


class TestEveryEvent:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_has_a_word_on_the_history_page(self, language: str) -> None:
        words = json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))["event"]

        assert {body.__name__ for body in get_args(Body)} - words.keys() == set()
