"""Questions that are built once and asked again with other values: slots stand in their places.

Building a statement costs its client more than asking it does.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import bindparam

if TYPE_CHECKING:
    from collections.abc import Collection

    from _typeshed import DataclassInstance

_T = TypeVar("_T", bound="DataclassInstance")


class Slot(str):
    """Stands for a text that is told when the question is asked; the text of it is the name."""

    __slots__ = ()


def emptied(value: _T, prefix: str = "") -> tuple[_T, dict[str, str]]:
    """Return a frozen value with a slot for each text in it, and the texts by the slots' names.

    >>> from workflows.facts import Actor
    >>> emptied(Actor(id="a", roles=frozenset(), township="T1"), "viewer_")[1]
    {'viewer_id': 'a', 'viewer_township': 'T1'}
    """
    cells = {each.name: getattr(value, each.name) for each in fields(value)}
    texts = {name: cell for name, cell in cells.items() if type(cell) is str}
    shape = replace(value, **{name: Slot(prefix + name) for name in texts})
    return shape, {prefix + name: text for name, text in texts.items()}


def bound(value: str) -> Any:  # noqa: ANN401 - what a column may be compared with
    """Return a slot as a parameter of the statement, and any other text as it is."""
    return bindparam(str(value)) if isinstance(value, Slot) else value


def few_lengths(values: Collection[str]) -> list[str]:
    """Return *values* sorted, the last one repeated until there are a power of two of them.

    Each length of a list is a statement of its own, which the server prepares and plans.

    >>> few_lengths({"b", "c", "a"})
    ['a', 'b', 'c', 'c']
    """
    kept = sorted(values)
    return kept + kept[-1:] * ((1 << max(0, len(kept) - 1).bit_length()) - len(kept))
