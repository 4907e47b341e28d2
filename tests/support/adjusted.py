"""Catalogues that differ from the shipped one, as texts to be handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.catalogues import entry, tree, written

if TYPE_CHECKING:
    from collections.abc import Callable

# Cancelled: pairable, of stage 2, and needed by no other item.
CANCELLED, SHORTENED, DELEGATED = "S2-18", "S1-08", "S3-05"


def adjusted(*changes: Callable[[dict[str, Any]], object]) -> str:
    """Return the shipped catalogue's text after *changes*."""
    changing = tree()
    for change in changes:
        change(changing)
    return written(changing)


def cancel(code: str) -> Callable[[dict[str, Any]], object]:
    """Return the change that cancels an item."""

    def change(changing: dict[str, Any]) -> None:
        changing["items"] = [item for item in changing["items"] if item["code"] != code]

    return change


def limit(code: str, days: int) -> Callable[[dict[str, Any]], object]:
    """Return the change that sets an item's committed limit."""

    def change(changing: dict[str, Any]) -> None:
        entry(changing, "items", code)["committed_limit"]["days"] = days

    return change


def put(code: str, **fields: object) -> Callable[[dict[str, Any]], object]:
    """Return the change that sets fields of an item."""

    def change(changing: dict[str, Any]) -> None:
        entry(changing, "items", code).update(fields)

    return change


def copied(code: str, as_: str) -> Callable[[dict[str, Any]], object]:
    """Return the change that adds an item like another, under its own code, producing nothing."""

    def change(changing: dict[str, Any]) -> None:
        other = {**entry(changing, "items", code), "code": as_, "produces": []}
        changing["items"].append(other)

    return change
