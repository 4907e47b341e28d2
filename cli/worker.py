"""`abreast worker`: timers, jobs and deliveries, until it is told to stop."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from contextlib import closing, contextmanager
from socket import gethostname
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from cli.office import opened, patiently
from cli.serve_log import log_plainly
from cli.speech import SpokenCommand
from cli.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from wire import Parts

SHORTEST, LONGEST = 0.5, 1.5  # seconds between two looks at an empty table
YIELDING = 10  # steps of niceness, a tenth of a busy core: who waits for an answer comes first
LAST_WORDS = 30.0  # seconds that a server waits for its worker's last piece of work


@click.command("worker", cls=SpokenCommand, help="help.worker")
def worker() -> None:
    """Work until SIGTERM or Ctrl+C; what was begun is brought to its end."""
    speaker = terminal()
    log_plainly()
    os.nice(YIELDING)
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    with closing(patiently(opened, speaker)) as parts:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        holder = _name()
        speaker.print("worker.ready", holder=holder)
        sys.stdout.flush()  # whoever waits for the line in a pipe shall have it now
        parts.worker(holder).run(stop, _pause)
    speaker.print("worker.stopped", holder=holder)


@contextmanager
def beside(parts: Parts, workers: int = 1) -> Iterator[None]:
    """Let workers run in threads of this process: an embedded database has no other.

    Args:
        workers: More than one, where somebody waits for a job while a long one goes on.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=parts.worker(_name()).run, args=(stop, _pause), name="worker", daemon=True
        )
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    try:
        with parts.companion.known(threads[0]):
            yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(LAST_WORDS)


def _name() -> str:
    return f"{gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"


def _pause() -> float:
    return random.uniform(SHORTEST, LONGEST)  # noqa: S311 - so that workers do not knock all at once
