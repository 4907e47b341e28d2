"""Work that may take any time, in a process of its own that gives way to all others."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, cast

from engine.aside_child import Kind
from engine.errors import AsideError

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK = 0.5  # seconds between two looks up from a call
YIELDING = 19  # steps of niceness; with all of them only idle processors are used
_ROOT = Path(__file__).resolve().parent.parent
_OURS = "ABREAST_"  # settings, some of them secret, are nothing to whoever only computes


class Aside:
    """One process beside this one, made when it is first needed; one call at a time.

    It comes after all others where the processor is wanted, is the first to go where memory is
    short, and ends with the process that made it.
    """

    def __init__(self, niceness: int = YIELDING) -> None:
        """Start nothing yet."""
        self._niceness = niceness
        self._turn = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def call(
        self,
        function: str,
        *given: object,
        look: Callable[[], None] = lambda: None,
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        """Return what "MODULE.NAME" makes of *given*; both can be pickled.

        Args:
            look: Called every LOOK seconds while it lasts, also while others have their turn. What
                it raises ends the call, and the process.

        Raises:
            Refusal: If the function raised it.
            AsideError: If the function raised anything else, or its process died.
        """
        while not self._turn.acquire(timeout=LOOK):
            look()
        answered = False
        try:
            kind, told = self._asked((function, given), look)
            answered = True
        finally:
            if not answered:  # what it is at is nobody's any more
                self._end()
            self._turn.release()
        if kind == Kind.RETURNED:
            return told
        if kind == Kind.REFUSED:
            refusal, params = told
            raise refusal(**params)
        raise AsideError(function=function, reason=told)

    def close(self) -> None:
        """End the process, whatever it is at; it is made again when it is needed."""
        if (child := self._child) is not None:
            child.kill()
        with self._turn:
            self._end()

    def _asked(self, question: tuple[str, object], look: Callable[[], None]) -> tuple[str, Any]:
        asked, answers = self._living()
        try:
            pickle.dump(question, asked)
            asked.flush()
            while not select([answers], [], [], LOOK)[0]:
                look()
            told: tuple[str, Any] = pickle.load(answers)  # noqa: S301 - our own child's
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            look()  # whoever is told to stop may have lost it to the same signal
            raise AsideError(function=question[0], reason="died") from error
        return told

    def _living(self) -> tuple[IO[bytes], IO[bytes]]:
        """Return how the process is asked, and how it answers."""
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "engine.aside_child", str(self._niceness)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_ROOT,
                env={name: value for name, value in os.environ.items() if not _is_ours(name)},
                start_new_session=True,  # Linux may share processors out by session
            )
        return cast("IO[bytes]", self._child.stdin), cast("IO[bytes]", self._child.stdout)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with suppress(BrokenPipeError):  # what it was not told any more
                child.communicate()


def _is_ours(name: str) -> bool:
    return name.startswith(_OURS)
