"""The process of `engine.aside`: `python -m engine.aside_child NICENESS`, calls on stdin."""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 19  # steps of niceness that there are


class Kind(StrEnum):
    """What became of a call."""

    RETURNED = "returned"
    REFUSED = "refused"
    FAILED = "failed"


def main(niceness: int) -> None:
    """Give way, then answer one call after the other until nobody is there to ask."""
    give_way(niceness)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    with suppress(EOFError, BrokenPipeError):
        while True:
            function, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent's
            told.write(pickle.dumps(_answer(function, given)))
            told.flush()


def give_way(niceness: int) -> None:
    """Let everybody else have the processor, the disk and the memory first, for good.

    With less than MOST steps only as much as niceness means: for machines that are never idle.
    Linux weighs niceness within a session only, and sessions against each other (autogroup).
    """
    os.nice(niceness)
    if niceness < MOST:
        return
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if sys.platform == "linux":  # the disk, too: who runs when idle also reads when idle
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _answer(function: str, given: Sequence[object]) -> tuple[str, Any]:
    module, _, name = function.rpartition(".")
    try:
        return Kind.RETURNED.value, getattr(import_module(module), name)(*given)
    except Refusal as refusal:
        return Kind.REFUSED.value, (type(refusal), refusal.params)
    except Exception as error:  # noqa: BLE001 - whoever asked is told, and decides
        return Kind.FAILED.value, f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
