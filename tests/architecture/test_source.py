"""What the program's own text never does, wherever it is: ask by foreign words."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bpmn", "workflows", "analysis", "exchange", "engine", "simulation", "api", "cli", "wire")
PATTERNS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
}
# Where a pattern is no literal: the contract's own, and one of words that the program knows.
NAMED = {
    ("api/schemas/kinds.py", "pattern"),
    ("api/examples.py", "pattern"),
    ("bpmn/reader_marks.py", "'|'.join(words)"),
}
# Its questions are made of its own keys; tests/unit/exchange/test_xes_in.py shows what a file does.
ASKS_BY_XPATH = {"exchange/xes_in.py"}


@cache
def trees() -> dict[str, ast.Module]:
    """Return the program's files."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_bytes()) for file in files}


def patterns() -> set[tuple[str, str]]:
    """Return the file and the text of each regular expression that is no literal."""
    return {
        (name, ast.unparse(node.args[0]))
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr in PATTERNS) == ("re", True)
        and not isinstance(node.args[0], ast.Constant)
    }


class TestTheProgram:
    def test_makes_no_pattern_of_foreign_words(self) -> None:
        assert patterns() == NAMED

    def test_asks_by_xpath_in_one_place(self) -> None:
        asking = {
            name
            for name, tree in trees().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.lower() == "xpath"
        }

        assert asking == ASKS_BY_XPATH
