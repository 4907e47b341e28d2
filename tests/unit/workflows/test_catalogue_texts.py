"""Every code of catalogue, conditions, facts and calendar has both texts, naming what it may."""

import re
import string
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXTS = tomllib.loads((ROOT / "workflows/texts/catalogue.toml").read_text(encoding="utf-8"))
SOURCES = [
    *(ROOT / "workflows/catalogue").glob("*.py"),
    ROOT / "workflows/applicability.py",
    ROOT / "workflows/calendar.py",
    ROOT / "workflows/graph.py",
    ROOT / "bpmn/_expressions.py",
]
KINDS = {
    "department",
    "document",
    "material",
    "procedure",
    "source",
    "stage",
    "flow",
    "type",
    "coupling",
    "national_coupling",
}


def _codes() -> set[str]:
    found = {
        code
        for source in SOURCES
        for code in re.findall(
            r'"((?:catalogue|facts|condition|calendar)(?:\.[a-z_]+)+)(?:["|])',
            source.read_text(encoding="utf-8"),
        )
    }
    return found | {f"catalogue.unknown.{kind}" for kind in KINDS}


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


class TestTexts:
    def test_are_there_for_every_code_and_no_other(self) -> None:
        assert _codes() == set(TEXTS)

    @pytest.mark.parametrize("code", sorted(TEXTS))
    def test_say_the_same_in_both_languages(self, code: str) -> None:
        assert set(TEXTS[code]) == {"zh", "en"}
        assert _names(TEXTS[code]["zh"]) == _names(TEXTS[code]["en"])
