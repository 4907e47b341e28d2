"""The shipped catalogue, and copies of it with something changed."""

import functools
import json
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
    fresh: dict[str, Any] = json.loads(_tree())
    return fresh


@functools.cache
def _tree() -> str:
    return json.dumps(yaml.load(text(), Loader=yaml.CSafeLoader))


def entry(changing: dict[str, Any], part: str, code: str | int) -> dict[str, Any]:
    """Return the entry *code* of *part* of a tree."""
    found: dict[str, Any] = next(each for each in changing[part] if each["code"] == code)
    return found


def written(changed: dict[str, Any], *, sort_keys: bool = False) -> str:
    """Return a tree as text: as JSON, which is YAML too and quicker to write."""
    return json.dumps(changed, sort_keys=sort_keys)


def changed(change: Callable[[dict[str, Any]], object]) -> Catalogue:
    """Return the shipped catalogue after *change* has been at its tree."""
    changing = tree()
    change(changing)
    return load(written(changing))
