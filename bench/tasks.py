"""The list of the day with a hundred thousand open tasks, as a browser asks for it."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from bench.live import crowd, databases
from bench.result import Goal, Result, Stopwatch, versions
from engine.store.tables import DueRow, ItemRunRow, TaskRow
from wire import assemble, web

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.test import Client

    from bench.live.databases import Place
    from wire import Parts

TASKS, TIMED = 100_000, 6  # tasks in all; of ten of a project so many have a clock that runs
ROUNDS, ASKED = 3, 150
WANTED = 100.0  # ms within which 95 of 100 lists are answered
CHUNK = 5_000
TODAY = datetime.now(UTC).replace(microsecond=0)  # a sixth is overdue, whenever this is asked
PERFORMERS = ("owner", "owner", "window", "window", "window", "inspector", "agent",
              "department", "department", "department")  # fmt: skip
WAYS = (
    "/tasks?sort=due",
    "/tasks?sort=due&mine=true",
    "/tasks?sort=due&mine=false",
    "/tasks?sort=due&lamp=red",
    "/tasks?sort=due&lamp=yellow",
    "/tasks/counts",
)
LIST = "list"
_ASKED = (
    f"{TASKS} open tasks, {TIMED} of ten with a running clock, written as rows; asked within the "
    "process, one after the other, with tokens, rights and audit"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long answers took on one database: milliseconds, by what was asked.

    Attributes:
        cpu: Milliseconds of this process a list, on average; SQLite's own are among them.
    """

    times: Mapping[str, tuple[float, ...]]
    cpu: float

    def p95(self, *, lists: bool) -> float:
        """Return what 95 of 100 lists, or counts, kept within."""
        told = [
            each
            for way, times in self.times.items()
            for each in times
            if way.endswith("counts") is not lists
        ]
        return quantiles(told, n=20)[-1]


def run() -> Result:
    """Fill both databases, ask as everybody in turn, and tell what 95 of 100 answers kept within.

    Raises:
        RuntimeError: If an answer is wrong, or a page is not in the order of the due days.
    """
    watch = Stopwatch()
    busy = [databases.load()]
    found: dict[str, list[Taken]] = {}
    for name, opened in (("sqlite", databases.sqlite), ("postgresql", databases.postgres)):
        with opened() as place:
            found[name] = _measured(place)
    busy.append(databases.load())
    worst = {name: median(each.p95(lists=True) for each in taken) for name, taken in found.items()}
    rounds = [
        (1000 / max(each.p95(lists=True) for each in taken), 1000 / WANTED)
        for taken in zip(*found.values(), strict=True)
    ]
    slowest = 1000 / max(worst.values())
    return Result(
        name="tasks",
        ours=slowest,
        peer=1000 / WANTED,
        ratio=slowest / (1000 / WANTED),
        goal=1.0,
        checked=f"{len(WAYS)} ways of asking, as {len(crowd.workers())} people: every page in the "
        f"order of its due days, the counts of a person add up to the list's length",
        unit="lists/s on one core at the 95th percentile",
        versions=versions("flask", "SQLAlchemy", "psycopg"),
        rounds=rounds,
        goals=tuple(_goals(found)),
        more={
            "load": busy,
            "p95_ms": worst,
            "cpu_ms": {name: median(each.cpu for each in taken) for name, taken in found.items()},
            "by_way": _by_way(found),
        },
        notes=(
            "no peer: the column says the goal itself, 100 ms for 95 of 100 lists",
            _ASKED,
            f"{busy[0]} before, {busy[1]} after",
        ),
        **watch.spent(),
    )


def _goals(found: Mapping[str, list[Taken]]) -> Iterator[Goal]:
    for name, lists in product(found, (True, False)):
        value = median(each.p95(lists=lists) for each in found[name])
        kind = LIST if lists else "counts"
        yield Goal(name=f"{name} {kind} p95 ms", value=round(value, 1), wanted=WANTED, most=True)


def _by_way(found: Mapping[str, list[Taken]]) -> dict[str, dict[str, float]]:
    return {
        name: {way: round(median(t for one in taken for t in one.times[way]), 1) for way in WAYS}
        for name, taken in found.items()
    }


