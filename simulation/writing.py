"""A scenario's tree as a TOML file that `simulation.files.load` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def toml_of(tree: Mapping[str, Any]) -> str:
    """Return the text of a tree of tables, lists, texts, numbers and truth values.

    >>> print(toml_of({"name": "x", "service": {"share": 0.5, "items": {"S1-08": {"days": 2}}}}))
    name = "x"
    <BLANKLINE>
    [service]
    share = 0.5
    <BLANKLINE>
    [service.items]
    "S1-08" = { days = 2 }
    <BLANKLINE>
    """
    return "\n".join(_lines(tree)) + "\n"


def _lines(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a line for each value, then the tables; one that holds no other stands on one line."""
    tables = {key for key, value in tree.items() if _is_table(value, path)}
    for key, value in tree.items():
        if key not in tables:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tree.items():
        if key in tables:
            below = (*path, _key(key))
            yield f"\n[{'.'.join(below)}]"
            yield from _lines(value, below)


def _is_table(value: object, path: tuple[str, ...]) -> bool:
    if not isinstance(value, dict):
        return False
    return not path or any(isinstance(each, dict) for each in value.values())


def _value(value: object) -> str:
    match value:
        case dict():
            inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").isalnum()
    return key if plain else json.dumps(key, ensure_ascii=False)
