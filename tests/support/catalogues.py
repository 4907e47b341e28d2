"""The shipped catalogue, and copies of it with something changed."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from workflows.catalogue.load import load
from workflows.catalogue.values import Catalogue

FILE = Path(__file__).parents[2] / "catalogue" / "catalogue.yaml"


@functools.cache
def shipped() -> Catalogue:
    """Return the catalogue that comes with the product."""
    return load(text())


@functools.cache
def text() -> str:
    """Return its file."""
    return FILE.read_text(encoding="utf-8")


def tree() -> dict[str, Any]:
    """Return a fresh tree of its file, to be changed."""
    fresh: dict[str, Any] = yaml.load(text(), Loader=yaml.CSafeLoader)  # noqa: S506 - it is safe
    return fresh


def entry(changing: dict[str, Any], part: str, code: str | int) -> dict[str, Any]:
    """Return the entry *code* of *part* of a tree."""
    found: dict[str, Any] = next(each for each in changing[part] if each["code"] == code)
    return found


def written(changed: dict[str, Any], *, sort_keys: bool = False) -> str:
    """Return a tree as text."""
    return yaml.dump(changed, Dumper=_Plain, allow_unicode=True, sort_keys=sort_keys)


def changed(change: Callable[[dict[str, Any]], object]) -> Catalogue:
    """Return the shipped catalogue after *change* has been at its tree."""
    changing = tree()
    change(changing)
    return load(written(changing))


class _Plain(yaml.CSafeDumper):
    """Writes no anchors: our files have none."""

    def ignore_aliases(self, data: object) -> bool:
        """Say that nothing is shared."""
        del data
        return True
