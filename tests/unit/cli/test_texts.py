"""Every text the command line asks for exists, and none lies about unused."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workflows.deadlines import DeadlineKind
from workflows.progress import Cause
from workflows.texts import LOCALES, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
TEXTS = ROOT / "workflows" / "texts"
SPEAKING = {"say", "print", "gist", "progress"}
# Families whose last word is computed from a value.
COMPUTED = (
    "column", "coupling", "performer", "policy", "cause", "status", "stage_state", "severity",
    "doctor", "help", "verify", "credit", "told",
)  # fmt: skip


def asked() -> Iterator[str]:
    """Yield the codes that stand in the code as they are, without "cli."."""
    for file in sorted((ROOT / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call):
                yield from _codes(node)


def leaves(table: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted codes of a table of texts."""
    for key, below in table.items():
        if "zh" in below:
            yield prefix + key
        else:
            yield from leaves(below, f"{prefix}{key}.")


def _codes(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if name in SPEAKING | {"Failed", "table"}:
        yield from _constants(first)
    if name == "table":
        yield from (f"column.{code}" for code in _constants(call.args[1]))
    for keyword in call.keywords:
        if keyword.arg == "help":
            prefix = "option." if name == "option" else ""
            yield from (prefix + code for code in _constants(keyword.value))


def _constants(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=body, orelse=other):
            yield from _constants(body)
            yield from _constants(other)
        case ast.Tuple(elts=parts):
            for part in parts:
                yield from _constants(part)
        case _:
            return


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_of_waiting_has_words(cause: Cause) -> None:
    assert all(text(f"cli.cause.{cause.value}", locale) for locale in LOCALES)


@pytest.mark.parametrize("performer", ["owner", "agent", "window", "procedure", "leader"])
def test_everyone_whose_turn_it_may_be_has_a_name(performer: str) -> None:
    assert all(text(f"cli.performer.{performer}", locale) for locale in LOCALES)


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_every_told_day_has_words(kind: DeadlineKind) -> None:
    assert all(text(f"cli.told.{kind.value}", locale) for locale in LOCALES)


class TestTexts:
    def test_exist_for_all_that_is_said(self) -> None:
        known = {code.removeprefix("cli.") for code in texts() if code.startswith("cli.")}

        missing = {code for code in asked() if "." in code or code in known} - known

        assert missing == set()

    def test_are_all_said_somewhere(self) -> None:
        said = set(asked())

        table = tomllib.loads((TEXTS / "cli.toml").read_text(encoding="utf-8"))["cli"]
        idle = {code for code in leaves(table) if not code.startswith(COMPUTED)} - said

        assert idle == set()
