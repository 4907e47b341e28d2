"""Durable steps a second through the handle, beside SpiffWorkflow stateless, on PostgreSQL."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from bench.live import databases, journeys
from bench.live.crew import Crew, Taken, take
from bench.peers.spiff_reference import runner, stored
from bench.result import Goal, Result, Stopwatch, interleaved, medians, versions
from engine.handle import Handle
from engine.in_force import InForce
from engine.clock import SystemClock
from engine.store import queries
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bench.live.crew import Lane
    from bench.live.databases import Place
    from wire import Parts

GOAL = 50.0
RATE, P99 = 1500.0, 30.0
ROUNDS = 3
PROCESSES, THREADS = 2, 4  # two cores; while one thread waits for a sync, the others work
AT_A_TIME = 4  # projects that one thread pushes on in turn
OURS = Crew(processes=PROCESSES, seconds=5, warm=60)
PEER = Crew(processes=PROCESSES, seconds=5, warm=2)
APART = 10_000  # numbers of projects between two lanes


class Watch:
    """A clock that stands where the order of the moment puts it."""

    def __init__(self) -> None:
        """Stand at the beginning of the journeys."""
        self.at = journeys.START

    def now(self) -> datetime:
        """Return the time of the order."""
        return self.at


def run() -> Result:
    """Check both sides, then let them work in turn; SQLite follows by itself.

    Raises:
        RuntimeError: If a step is missing, a chain broken or a peer's instance incomplete.
    """
    watch = Stopwatch()
    journeys.recorded()
    with databases.postgres() as place, databases.sqlite() as file:
        checked = _check(place)
        lanes, peers = _Numbers(place.url), count()
        ours: list[Taken] = []
        theirs: list[Taken] = []
        busy = [databases.load()]

        def our_rate() -> float:
            ours.append(take(OURS, lanes.lanes, place.servers))
            return ours[-1].rate

        def peer_rate() -> float:
            theirs.append(take(PEER, partial(_peers, place.url, next(peers)), place.servers))
            return theirs[-1].rate

        rounds = interleaved(ROUNDS, our_rate, peer_rate)
        busy.append(databases.load())
        embedded = take(replace(OURS, processes=1), _Numbers(file.url).lanes)
        found = databases.verified(place.url)
        databases.verified(file.url)
    best = sorted(ours, key=lambda taken: taken.rate)[len(ours) // 2]
    return Result(
        name="handle",
        goal=GOAL,
        checked=f"{checked}; after the rounds {found.events} events of {found.projects} projects",
        unit="durable steps/s",
        versions=versions("SpiffWorkflow", "psycopg", "SQLAlchemy"),
        rounds=rounds,
        goals=(
            Goal(name="steps_s", value=best.rate, wanted=RATE),
            Goal(name="p99_ms", value=best.percentile(0.99), wanted=P99, most=True),
        ),
        more={
            "p50_ms": best.percentile(0.5),
            "p99_ms": best.percentile(0.99),
            "peer_p50_ms": theirs[-1].percentile(0.5),
            "peer_p99_ms": theirs[-1].percentile(0.99),
            "cpu_ms": spent(ours),
            "peer_cpu_ms": spent(theirs),
            "sqlite": {
                "steps_s": embedded.rate,
                "p50_ms": embedded.percentile(0.5),
                "p99_ms": embedded.percentile(0.99),
                "cpu_ms": spent([embedded]),
            },
            "settings": dict(place.told),
            "load": busy,
        },
        notes=(
            f"ours: {PROCESSES} processes of {THREADS} threads; the peer: {PROCESSES} processes; "
            "database and clients share the machine",
            "a step is one command of a whole journey: filing, joint intake, pairs, steps of items",
            f"the peer's is a user task of its reference process of {runner.USER_TASKS}",
            f"the machine was shared: {busy[0]} before, {busy[1]} after",
        ),
        **medians(rounds),
        **watch.spent(),
    )


def spent(taken: Sequence[Taken]) -> dict[str, float]:
    """Return the CPU milliseconds that a step cost, in the clients and in the server."""
    steps = sum(len(each.latencies) for each in taken)
    client, server = sum(each.cpu for each in taken), sum(each.server_cpu for each in taken)
    return {
        "client": round(1000 * client / steps, 3),
        "server": round(1000 * server / steps, 3),
        "cores_at_goal": round(RATE * (client + server) / steps, 2),
    }


class _Numbers:
    """Gives every lane of every round projects of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rounds = 0

    @contextmanager
    def lanes(self, process: int) -> Iterator[Sequence[Lane]]:
        """Open one process's lanes; forked, so that only the parent's count of rounds lasts."""
        with closing(assemble(databases.settings(self.url, THREADS + 2))) as parts:
            first = (self._spread(parts) + process * THREADS) * APART
            yield [lane(parts, count(first + n * APART)) for n in range(THREADS)]

    def _spread(self, parts: Parts) -> int:
        return 0


def lane(parts: Parts, numbers: Iterator[int]) -> Lane:
    """Carry one order out with each `next`, of a few projects in turn."""
    watch = Watch()
    handle = Handle(parts.new_uow, watch, parts.in_force, parts.settings.rules)
    going = [journeys.orders(next(numbers)) for _ in range(AT_A_TIME)]
    for place in _in_turn():
        given = next(going[place], None)
        if given is None:
            going[place] = journeys.orders(next(numbers))
            given = next(going[place])
        order = given.order
        watch.at = order.at
        texts = () if given.text is None else (given.text,)
        answer = handle.execute(order.project, order.command, order.actor, order.key, texts)
        if answer.repeated or not answer.events:
            raise RuntimeError(f"{order.key} was done before")
        yield answer.number
