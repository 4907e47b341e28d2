"""Servers in processes of their own, connections to them, and orders as they go over HTTP."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import tempfile
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.live import journeys
from bench.live.crew import STARTING
from cli.serve_log import log_plainly
from tests.chaos.postgres import free_port
from workflows import commands as c

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.live.crew import Lane
    from simulation.journey import Order

    Serve = Callable[[int, Any], None]

AT_A_TIME = 4  # projects that one connection pushes on in turn
LAST_LINES = 30  # of what servers logged, told with what went wrong


@contextmanager
def serving(serve: Serve, servers: int) -> Iterator[tuple[list[int], list[int]]]:
    """Start the servers, each on a port of its own; provide ports and process ids.

    Args:
        serve: Serves on a port until it is ended; sets the event when it is ready.
    """
    context = mp.get_context("fork")
    with logged() as log, ExitStack() as stack:
        ports, processes = [], []
        for _ in range(servers):
            ready, port = context.Event(), free_port()
            server = context.Process(target=_served, args=(log, serve, port, ready), daemon=True)
            server.start()
            stack.callback(server.join)
            stack.callback(server.terminate)
            if not ready.wait(STARTING):
                raise RuntimeError(f"no server on port {port}")
            ports.append(port)
            processes.append(server.pid or 0)
        yield ports, processes


@contextmanager
def logged() -> Iterator[Path]:
    """Provide a file for what processes log; its last lines are told with an error only."""
    with tempfile.TemporaryDirectory(prefix="abreast-bench-") as folder:
        log = Path(folder) / "log"
        log.touch()
        try:
            yield log
        except Exception as error:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            error.add_note("\n".join(("what was logged:", *lines[-LAST_LINES:])))
            raise


def log_into(log: Path) -> None:
    """Have this process log as a server does, to the end of a file."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    log_plainly()


def _served(log: Path, serve: Serve, port: int, ready: Any) -> None:  # noqa: ANN401 - multiprocessing's own
    log_into(log)
    serve(port, ready)


def line(port: int) -> HTTPConnection:
    """Return a connection to a server of this machine."""
    return HTTPConnection("127.0.0.1", port, timeout=STARTING)


def steps(line: HTTPConnection, numbers: Iterator[int], token: Callable[[str], str]) -> Lane:
    """Send one order with each `next`, of a few projects in turn.

    Args:
        token: Returns the token of the person of an id.
    """
    going = [journeys.orders(next(numbers)) for _ in range(AT_A_TIME)]
    for place in cycle(range(AT_A_TIME)):
        given = next(going[place], None)
        if given is None:
            going[place] = journeys.orders(next(numbers))
            given = next(going[place])
        yield sent(line, given.order, token)


def sent(line: HTTPConnection, order: Order, token: Callable[[str], str]) -> int:
    """Send an order and return the number of the project's last event.

    Raises:
        RuntimeError: If it was refused or had been done before.
    """
    path, body = _spoken(order)
    headers = {
        "Authorization": f"Bearer {token(order.actor.id)}",
        "Content-Type": "application/json",
        "Idempotency-Key": order.key,
    }
    line.request("POST", f"/api/v1/projects{path}", json.dumps(body), headers)
    answer = line.getresponse()
    told = json.loads(answer.read())
    if answer.status not in (200, 201) or told["repeated"]:
        raise RuntimeError(f"{order.command}: {told}")
    number: int = told["number"]
    return number


def _spoken(order: Order) -> tuple[str, dict[str, object]]:
    """Return the path below /projects and the body of an order."""
    command, code = order.command, f"/{order.project}"
    match command:
        case c.FileProject():
            names = ("code", "flow", "facts", "township", "owner")
            body = {name: getattr(command, name) for name in names}
            return "", {**body, "name": journeys.NAME}
        case c.FileStage(stage=stage):
            return f"{code}/tasks/0/stage_{stage}/0/intake_{stage}/complete", {"outcome": "filed"}
        case c.CompleteStep(item=item, attempt=attempt, step=step, outcome=outcome):
            reason = None if order.said is None else order.said.text
            why = {} if reason is None else {"reason": reason}
            return f"{code}/tasks/0/{item}/{attempt}/{step}/complete", {"outcome": outcome, **why}
        case c.FileItem(item=item, single=single):
            reason = None if order.said is None else order.said.text
            said = {} if reason is None else {"reason": reason}
            return f"{code}/items/{item}/file", {"single": single, **said}
        case c.ProposePair(first=first, second=second):
            return f"{code}/pairs", {"first": first, "second": second}
        case c.StartPair(pair=pair):
            return f"{code}/pairs/{pair}/start", {}
        case _:
            raise RuntimeError(f"{type(command).__name__} is not sent")
