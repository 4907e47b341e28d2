"""Durable steps a second through the handle, beside SpiffWorkflow stateless, on PostgreSQL."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from functools import partial
from itertools import count, cycle
from typing import TYPE_CHECKING

from bench.live import databases, journeys
from bench.live.crew import Crew, Taken, take
from bench.peers.spiff_reference import runner, stored
from bench.result import Goal, Result, Stopwatch, interleaved, medians, versions
from engine.handle import Handle
from wire import assemble
from workflows.project import ProjectStatus

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
EMBEDDED = Crew(processes=1, seconds=5, warm=60)  # SQLite has one writer at a time
APART = 1_000  # numbers of projects between two lanes


_CREWS = (
    f"ours: {PROCESSES} processes of {THREADS} threads; the peer: {PROCESSES} processes; database "
    "and clients share the machine"
)
_PEER = (
    f"the peer's is a user task of its reference process of {runner.USER_TASKS}, with four stages "
    "of their own: 107 KiB of JSON at first, 253 KiB at last"
)


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
        checked = _checked(place)
        shift = count(1)
        ours: list[Taken] = []
        theirs: list[Taken] = []
        busy = [databases.load()]

        def our_rate() -> float:
            ours.append(take(OURS, partial(_ours, place.url, next(shift)), place.servers))
            return ours[-1].rate

        def peer_rate() -> float:
            theirs.append(take(PEER, partial(_peers, place.url, next(shift)), place.servers))
            return theirs[-1].rate

        rounds = interleaved(ROUNDS, our_rate, peer_rate)
        embedded = take(EMBEDDED, partial(_ours, file.url, 0))
        busy.append(databases.load())
        recorded = _recorded(place, ours)
        databases.verified(file.url)
    middle = _middle(ours)
    return Result(
        name="handle",
        goal=GOAL,
        checked=f"{checked}; after the rounds {recorded}",
        unit="durable steps/s",
        versions=versions("SpiffWorkflow", "psycopg", "SQLAlchemy"),
        rounds=rounds,
        goals=(
            Goal(name="steps_s", value=middle.rate, wanted=RATE),
            Goal(name="p99_ms", value=middle.percentile(0.99), wanted=P99, most=True),
        ),
        more={
            **figures(ours),
            "peer_took": figures(theirs),
            "cpu_ratio": round(_cpu_ms(theirs) / _cpu_ms(ours), 2),
            "sqlite": figures([embedded]),
            "settings": dict(place.told),
            "load": busy,
        },
        notes=(
            _CREWS,
            "a step is one command of a whole journey: filing, joint intake, pairs, steps of items",
            _PEER,
            f"{busy[0]} before the rounds, {busy[1]} after",
            "steps_s_of_cpu: what all cores would do, were the CPU of a step all that it takes",
        ),
        **medians(rounds),
        **watch.spent(),
    )


def figures(taken: Sequence[Taken]) -> dict[str, float]:
    """Return rate and latencies of the middle round, and the CPU time of a step over all."""
    middle = _middle(taken)
    steps = sum(len(each.latencies) for each in taken)
    client, server = sum(each.cpu for each in taken), sum(each.server_cpu for each in taken)
    return {
        "steps_s": round(middle.rate, 1),
        "p50_ms": round(middle.percentile(0.5), 2),
        "p99_ms": round(middle.percentile(0.99), 2),
        "client_cpu_ms": round(1000 * client / steps, 3),
        "server_cpu_ms": round(1000 * server / steps, 3),
        "steps_s_of_cpu": round(steps * (os.cpu_count() or 1) / (client + server), 1),
    }


def lane(parts: Parts, numbers: Iterator[int]) -> Lane:
    """Carry one order out with each `next`, of a few projects in turn."""
    watch = Watch()
    handle = Handle(parts.new_uow, watch, parts.in_force, parts.settings.rules)
    going = [journeys.orders(next(numbers)) for _ in range(AT_A_TIME)]
    for place in cycle(range(AT_A_TIME)):
        given = next(going[place], None)
        if given is None:
            going[place] = journeys.orders(next(numbers))
            given = next(going[place])
        yield _carried_out(handle, watch, given)


def _carried_out(handle: Handle, watch: Watch, given: journeys.Given) -> int:
    order = given.order
    watch.at = order.at
    texts = () if given.text is None else (given.text,)
    answer = handle.execute(order.project, order.command, order.actor, order.key, texts)
    if answer.repeated or not answer.events:
        raise RuntimeError(f"{order.key} was done before")
    return answer.number


@contextmanager
def _ours(url: str, shift: int, process: int) -> Iterator[Sequence[Lane]]:
    """Open one process's lanes, each with projects that no other has."""
    with closing(assemble(databases.settings(url, THREADS + 2))) as parts:
        first = (shift * PROCESSES + process) * THREADS
        yield [lane(parts, count((first + n) * APART)) for n in range(THREADS)]


@contextmanager
def _peers(url: str, shift: int, process: int) -> Iterator[Sequence[Lane]]:
    yield [stored.tasks(url, (f"{shift}/{process}/{n}" for n in count()))]


def _checked(place: Place) -> str:
    """Play each journey to its end, and one instance of the peer; say what was found.

    Raises:
        RuntimeError: If a step is not recorded once, a chain is broken, a project not completed.
    """
    with closing(assemble(databases.settings(place.url))) as parts:
        watch = Watch()
        handle = Handle(parts.new_uow, watch, parts.in_force, parts.settings.rules)
        steps = 0
        for number in range(len(journeys.FLOWS)):
            for given in journeys.orders(number):
                _carried_out(handle, watch, given)
                steps += 1
            status = handle.project(journeys.code_of(number)).status
            if status is not ProjectStatus.COMPLETED:
                raise RuntimeError(f"project {number} is {status}")
    databases.check_once(place, steps)
    found = databases.verified(place.url)
    stored.prepare(place.url)
    peers = sum(1 for _ in stored.tasks(place.url, iter(["check"])))
    if peers != runner.USER_TASKS:
        raise RuntimeError(f"the peer completed {peers} user tasks")
    return (
        f"{len(journeys.FLOWS)} whole journeys, {steps} steps each recorded once in "
        f"{found.events} chained events that replay to the stored rows; the peer completed "
        f"{peers} user tasks"
    )


def _recorded(place: Place, ours: Sequence[Taken]) -> str:
    """Check that what was acknowledged in the rounds is in the log, once; say how much it is."""
    checks = sum(len(journey) for journey in journeys.recorded())
    warm = ROUNDS * PROCESSES * THREADS * OURS.warm
    steps = checks + warm + sum(len(taken.latencies) for taken in ours)
    databases.check_once(place, steps)
    found = databases.verified(place.url)
    return f"{steps} steps, {found.events} events, {found.projects} projects"


def _cpu_ms(taken: Sequence[Taken]) -> float:
    spent = figures(taken)
    return spent["client_cpu_ms"] + spent["server_cpu_ms"]


def _middle(taken: Sequence[Taken]) -> Taken:
    return sorted(taken, key=lambda each: each.rate)[len(taken) // 2]
