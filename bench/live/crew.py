"""Processes of threads that all do steps for the same few seconds; each step is timed."""

from __future__ import annotations

import multiprocessing as mp
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BrokenBarrierError, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# One thread's work: each `next` does one step and returns when it is acknowledged.
Lane = Iterator[object]
# Opens the lanes of process *n* in that process.
Lanes = Callable[[int], AbstractContextManager["Sequence[Lane]"]]

STARTING = 120.0  # seconds that processes may take until they are warm
TICKS = 100  # clock ticks a second in /proc/PID/stat, on every Linux


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """How many work, and how long.

    Attributes:
        warm: Steps of each thread before the time is taken.
    """

    processes: int
    seconds: float
    warm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a crew did.

    Attributes:
        latencies: Seconds of each step, sorted.
        seconds: From the common start until the last thread had finished its last step.
        cpu, server_cpu: CPU seconds of the crew, and of the server's processes, in that time.
    """

    latencies: Sequence[float]
    seconds: float
    cpu: float
    server_cpu: float

    @property
    def rate(self) -> float:
        """Return the steps a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that *share* of the steps kept within."""
        place = min(len(self.latencies) - 1, int(share * len(self.latencies)))
        return 1000 * self.latencies[place]


def take(crew: Crew, lanes: Lanes, servers: Sequence[int] = ()) -> Taken:
    """Let the crew work and return what it did.

    Args:
        servers: Processes whose CPU time, with that of their children, counts as the server's.

    Raises:
        RuntimeError: If a process of the crew failed.
    """
    context = mp.get_context("fork")  # what was recorded comes along, without pickling
    barrier = context.Barrier(crew.processes + 1)
    told: Any = context.SimpleQueue()
    workers = [
        context.Process(target=_work, args=(crew, lanes, number, barrier, told))
        for number in range(crew.processes)
    ]
    for worker in workers:
        worker.start()
    try:
        barrier.wait(STARTING)
        before = family_cpu(servers)
        barrier.wait(crew.seconds + STARTING)
        after = family_cpu(servers)
        barrier.wait(STARTING)
    except BrokenBarrierError:
        before = after = 0.0  # a worker failed, and says why
    found = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    failed = [each for each in found if isinstance(each, BaseException)]
    if failed:
        raise RuntimeError("a worker failed") from failed[0]
    return Taken(
        latencies=sorted(latency for each in found for latency in each["latencies"]),
        seconds=max(each["end"] for each in found) - min(each["begin"] for each in found),
        cpu=sum(each["cpu"] for each in found),
        server_cpu=after - before,
    )


def family_cpu(roots: Sequence[int]) -> float:
    """Return the CPU seconds so far of the living processes *roots* and their children."""
    ticks = 0
    for folder in Path("/proc").iterdir() if roots else ():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):  # it may have ended meanwhile
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parent, user, system = int(fields[1]), int(fields[11]), int(fields[12])
            if parent in roots or int(folder.name) in roots:
                ticks += user + system
    return ticks / TICKS


def _work(crew: Crew, lanes: Lanes, number: int, barrier: Any, told: Any) -> None:  # noqa: ANN401 - multiprocessing's own
    try:
        with lanes(number) as opened:
            told.put(_timed(crew, opened, barrier))
    except BaseException as error:  # noqa: BLE001 - the parent raises it
        barrier.abort()
        told.put(RuntimeError(f"{type(error).__name__}: {error}"))


def _timed(crew: Crew, lanes: Sequence[Lane], barrier: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    for lane in lanes:
        for _ in range(crew.warm):
            next(lane)
    barrier.wait(STARTING)
    before, begin = _cpu(), time.monotonic()
    latencies: list[list[float]] = [[] for _ in lanes]
    failures: list[BaseException] = []
    threads = [
        Thread(target=_steps, args=(lane, begin + crew.seconds, kept, failures))
        for lane, kept in zip(lanes, latencies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end, cpu = time.monotonic(), _cpu() - before
    if failures:
        raise failures[0]
    barrier.wait(STARTING)
    barrier.wait(STARTING)
    flat = [latency for kept in latencies for latency in kept]
    return {"latencies": flat, "begin": begin, "end": end, "cpu": cpu}


def _steps(lane: Lane, until: float, kept: list[float], failures: list[BaseException]) -> None:
    try:
        began = time.monotonic()
        while began < until:
            next(lane)
            ended = time.monotonic()
            kept.append(ended - began)
            began = ended
    except BaseException as error:  # noqa: BLE001 - the parent raises it
        failures.append(error)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
