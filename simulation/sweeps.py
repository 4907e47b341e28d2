"""Replications by the many: on the threads of this process, or on the machines of a Ray cluster.

A replication hangs on its model and its number only, so it does not matter where it is run.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from simulation.errors import NoRayError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.model import Model

T = TypeVar("T")
PART = 25  # replications of a part that a machine is sent


class Pool(Protocol):
    """Where replications are run."""

    @property
    def at_once(self) -> int:
        """Return how many jobs it should be given together."""

    def map(self, work: Callable[[Model, int], T], jobs: Sequence[tuple[Model, int]]) -> list[T]:
        """Return what *work* makes of each (model, number of a replication), in their order."""


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of this process: the compiled loops let go of the global lock.

    Attributes:
        spared: Cores that are left to others, where there is more than one.
    """

    spared: int = 0

    @property
    def at_once(self) -> int:
        """Return how many jobs they are given: few, so that progress is told on any machine."""
        return 20

    def map(self, work: Callable[[Model, int], T], jobs: Sequence[tuple[Model, int]]) -> list[T]:
        """Return what *work* makes of each job."""
        with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - self.spared)) as pool:
            return list(pool.map(lambda job: work(*job), jobs))


THREADS = Threads()
SPARING = Threads(spared=1)  # beside an office, which answers people meanwhile


class Cluster:
    """The machines of a Ray cluster, each of which has this checkout installed.

    A model is sent once; jobs go out in parts of PART, one model each.
    """

    def __init__(self, address: str) -> None:
        """Join the cluster.

        Raises:
            NoRayError: If the extra `ray` is not installed.
            ConnectionError: If nobody answers there.
        """
        try:
            import ray  # noqa: PLC0415 - an extra, and slow to load
        except ModuleNotFoundError as error:
            raise NoRayError from error
        self._ray: Any = ray
        ray.init(address, ignore_reinit_error=True, log_to_driver=False)

    @property
    def at_once(self) -> int:
        """Return how many jobs keep every machine busy."""
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        return 2 * PART * cores

    def map(self, work: Callable[[Model, int], T], jobs: Sequence[tuple[Model, int]]) -> list[T]:
        """Return what *work* makes of each job."""
        sent = {id(model): model for model, _ in jobs}
        there = {key: self._ray.put(model) for key, model in sent.items()}
        several = self._ray.remote(_several)
        told = self._ray.get(
            [several.remote(work, there[key], numbers) for key, numbers in _parts(jobs)]
        )
        return [each for part in told for each in part]


def _parts(jobs: Sequence[tuple[Model, int]]) -> list[tuple[int, list[int]]]:
    """Return runs of jobs of one model, in their order: (id of the model, numbers)."""
    parts: list[tuple[int, list[int]]] = []
    for model, number in jobs:
        if not parts or parts[-1][0] != id(model) or len(parts[-1][1]) == PART:
            parts.append((id(model), []))
        parts[-1][1].append(number)
    return parts


def _several(work: Callable[[Model, int], T], model: Model, numbers: Sequence[int]) -> list[T]:
    return [work(model, number) for number in numbers]


def pool_at(address: str | None) -> Pool:
    """Return the cluster at a Ray address, or the threads of this process where there is none.

    Raises:
        NoRayError: As `Cluster`.
        ConnectionError: As `Cluster`.
    """
    return Cluster(address) if address else THREADS
