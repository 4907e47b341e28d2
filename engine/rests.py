"""Who failed is left out for some rounds, longer each time, so that it holds up nobody else."""

from __future__ import annotations

import traceback

import structlog

from engine.errors import EngineError
from workflows.errors import Refusal

LONGEST = 60  # rounds
FAULT = "engine.fault"  # the code of an error that no rule of ours expects


class Rests:
    """The rests of some pieces of work, by name; counted in rounds, not by a clock.

    >>> rests = Rests()
    >>> rests.failed("a"), rests.resting(), rests.resting()
    (1, {'a'}, set())
    """

    def __init__(self) -> None:
        """Let nobody rest."""
        self._times: dict[str, int] = {}
        self._left: dict[str, int] = {}

    def resting(self) -> set[str]:
        """Begin a round, and return who is left out of it."""
        found = {name for name, left in self._left.items() if left > 0}
        self._left = {name: self._left[name] - 1 for name in found}
        return found

    def failed(self, name: str) -> int:
        """Let *name* rest, twice as long as the last time, and return how often it has failed."""
        times = self._times[name] = self._times.get(name, 0) + 1
        # From a number on the power is cut: years of failures must not make it a long one.
        self._left[name] = min(2 ** min(times, LONGEST), LONGEST) - 1
        return times

    def recovered(self, name: str) -> None:
        """Forget that *name* ever failed."""
        self._times.pop(name, None)
        self._left.pop(name, None)


def log_failure(name: str, error: Exception, **told: object) -> None:
    """Log what went wrong: its code, or where it happened; never its words.

    A damaged row may hold anything, and an error may repeat it.
    """
    log = structlog.get_logger()
    if isinstance(error, (EngineError, Refusal)):
        log.warning(name, code=error.code, **told)
        return
    places = traceback.extract_tb(error.__traceback__)
    at = f"{places[-1].name}:{places[-1].lineno}" if places else ""
    log.error(name, code=FAULT, error=type(error).__name__, at=at, **told)
