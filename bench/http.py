"""Acknowledged steps a second through HTTP, with a fixed token for each person."""

from __future__ import annotations

import json
import multiprocessing as mp
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cache, partial
from http.client import HTTPConnection
from itertools import count, cycle
from typing import TYPE_CHECKING, Any

from waitress import create_server

from bench.handle import AT_A_TIME, figures
from bench.live import databases, journeys
from bench.live.crew import STARTING, Crew, Taken, take
from bench.result import Goal, Result, Stopwatch, versions
from engine.people import PREFIX, Holder, People, Scope
from tests.chaos.postgres import free_port
from wire import assemble, web
from workflows import commands as c

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.live.crew import Lane
    from bench.live.databases import Place
    from simulation.journey import Order
    from workflows.facts import Actor

RATE, P99 = 500.0, 150.0
ROUNDS = 3
SERVERS, THREADS = 2, 4  # one server a core, each with so many connections
CREW = Crew(processes=SERVERS, seconds=5, warm=60)
APART = 1_000  # numbers of projects between two lanes


_CLIENTS = (
    f"{SERVERS} servers (SQLite: 1) and as many client processes of {THREADS} connections, all on "
    "this machine with the database; each connection waits for its answer"
)


class FixedPeople(People):
    """Knows whom a token speaks for without asking the database: what is measured is the rest."""

    def holder(self, token: str) -> Holder | None:
        """Return whom a token speaks for; it may be used for everything."""
        actor = _actors().get(token)
        return None if actor is None else Holder(actor=actor, scopes=frozenset(Scope))


def run() -> Result:
    """Check whole journeys, then let clients work on both databases.

    Raises:
        RuntimeError: If a step is refused, missing, or not what the log says.
    """
    watch = Stopwatch()
    journeys.recorded()
    busy = [databases.load()]
    with databases.postgres() as place:
        checked, taken = _measured(place, SERVERS, ROUNDS)
    with databases.sqlite() as file:
        _, embedded = _measured(file, 1, 1)
    busy.append(databases.load())
    middle = sorted(taken, key=lambda each: each.rate)[len(taken) // 2]
    return Result(
        name="http",
        ours=middle.rate,
        peer=RATE,
        ratio=middle.rate / RATE,
        goal=1.0,
        checked=checked,
        unit="acknowledged steps/s",
        versions=versions("flask", "waitress", "psycopg", "SQLAlchemy"),
        rounds=[(each.rate, RATE) for each in taken],
        goals=(
            Goal(name="steps_s", value=middle.rate, wanted=RATE),
            Goal(name="p99_ms", value=middle.percentile(0.99), wanted=P99, most=True),
        ),
        more={
            **figures(taken),
            "sqlite": figures(embedded),
            "settings": dict(place.told),
            "load": busy,
        },
        notes=(
            "no peer: `peer` is the rate wanted",
            _CLIENTS,
            "server_cpu_ms is that of the web servers and, where there is one, the database's",
            f"tokens are fixed, not looked up; {busy[0]} before, {busy[1]} after",
        ),
        **watch.spent(),
    )


def _measured(place: Place, servers: int, rounds: int) -> tuple[str, list[Taken]]:
    """Serve the database, check a journey of each flow, and take the rounds."""
    with _serving(place.url, servers) as (ports, processes):
        steps = _whole(ports[0])
        crew = replace(CREW, processes=servers)
        families = (*place.servers, *processes)
        taken = [
            take(crew, partial(_clients, ports, shift), families) for shift in range(1, rounds + 1)
        ]
    warm = rounds * servers * THREADS * crew.warm
    steps += warm + sum(len(each.latencies) for each in taken)
    databases.check_once(place, steps)
    found = databases.verified(place.url)
    said = (
        f"{steps} answers of 200 or 201, whole journeys first, each step recorded once; "
        f"{found.events} chained events replay to the stored rows of {found.projects} projects"
    )
    return said, taken


@contextmanager
def _serving(url: str, servers: int) -> Iterator[tuple[list[int], list[int]]]:
    """Start the servers, each on a port of its own; provide ports and process ids."""
    context = mp.get_context("fork")
    with ExitStack() as stack:
        ports, processes = [], []
        for _ in range(servers):
            ready, port = context.Event(), free_port()
            server = context.Process(target=_serve, args=(url, port, ready), daemon=True)
            server.start()
            stack.callback(server.join)
            stack.callback(server.terminate)
            if not ready.wait(STARTING):
                raise RuntimeError(f"no server on port {port}")
            ports.append(port)
            processes.append(server.pid or 0)
        yield ports, processes


def _serve(url: str, port: int, ready: Any) -> None:  # noqa: ANN401 - multiprocessing's own
    with closing(assemble(databases.settings(url, THREADS + 2))) as parts:
        fixed = replace(parts, people=FixedPeople(parts.new_uow, parts.clock))
        server = create_server(web(fixed), host="127.0.0.1", port=port, threads=2 * THREADS)
        ready.set()
        server.run()


@contextmanager
def _clients(ports: Sequence[int], shift: int, process: int) -> Iterator[Sequence[Lane]]:
    """Open one process's connections, each with projects that no other has."""
    first = (shift * SERVERS + process) * THREADS
    port = ports[process % len(ports)]
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(_line(port))) for _ in range(THREADS)]
        yield [_lane(line, count((first + n) * APART)) for n, line in enumerate(lines)]


def _lane(line: HTTPConnection, numbers: Iterator[int]) -> Lane:
    """Send one order with each `next`, of a few projects in turn."""
    going = [journeys.orders(next(numbers)) for _ in range(AT_A_TIME)]
    for place in cycle(range(AT_A_TIME)):
        given = next(going[place], None)
        if given is None:
            going[place] = journeys.orders(next(numbers))
            given = next(going[place])
        yield _sent(line, given.order)


def _whole(port: int) -> int:
    """Send one whole journey of each flow and return how many steps they had."""
    steps = 0
    with closing(_line(port)) as line:
        for number in range(len(journeys.FLOWS)):
            for given in journeys.orders(number):
                _sent(line, given.order)
                steps += 1
    return steps


def _line(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=STARTING)


def _sent(line: HTTPConnection, order: Order) -> int:
    """Send an order and return the number of the project's last event.

    Raises:
        RuntimeError: If it was refused or had been done before.
    """
    path, body = _spoken(order)
    headers = {
        "Authorization": f"Bearer {_token(order.actor.id)}",
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


def _token(identity: str) -> str:
    return f"{PREFIX}{identity}"


@cache
def _actors() -> dict[str, Actor]:
    return {
        _token(order.actor.id): order.actor for orders in journeys.recorded() for order in orders
    }