def _measured(place: Place) -> list[Taken]:
    workers = crowd.workers()
    tokens = crowd.tokens(place.url, *workers)
    with closing(assemble(databases.settings(place.url))) as parts:
        _fill(parts, place)
        client = web(parts).test_client()
        lot = Random(1)
        _check(client, [tokens[each.id] for each in lot.sample(workers, 12)])
        return [_taken(client, lot, list(tokens.values())) for _ in range(ROUNDS)]


def _taken(client: Client, lot: Random, tokens: list[str]) -> Taken:
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    spent = time.process_time()
    for number in range(ASKED):
        way, token = WAYS[number % len(WAYS)], lot.choice(tokens)
        began = time.perf_counter()
        _told(client, way, token)
        times[way].append(1000 * (time.perf_counter() - began))
    cpu = 1000 * (time.process_time() - spent) / ASKED
    return Taken(times={way: tuple(each) for way, each in times.items()}, cpu=round(cpu, 1))


def _check(client: Client, tokens: list[str]) -> None:
    for token in tokens:
        for way in WAYS[:-1]:
            days = [each["due"] for each in _told(client, way, token)["data"]]
            known = [day for day in days if day is not None]
            if known != sorted(known) or days[: len(known)] != known:
                raise RuntimeError(f"{way}: not in the order of the due days")
    counted = _told(client, WAYS[-1], tokens[0])
    listed = _told(client, f"{WAYS[0]}&limit=200", tokens[0])
    if listed["next"] is None and sum(counted.values()) != len(listed["data"]):
        raise RuntimeError(f"{counted} are counted, {len(listed['data'])} are listed")


def _told(client: Client, way: str, token: str) -> Any:  # noqa: ANN401 - what was answered
    answer = client.get(f"/api/v1{way}", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:  # noqa: PLR2004 - what HTTP calls it
        raise RuntimeError(f"{way}: {answer.status_code} {answer.text[:200]}")
    return answer.get_json()


def _fill(parts: Parts, place: Place) -> None:
    """Write open tasks with their attempts and due days, as rows alone."""
    for first in range(0, TASKS, CHUNK):
        numbers = range(first, first + CHUNK)
        with parts.new_uow() as uow:
            uow.begin()
            timed = [number for number in numbers if number % 10 >= 10 - TIMED]
            uow.connection.execute(insert(TaskRow), [_task(number) for number in numbers])
            uow.connection.execute(insert(DueRow), [_due(number) for number in timed])
            uow.connection.execute(insert(ItemRunRow), [_run(number) for number in timed])
            uow.commit()
    if place.servers:  # PostgreSQL does it by itself within a minute, SQLite never
        with parts.new_uow() as uow:
            uow.begin()
            uow.connection.execute(text("ANALYZE"))
            uow.commit()


def _place(number: int) -> dict[str, Any]:
    item = f"S1-{number % 10:02}"
    return {"project": f"crowd-{number // 10:08}", "unit": 0, "item": item, "attempt": 1}


def _department(number: int) -> str:
    return f"department-{(number // 10 * 7 + number) % crowd.DEPARTMENTS}"


def _task(number: int) -> dict[str, Any]:
    project, filing = number // 10, number % 10 == 0
    return {
        **_place(number),
        "item": None if filing else _place(number)["item"],
        "path": f"stage_1/task_{number % 10}",
        "stage": 1,
        "step": "review",
        "performer": PERFORMERS[number % 10],
        "department": None if filing else _department(number),
        "outcomes": "done failed",
        "person": None,
        "opened_at": TODAY - timedelta(seconds=number * 7919 % 7_776_000),
        "township": f"township-{project % crowd.TOWNSHIPS}",
        "agent": f"agent-{project % crowd.AGENTS}",
        "owner": f"o-{project % crowd.OWNERS}",
    }


def _due(number: int) -> dict[str, Any]:
    day = (TODAY + timedelta(days=Random(number).randrange(60) - 10)).date()
    return {
        **_place(number),
        "committed_due": day.isoformat(),
        "statutory_due": None,
        "provisional": False,
        "calendar_version": "",
    }


def _run(number: int) -> dict[str, Any]:
    filed = TODAY - timedelta(days=number % 40)
    return {
        **_place(number),
        "stage": 1,
        "department": _department(number),
        "how": "filed",
        "held": False,
        "alone": False,
        "status": 3,
        "wanted_at": filed,
        "filed_at": filed,
        "accepted_at": filed,
        "committed_days": 5 + number % 20,
        "committed_unit": "working_day",
        "recorded_late": 0.0,
    }
