"""Keeps the office's processes: started as `python -m tests.chaos.keeper`, told by lines of JSON.

Loads the program once and forks it, so that a killed process is back in a second. What runs in a
child is the whole `abreast serve` or `abreast worker`; only its clock can be set wrong, and, for
the runs that test the checker, a bug can be put in.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import struct
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import wire.core
from engine.clock import SystemClock
from engine.library import shipped
from tests.chaos import bugs
from tests.chaos.planting import replaced

if TYPE_CHECKING:
    from datetime import datetime

    from engine.clock import Clock

OFFSET = struct.Struct("<d")  # seconds, in a file that all servers read


class WrongClock:
    """A clock that is moved by what a file says now."""

    def __init__(self, path: Path, right: Clock | None = None) -> None:
        """Read *path* at every look; it must exist. By default the machine's clock is right."""
        self._path = path
        self._right = right or SystemClock()

    def now(self) -> datetime:
        """Return the wrong instant."""
        (seconds,) = OFFSET.unpack(self._path.read_bytes())
        return self._right.now() + timedelta(seconds=seconds)


def set_offset(path: Path, seconds: float) -> None:
    """Let every clock be wrong by so many seconds from now on."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(OFFSET.pack(seconds))
    fresh.replace(path)


def main() -> None:
    """Serve orders until the input ends; then end every child.

    An order is {"command": words after `abreast`, "clock": file with the offset of its clock,
    "log": file that takes what it says, "bug": name of a bug to put in, or empty, "environment":
    its variables}; the answer is {"pid": its process}.
    """
    shipped()
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _say(ready=os.getpid())
    children: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(**order)
        children.append(pid)
        _say(pid=pid)
    for pid in children:
        _end(pid)


def _say(**told: int) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _warm_up() -> None:
    """Import what the processes need, before they are forked."""
    import api  # noqa: F401, PLC0415 - for its effect
    import cli.main  # noqa: PLC0415 - for its effect
    import cli.serve  # noqa: PLC0415 - for its effect
    import cli.worker  # noqa: F401, PLC0415 - for its effect
    import engine.store.postgres  # noqa: F401, PLC0415 - for its effect


def _become(
    command: list[str], clock: str, log: str, bug: str, environment: dict[str, str]
) -> None:
    """Become a process of the office: `abreast` with these words."""
    from cli.main import main as abreast  # noqa: PLC0415 - loaded by _warm_up

    os.environ.update(environment)
    right = wire.core.clock_of
    replaced(wire.core, "clock_of", lambda *office: WrongClock(Path(clock), right(*office)))
    if bug:
        bugs.SEEDS[bug].put_in()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(number, target)
    faulthandler.register(signal.SIGUSR1)  # a server that hangs can be asked where
    try:
        sys.argv = ["abreast", *command]
        abreast()
    finally:  # a child must never return into the keeper's loop
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        os._exit(1)


def _end(pid: int) -> None:
    """Kill one of our own children; it may be gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main()
