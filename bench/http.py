"""Acknowledged steps a second through HTTP, with a fixed token for each person."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from waitress import create_server

from bench.handle import figures
from bench.live import databases, journeys
from bench.live.crew import Crew, Taken, take
from bench.live.web import line, sent, serving, steps
from bench.result import Goal, Result, Stopwatch, versions
from engine.people import PREFIX, Holder, People, Scope
from wire import assemble, web

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.live.crew import Lane
    from bench.live.databases import Place
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
    with serving(partial(_serve, place.url), servers) as (ports, processes):
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
        lines = [stack.enter_context(closing(line(port))) for _ in range(THREADS)]
        yield [steps(each, count((first + n) * APART), _token) for n, each in enumerate(lines)]


def _whole(port: int) -> int:
    """Send one whole journey of each flow and return how many steps they had."""
    steps = 0
    with closing(line(port)) as opened:
        for number in range(len(journeys.FLOWS)):
            for given in journeys.orders(number):
                sent(opened, given.order, _token)
                steps += 1
    return steps


def _token(identity: str) -> str:
    return f"{PREFIX}{identity}"


@cache
def _actors() -> dict[str, Actor]:
    return {
        _token(order.actor.id): order.actor for orders in journeys.recorded() for order in orders
    }
