"""What is called in another process, to see what comes back from there."""

from __future__ import annotations

import sys

from workflows.errors import UnknownFlowError


def refuse() -> None:
    """Refuse, as a rule would."""
    raise UnknownFlowError(flow=7, known=(1, 2))


def print_and_add(first: int, second: int) -> int:
    """Say something where answers go, as a careless library does, and add."""
    print("added")  # noqa: T201 - that it is printed is the point
    return first + second


def has_loaded(module: str) -> bool:
    """Tell whether the process has loaded a module."""
    return module in sys.modules
