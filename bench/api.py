"""The interface with real tokens and rights, beside SpiffWorkflow as a plain web service."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from secrets import token_urlsafe
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from waitress import create_server

from bench.handle import figures
from bench.live import crowd, databases, journeys
from bench.live.crew import Crew, Taken, take
from bench.live.flood import flood, many_orders, simulations
from bench.live.web import line, serving, steps
from bench.peers.spiff_reference import runner, service, stored
from bench.result import Goal, Result, Stopwatch, interleaved, medians, versions
from cli.serving import keeping
from wire import assemble, web
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from http.client import HTTPConnection

    from bench.live.crew import Lane, Lanes
    from bench.live.databases import Place
    from engine.verify import Verification

TASKS = 1_000_000  # open at once
ROUNDS = 3
SERVERS, THREADS = 2, 4  # one server a core, each with so many connections
SECRET = token_urlsafe()  # by which the servers know each other's cursors
STEPS = Crew(processes=SERVERS, seconds=4, warm=60)
CALM = Crew(processes=1, seconds=4, warm=20)  # leaves the other core to the flood
READS = Crew(processes=SERVERS, seconds=4, warm=20)
PEER = Crew(processes=SERVERS, seconds=4, warm=2)
LOOKED_AT = 64  # projects, and instances of the peer, whose progress is asked for
APART = 1_000  # numbers of projects between two lanes
WANTED = {  # requests a second, and milliseconds that 99 of 100 keep within
    "complete": (300.0, 150.0),
    "progress": (500.0, 80.0),
    "work_list": (200.0, 120.0),
}
CALM_NAME = "calm"
FLOODS = 5  # rounds of quiet and both floods, in turn
HEAVY = {  # floods: what is ordered, and by whom
    "simulations": (simulations, f"{Role.PLANNER}-of-the-district"),
    "orders": (many_orders, journeys.AGENT),
}
RATIO = 1.0  # nothing is promised of it but that it is told
_CLIENTS = (
    f"{SERVERS} servers and as many client processes of {THREADS} connections, all on this machine "
    "with the database; each connection waits for its answer"
)
_ASKED = (
    "every request carries a person's token, which is looked up with the person; rights are asked, "
    "and the audit trail is written"
)
_FILLED = (
    f"{TASKS} open tasks were written as rows by one statement of SQL, after everything else was "
    "measured and verified: no log is behind them"
)
_NOTES = (
    _ASKED,
    "the peer asks nobody who it is, keeps no log, no audit trail and no work list over instances",
    _FILLED,
    "work lists: 240 agents and 90 others of every role, each asking for a page and the next one",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where ours and the peer listen, and the tokens of people by id."""

    ours: Sequence[int]
    peer: Sequence[int]
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was taken by name, ours and the peer's, with and without floods; the verified log."""

    taken: Mapping[str, list[Taken]]
    rounds: Mapping[str, list[tuple[float, float]]]
    beside: Mapping[str, list[Taken]]
    answers: Mapping[str, dict[str, int]]
    steps: int
    log: Verification


def run() -> Result:
    """Measure ours and the peer in turn, verify the log, then fill in a million tasks.

    Raises:
        RuntimeError: If an answer is wrong, a step missing, or the log does not verify.
    """
    watch = Stopwatch()
    journeys.recorded()
    busy = [databases.load()]
    with databases.postgres() as place:
        stored.prepare(place.url)
        found = _measured(place)
    busy.append(databases.load())
    log = found.log
    return Result(
        name="api",
        goal=RATIO,
        checked=f"{found.steps} steps answered 200 or 201 and recorded once each; {log.events} "
        f"chained events replay to the stored rows of {log.projects} projects",
        unit="acknowledged steps/s",
        versions=versions("flask", "waitress", "psycopg", "SQLAlchemy", "SpiffWorkflow"),
        rounds=found.rounds["complete"],
        goals=(*_goals(found.taken), *_harmless(found.beside)),
        more={
            **{name: figures(each) for name, each in found.taken.items()},
            "beside": {name: figures(each) for name, each in found.beside.items()},
            "flood_answers": found.answers,
            "progress_ratio": medians(found.rounds["progress"])["ratio"],
            "settings": dict(place.told),
            "load": busy,
        },
        notes=(_CLIENTS, *_NOTES, f"{busy[0]} before, {busy[1]} after; {os.cpu_count()} cores"),
        **medians(found.rounds["complete"]),
        **watch.spent(),
    )


