"""Which file may import which library, and which floor which other: the house rules."""

from __future__ import annotations

import ast
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FLOORS = ("analysis", "api", "bpmn", "cli", "engine", "exchange", "simulation", "workflows")
ABOVE = "wire"  # puts the parts together
# Patterns of file names; a `*` also matches the folders below.
HOMES: dict[str, tuple[str, ...]] = {
    "SpiffWorkflow": ("bpmn/reader*.py", "bpmn/rehearsal*.py"),
    "alembic": ("engine/store/*.py",),
    "argon2": ("engine/passwords.py",),
    "authlib": ("api/oidc.py",),
    "flask": ("api/*.py",),
    "flask_smorest": ("api/*.py",),
    "marshmallow": ("api/*.py", "workflows/catalogue/schema.py", "simulation/schema.py"),
    "networkx": ("bpmn/layout.py", "workflows/graph.py"),
    "numba": ("analysis/*.py", "simulation/*.py"),
    "ortools": ("simulation/optimise/*.py",),
    "pandas": (),
    "pm4py": (),  # AGPL: a witness of the tests, in a process of its own
    "prometheus_client": ("api/*.py",),
    "pyotp": ("engine/accounts.py",),
    "sqlalchemy": ("engine/store/*.py", "engine/unit_of_work.py"),
    "werkzeug": ("api/*.py",),
}


def sources(root: Path) -> Iterator[Path]:
    """Return the product's files: those of the floors and of what stands above them."""
    for room in (*FLOORS, ABOVE):
        yield from sorted((root / room).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Return the top-level names that *file* imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]


def strangers(root: Path) -> list[str]:
    """Return "file: library" for each import of a library outside its homes."""
    return [
        f"{file.relative_to(root).as_posix()}: {library}"
        for file in sources(root)
        for library in sorted(set(imported(file)) & HOMES.keys())
        if not any(fnmatchcase(file.relative_to(root).as_posix(), home) for home in HOMES[library])
    ]


def plant(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


class TestHomes:
    def test_hold_for_every_file(self) -> None:
        found = strangers(ROOT)

        assert found == []

    @pytest.mark.parametrize(
        ("name", "text", "library"),
        [
            ("workflows/projects.py", "import networkx as nx", "networkx"),
            ("workflows/catalogue/load.py", "from marshmallow import Schema", "marshmallow"),
            ("engine/handle.py", "def f():\n    from sqlalchemy.orm import Session", "sqlalchemy"),
            ("bpmn/tokens.py", "import SpiffWorkflow.bpmn.specs", "SpiffWorkflow"),
            ("wire/edges.py", "if TYPE_CHECKING:\n    import flask.views", "flask"),
        ],
    )
    def test_name_a_stranger(self, tmp_path: Path, name: str, text: str, library: str) -> None:
        plant(tmp_path, name, text)

        found = strangers(tmp_path)

        assert found == [f"{name}: {library}"]

    def test_let_a_library_in_at_home(self, tmp_path: Path) -> None:
        plant(tmp_path, "engine/store/rows/projects.py", "import sqlalchemy")
        plant(tmp_path, "bpmn/reader_spiff.py", "from SpiffWorkflow.bpmn.parser import x")

        found = strangers(tmp_path)

        assert found == []


class TestFloors:
    def test_are_what_the_contracts_name(self) -> None:
        packages = sorted(file.parent.name for file in ROOT.glob("*/__init__.py"))

        assert [name for name in packages if name != "bench"] == sorted((*FLOORS, ABOVE))

    def test_import_downwards_only(self) -> None:
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]

        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

        assert answer.returncode == 0, answer.stdout
