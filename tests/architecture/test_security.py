"""docs/security.md is held to the standard's rows and to the tests that it names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", TEXT)))
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
# Rows of level 1 and 2 in ASVS 5.0.0, by chapter.
CHAPTERS = dict(
    zip(
        (f"V{number}" for number in range(1, 18)),
        (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7),
        strict=True,
    )
)


def part(heading: str) -> str:
    """Return what stands under a heading."""
    return TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]


ROWS = ROW.findall(part("Level 2, row by row"))
MORE = ROW.findall(part("Beyond level 2"))
NOT = re.findall(r"V\d+\.\d+\.\d+", part("Rows that do not apply"))


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names "Class::test" and "test" in a file."""
    tree = ast.parse((ROOT / file).read_bytes())
    found = set()
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name, body=body):
                found |= {f"{name}::{m.name}" for m in body if isinstance(m, ast.FunctionDef)}
            case ast.FunctionDef(name=name):
                found.add(name)
    return frozenset(found)


class TestTheRows:
    def test_are_those_of_level_two(self) -> None:
        rows = [row for row, _, _ in ROWS] + NOT

        assert len(rows) == len(set(rows))
        assert Counter(row.partition(".")[0] for row in rows) == CHAPTERS

    @pytest.mark.parametrize(("row", "what", "shown"), [*ROWS, *MORE])
    def test_are_shown_written_down_or_open(self, row: str, what: str, shown: str) -> None:
        assert what, row
        assert re.fullmatch(r"(`tests/[^`]+`(<br>)?)+|open: .+|\[[^\]]+\]\([^)]+\)", shown), row

    def test_are_mostly_shown(self) -> None:
        opened = [row for row, _, shown in ROWS if shown.startswith("open")]

        assert len(opened) <= len(ROWS) / 5


class TestEveryTestThatIsNamed:
    @pytest.mark.parametrize("name", NAMED)
    def test_exists(self, name: str) -> None:
        file, _, test = name.partition("::")

        assert test in names_in(file)