def _measured(place: Place) -> Measured:
    """Serve ours and the peer on a prepared database, and take everything."""
    workers = crowd.workers()
    known = crowd.tokens(place.url, *workers, *crowd.travellers())
    with ExitStack() as stack:
        ours, ids = stack.enter_context(serving(partial(_serve, place.url), SERVERS))
        peer, _ = stack.enter_context(serving(partial(_serve_peer, place.url), SERVERS))
        doors = Doors(ours=ours, peer=peer, tokens=known)
        families = (*place.servers, *ids)
        taken, rounds, warm = _in_turn(doors, families)
        beside, answers = _flooded(doors, place.url)
        calmly = [each for found in beside.values() for each in found]
        warm += len(calmly) * THREADS * CALM.warm
        steps = warm + sum(len(each.latencies) for each in (*taken["complete"], *calmly))
        databases.check_once(place, steps)
        log = databases.verified(place.url)
        crowd.fill(place.url, TASKS)
        asking = partial(_work_lists, doors, [each.id for each in workers])
        taken["work_list"] = [take(READS, asking, families) for _ in range(ROUNDS)]
    return Measured(
        taken=taken, rounds=rounds, beside=beside, answers=answers, steps=steps, log=log
    )


def _in_turn(
    doors: Doors, families: Sequence[int]
) -> tuple[dict[str, list[Taken]], dict[str, list[tuple[float, float]]], int]:
    """Take steps, then progress, each beside the peer; return what was taken, rates, warm steps."""
    ours: dict[str, list[Taken]] = {"complete": [], "progress": []}
    theirs: dict[str, list[Taken]] = {"complete": [], "progress": []}
    shift = count(1)

    def one(kept: list[Taken], crew: Crew, lanes: Lanes) -> float:
        kept.append(take(crew, lanes, families))
        return kept[-1].rate

    steps = interleaved(
        ROUNDS,
        lambda: one(ours["complete"], STEPS, partial(_steps, doors, next(shift))),
        lambda: one(theirs["complete"], PEER, partial(_peer_steps, doors, next(shift))),
    )
    reads = interleaved(
        ROUNDS,
        lambda: one(ours["progress"], READS, partial(_progress, doors)),
        lambda: one(theirs["progress"], PEER, partial(_peer_progress, doors, next(shift))),
    )
    taken = {**ours, **{f"peer_{name}": each for name, each in theirs.items()}}
    warm = ROUNDS * SERVERS * THREADS * STEPS.warm
    return taken, {"complete": steps, "progress": reads}, warm


def _flooded(doors: Doors, url: str) -> tuple[dict[str, list[Taken]], dict[str, dict[str, int]]]:
    """Give orders at an office's pace, in turn in quiet and beside each flood.

    Returns:
        What was taken in quiet ("calm") and beside each flood; how the floods were answered.
    """
    shift = count(50)
    beside: dict[str, list[Taken]] = {name: [] for name in (CALM_NAME, *HEAVY)}
    answers = {name: Counter[int]() for name in HEAVY}
    for _ in range(FLOODS):
        beside[CALM_NAME].append(take(CALM, partial(_steps, doors, next(shift))))
        for name, (heavy, who) in HEAVY.items():
            with flood(url, doors.ours, doors.tokens[who], heavy) as told:
                beside[name].append(take(CALM, partial(_steps, doors, next(shift))))
            answers[name] += told
    return beside, {name: {str(k): n for k, n in told.items()} for name, told in answers.items()}


def _harmless(beside: Mapping[str, Sequence[Taken]]) -> Iterator[Goal]:
    """Compare each flood with the quiet of the same round."""
    for name in HEAVY:
        ratios = [
            each.percentile(0.99) / before.percentile(0.99)
            for before, each in zip(beside[CALM_NAME], beside[name], strict=True)
        ]
        yield Goal(name=f"flood_of_{name}_p99_ratio", value=median(ratios), wanted=1.5, most=True)


