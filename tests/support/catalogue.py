"""The shipped catalogue, for tests of layers that may not know it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workflows.catalogue.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = Path(__file__).parents[2] / "catalogue" / "catalogue.yaml"


def produces() -> Mapping[str, tuple[str, ...]]:
    """Return the documents that each item issues, by its code."""
    catalogue = load(SHIPPED.read_text(encoding="utf-8"))
    return {code: item.produces for code, item in catalogue.items.items()}
