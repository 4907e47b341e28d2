"""TOML that somebody sent: read within bounds, and with one error for whatever is wrong."""

from __future__ import annotations

import tomllib
from typing import Any

# The library's work on a line grows with the square of the parts of its key, in quotes or not, and
# so does that on whatever stands below a heading.
MOST_DOTS = 200


def tree(text: str) -> dict[str, Any]:
    r"""Return what *text* says.

    >>> tree("[a.b]\nc = 1")
    {'a': {'b': {'c': 1}}}

    Raises:
        ValueError: If it is no TOML, or nested so deep or with keys so long that nobody wrote it.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_DOTS:
            raise ValueError(f"more than {MOST_DOTS} dots (at line {number})")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
