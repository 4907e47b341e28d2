"""What a bench says, and how rounds are taken: interleaved, in CPU time, medians of ratios."""

from __future__ import annotations

import os
import platform
import resource
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure beside the ratio that was promised too.

    Attributes:
        most: Less is better: *wanted* is the most that will do.
    """

    name: str
    value: float
    wanted: float
    most: bool = False

    @property
    def met(self) -> bool:
        """Tell whether the figure is as good as wanted."""
        return self.value <= self.wanted if self.most else self.value >= self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One bench's figures.

    Attributes:
        ours, peer: Medians over the rounds, in *unit*; more is better.
        ratio: Median of the ratios ours / peer of each round.
        goal: The ratio wanted.
        checked: What was found equal before the time was taken, and how many.
        cpu_s, wall_s: Spent on the whole bench, with children, checks included.
        rounds: (ours, peer) of each round, in *unit*.
        notes: What a reader of the figures must know.
        goals: What else was promised.
        more: Further figures, by name.
    """

    name: str
    ours: float
    peer: float
    ratio: float
    goal: float
    checked: str
    unit: str
    cpu_s: float
    wall_s: float
    versions: Mapping[str, str]
    rounds: Sequence[tuple[float, float]]
    notes: Sequence[str] = field(default=())
    goals: Sequence[Goal] = field(default=())
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Tell whether the ratio and every other figure reached its goal."""
        return self.ratio >= self.goal and all(goal.met for goal in self.goals)

    def fields(self) -> dict[str, object]:
        """Return everything as JSON may hold it; *more* stands among the others."""
        plain = {name: value for name, value in asdict(self).items() if name != "more"}
        goals = [{**asdict(goal), "met": goal.met} for goal in self.goals]
        return {**plain, **self.more, "goals": goals, "met": self.met}


class Spent(TypedDict):
    """Two fields of a Result."""

    cpu_s: float
    wall_s: float


class Medians(TypedDict):
    """Three fields of a Result."""

    ours: float
    peer: float
    ratio: float


class Stopwatch:
    """CPU and wall seconds since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), cpu_seconds()

    def spent(self) -> Spent:
        """Return the fields `cpu_s` and `wall_s` of a Result."""
        return {
            "cpu_s": round(cpu_seconds() - self.cpu, 3),
            "wall_s": round(time.perf_counter() - self.wall, 3),
        }

    def result(  # noqa: PLR0913 - the fields of a Result that a bench has to say itself
        self,
        name: str,
        *,
        goal: float,
        checked: str,
        unit: str,
        packages: Sequence[str],
        rounds: Sequence[tuple[float, float]],
        notes: Sequence[str] = (),
        goals: Sequence[Goal] = (),
        more: Mapping[str, object] | None = None,
    ) -> Result:
        """Return what a bench says: its figures with their medians, and what was spent on them."""
        return Result(
            name=name,
            goal=goal,
            checked=checked,
            unit=unit,
            versions=versions(*packages),
            rounds=rounds,
            notes=notes,
            goals=goals,
            more=more or {},
            **medians(rounds),
            **self.spent(),
        )


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of its finished children."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def interleaved(
    rounds: int, ours: Callable[[], float], peer: Callable[[], float]
) -> list[tuple[float, float]]:
    """Take *rounds* figures of each side in turn; the sides change who goes first."""
    taken = []
    for number in range(rounds):
        if number % 2:
            other = peer()
            taken.append((ours(), other))
        else:
            mine = ours()
            taken.append((mine, peer()))
    return taken


def medians(rounds: Sequence[tuple[float, float]]) -> Medians:
    """Return the fields `ours`, `peer` and `ratio` of a Result.

    >>> medians([(10.0, 2.0), (30.0, 3.0), (8.0, 4.0)])
    {'ours': 10.0, 'peer': 3.0, 'ratio': 5.0}
    """
    return {
        "ours": median(ours for ours, _ in rounds),
        "peer": median(peer for _, peer in rounds),
        "ratio": median(ours / peer for ours, peer in rounds),
    }


def versions(*packages: str) -> dict[str, str]:
    """Say what was measured, and on what."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        **{package: version(package) for package in packages},
    }
