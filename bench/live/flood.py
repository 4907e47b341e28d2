"""Floods of heavy orders, and the worker that has to do them, beside whatever is measured."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import threading
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from http import HTTPStatus
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

from bench.live import databases, journeys
from bench.live.crew import STARTING
from bench.live.web import line, log_into, logged
from cli.worker import YIELDING
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from http.client import HTTPConnection
    from pathlib import Path

    # The path and the body of an order, by its number.
    Heavy = Callable[[int], tuple[str, dict[str, object]]]

LINES = 500  # orders of one job, the most that is taken
REPLICATIONS = 1000  # of a question, the most that is taken
PACE = 0.1  # seconds between two submissions
IDLE = 0.05  # seconds of a worker without work
_TAKEN = {HTTPStatus.ACCEPTED, HTTPStatus.TOO_MANY_REQUESTS}


def many_orders(number: int) -> tuple[str, dict[str, object]]:
    """Order something for as many projects as one order takes; none of them is there."""
    del number
    tasks = [
        {"project": journeys.code_of(900_000 - each), "task": "0/S1-05/1/review"}
        for each in range(LINES)
    ]
    return "/tasks/bulk", {"action": "claim", "tasks": tasks}


def simulations(number: int) -> tuple[str, dict[str, object]]:
    """Ask for two scenarios that nobody has asked for, as often as one question may run them."""
    texts = {
        side: f'version = 1\nname = "{side} {number}"\nbase = "{base}"\n'
        for side, base in (("scenario", "one_by_one"), ("compare", "rolling"))
    }
    return "/what-ifs", {**texts, "replications": REPLICATIONS}


@contextmanager
def flood(url: str, ports: Sequence[int], token: str, heavy: Heavy) -> Iterator[Counter[int]]:
    """Let one person order heavy jobs without end, and a worker do them; provide the answers."""
    context = mp.get_context("fork")
    stop, told = context.Event(), context.SimpleQueue()
    with logged() as log:
        processes = [
            context.Process(target=_work, args=(log, url, stop), daemon=True),
            context.Process(target=_submit, args=(ports, token, heavy, stop, told)),
        ]
        answers: Counter[int] = Counter()
        for process in processes:
            process.start()
        try:
            yield answers
        finally:
            stop.set()
            answers.update(told.get())
            for process in processes:
                process.join(STARTING)


def _work(log: Path, url: str, stop: Any) -> None:  # noqa: ANN401 - multiprocessing's own
    log_into(log)
    os.nice(YIELDING)  # as `abreast worker` does
    ending = threading.Event()

    def watch() -> None:
        stop.wait()
        ending.set()

    threading.Thread(target=watch, daemon=True).start()
    with closing(assemble(databases.settings(url))) as parts:
        parts.worker("bench").run(ending, lambda: IDLE)


def _submit(ports: Sequence[int], token: str, heavy: Heavy, stop: Any, told: Any) -> None:  # noqa: ANN401 - as above
    answers: Counter[int] = Counter()
    try:
        with ExitStack() as stack:
            lines = [stack.enter_context(closing(line(port))) for port in ports]
            for number, opened in zip(count(), cycle(lines)):
                if stop.wait(PACE):
                    break
                answers[_ordered(opened, token, number, heavy)] += 1
    finally:
        told.put(dict(answers))


def _ordered(line: HTTPConnection, token: str, number: int, heavy: Heavy) -> int:
    """Give an order.

    Raises:
        RuntimeError: If it is neither taken nor refused as too much.
    """
    path, body = heavy(number)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"flood-{os.getpid()}-{number}",
    }
    line.request("POST", f"/api/v1{path}", json.dumps(body), headers)
    answer = line.getresponse()
    said = answer.read()
    if answer.status not in _TAKEN:
        raise RuntimeError(f"{answer.status} {said[:200]!r}")
    return answer.status
