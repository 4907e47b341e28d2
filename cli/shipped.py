"""What is shipped with the program, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workflows.catalogue.load import load

if TYPE_CHECKING:
    from workflows.catalogue.values import Catalogue

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue" / "catalogue.yaml"


@cache
def shipped_catalogue() -> Catalogue:
    """Return the catalogue that is shipped.

    Raises:
        CatalogueError: If it is none.
    """
    return load(CATALOGUE.read_text(encoding="utf-8"))