def _goals(taken: Mapping[str, Sequence[Taken]]) -> Iterator[Goal]:
    for name, (rate, most) in WANTED.items():
        middle = sorted(taken[name], key=lambda each: each.rate)[len(taken[name]) // 2]
        yield Goal(name=f"{name}_s", value=middle.rate, wanted=rate)
        yield Goal(name=f"{name}_p99_ms", value=middle.percentile(0.99), wanted=most, most=True)


def _serve(url: str, port: int, ready: Any) -> None:  # noqa: ANN401 - multiprocessing's own
    settings = replace(databases.settings(url, THREADS + 2), secret=SECRET)
    with closing(assemble(settings)) as parts, keeping(parts):
        server = create_server(web(parts), host="127.0.0.1", port=port, threads=THREADS)
        ready.set()
        server.run()


def _serve_peer(url: str, port: int, ready: Any) -> None:  # noqa: ANN401 - as above
    runner.specs()
    application = service.application(url)
    server = create_server(application, host="127.0.0.1", port=port, threads=THREADS)
    ready.set()
    server.run()


@contextmanager
def _lines(ports: Sequence[int], process: int) -> Iterator[list[HTTPConnection]]:
    """Open one process's connections, all to one server."""
    port = ports[process % len(ports)]
    with ExitStack() as stack:
        yield [stack.enter_context(closing(line(port))) for _ in range(THREADS)]


@contextmanager
def _steps(doors: Doors, shift: int, process: int) -> Iterator[Sequence[Lane]]:
    """Give orders; no two connections touch the same project."""
    first = (shift * SERVERS + process) * THREADS
    with _lines(doors.ours, process) as lines:
        yield [
            steps(each, count((first + n) * APART), doors.tokens.__getitem__)
            for n, each in enumerate(lines)
        ]


@contextmanager
def _peer_steps(doors: Doors, shift: int, process: int) -> Iterator[Sequence[Lane]]:
    with _lines(doors.peer, process) as lines:
        yield [_instances(each, f"{shift}-{process}-{n}") for n, each in enumerate(lines)]


def _instances(line: HTTPConnection, name: str) -> Lane:
    """Complete one task with each `next`, of one instance after the other."""
    for number in count():
        _told(line, "POST", f"/instances/{name}-{number}/start")
        for task in range(runner.USER_TASKS):
            told = _told(line, "POST", f"/instances/{name}-{number}/complete")
            if told["completed"] != (task == runner.USER_TASKS - 1):
                raise RuntimeError(f"{told} after {task + 1} user tasks")
            yield told


@contextmanager
def _progress(doors: Doors, process: int) -> Iterator[Sequence[Lane]]:
    """Look at projects by lot, as their owner."""
    with _lines(doors.ours, process) as lines:
        yield [_looks(each, doors, process * THREADS + n) for n, each in enumerate(lines)]


def _looks(line: HTTPConnection, doors: Doors, seed: int) -> Lane:
    lot, token = random.Random(seed), doors.tokens[f"owner-{journeys.ORGANISATION}"]
    listed = _told(line, "GET", f"/api/v1/projects?limit={LOOKED_AT}", token)["data"]
    codes = [each["code"] for each in listed]
    while True:
        code = lot.choice(codes)
        told = _answered(line, "GET", f"/api/v1/projects/{code}", token)
        if f'"code":"{code}"'.encode() not in told[:200]:
            raise RuntimeError(f"{told[:200]!r} was answered for {code}")
        yield code


@contextmanager
def _peer_progress(doors: Doors, shift: int, process: int) -> Iterator[Sequence[Lane]]:
    with _lines(doors.peer, process) as lines:
        yield [_peer_looks(each, f"look-{shift}-{process}-{n}") for n, each in enumerate(lines)]


def _peer_looks(line: HTTPConnection, name: str) -> Lane:
    """Look at instances that stand at different tasks."""
    names = [f"{name}-{number}" for number in range(PEER.warm)]
    for each in names:
        _told(line, "POST", f"/instances/{each}/start")
        _told(line, "POST", f"/instances/{each}/complete")
    for number in count():
        yield _told(line, "GET", f"/instances/{names[number % len(names)]}")


@contextmanager
def _work_lists(doors: Doors, who: Sequence[str], process: int) -> Iterator[Sequence[Lane]]:
    """Ask for pages of open tasks, each time as somebody else."""
    with _lines(doors.ours, process) as lines:
        yield [_pages(each, doors, who, process * THREADS + n) for n, each in enumerate(lines)]


def _pages(line: HTTPConnection, doors: Doors, who: Sequence[str], seed: int) -> Lane:
    lot = random.Random(seed)
    while True:
        token = doors.tokens[lot.choice(who)]
        cursor: str | None = None
        for _ in range(2):
            query = urlencode({} if cursor is None else {"cursor": cursor})
            told = _told(line, "GET", f"/api/v1/tasks?{query}", token)
            yield len(told["data"])
            cursor = told["next"]
            if cursor is None:
                break


def _told(line: HTTPConnection, method: str, path: str, token: str = "") -> dict[str, Any]:
    """Return what was answered, read."""
    told: dict[str, Any] = json.loads(_answered(line, method, path, token))
    return told


def _answered(line: HTTPConnection, method: str, path: str, token: str = "") -> bytes:
    """Return what was answered.

    Raises:
        RuntimeError: If it is not 200.
    """
    line.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:  # noqa: PLR2004 - what HTTP calls it
        raise RuntimeError(f"{method} {path}: {answer.status} {body[:200]!r}")
    return body
