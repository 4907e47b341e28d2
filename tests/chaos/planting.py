"""How a bug is put into a process: functions of the product are replaced."""

from __future__ import annotations

import random

_rng = random.Random()


def replaced(where: object, name: str, what: object) -> None:
    """Put *what* in the place of a function of the product."""
    setattr(where, name, what)


def now_and_then(chance: float = 0.15) -> bool:
    """Tell whether it happens this time."""
    return _rng.random() < chance
