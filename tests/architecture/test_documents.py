"""Documents that would silently fall behind the code are held to it here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
HEADINGS = ["## Context", "## Choice", "## Cost", "## When to revisit"]


def first_column(file: Path) -> set[str]:
    """Return the first cells of the table rows of *file*, without code marks."""
    rows = (line for line in file.read_text(encoding="utf-8").splitlines() if line[:2] == "| ")
    return {row.split("|")[1].strip().strip("`") for row in rows}


def pinned() -> set[str]:
    """Return the names of the direct dependencies in pyproject.toml, as written there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    return {requirement.partition("==")[0] for group in groups for requirement in group}


class TestDependencies:
    def test_each_have_a_line_with_the_reason(self) -> None:
        missing = pinned() - first_column(DOCS / "dependencies.md")

        assert missing == set()


class TestSources:
    def test_keys_of_the_catalogue_are_all_explained(self) -> None:
        catalogue = yaml.load(
            (ROOT / "catalogue" / "catalogue.yaml").read_bytes(), Loader=yaml.CSafeLoader
        )

        missing = catalogue["sources"].keys() - first_column(DOCS / "sources.md")

        assert missing == set()


class TestDecisions:
    def test_are_numbered_without_a_gap(self) -> None:
        numbers = sorted(int(file.name[:4]) for file in (DOCS / "adr").glob("[0-9]*.md"))

        assert numbers == list(range(1, len(numbers) + 1))

    def test_each_say_context_choice_cost_and_when_to_revisit(self) -> None:
        said = {
            file.name: re.findall(r"^## .+$", file.read_text(encoding="utf-8"), re.MULTILINE)
            for file in (DOCS / "adr").glob("[0-9]*.md")
        }

        assert {name for name, headings in said.items() if headings != HEADINGS} == set()


class TestLinks:
    def test_between_documents_lead_somewhere(self) -> None:
        files = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]

        broken = [
            f"{file.relative_to(ROOT)}: {link}"
            for file in files
            for link in LINK.findall(file.read_text(encoding="utf-8"))
            if not (file.parent / link).exists()
        ]

        assert broken == []
