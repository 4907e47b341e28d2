"""Every refusal that the rules of decide can raise is raised somewhere in these tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import workflows
from workflows import errors
from workflows.errors import Refusal

FAMILIES = ("draft", "items", "materials", "pairs", "papers", "projects", "stages", "tasks")
ROOMS = ("workflows", "analysis", "engine", "api")
HERE = Path(__file__).parent
RULES = Path(workflows.__file__ or "").parent
RAISED = re.compile(r"raise (\w+Error)\b")


def _kinds() -> dict[str, type[Refusal]]:
    return {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind is not Refusal
    }


def _raised() -> set[str]:
    """Return the names of the refusals that the rules raise."""
    files = [RULES / "access.py", *(RULES / "decide" / f"{name}.py" for name in FAMILIES)]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(RAISED.findall(text)) & set(_kinds())


def _expected() -> set[str]:
    """Return every text in the tests of the rules, among them the codes that they expect."""
    found: set[str] = set()
    for file in HERE.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.Name):
                found.add(node.id)
    return found


class TestRefusals:
    def test_are_each_raised_by_a_test(self) -> None:
        kinds, expected = _kinds(), _expected()
        untested = {
            name for name in _raised() if kinds[name].code not in expected and name not in expected
        }

        assert untested == set()

    def test_are_each_raised_by_a_rule(self) -> None:
        files = [file for room in ROOMS for file in (RULES.parent / room).rglob("*.py")]
        everywhere = {
            name for file in files for name in RAISED.findall(file.read_text(encoding="utf-8"))
        }

        assert set(_kinds()) - everywhere == set()
