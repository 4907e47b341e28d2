"""Event logs as coded columns: performance graph, variants, durations of cases.

For foreign logs, which have activities and times and nothing else. Times are whole microseconds;
only the sums are divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Times = NDArray[np.int64]

MICROSECONDS = 1_000_000
_HASH = 0x9E3779B97F4A7C15
_FEW = 1024  # activities whose every pair has a place of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLog:
    """Events by case, each case's in order of time; those of one instant as they came.

    Attributes:
        case, activity: int32, shape (events,): codes; every case stands in one stretch.
        at: int64, shape (events,): microseconds since 1970-01-01 UTC.   start: Likewise, when each
            began; None where the log tells of ends only. Edges go from end to end all the same.
        cases, activities: What the codes stand for.
    """

    case: Codes
    activity: Codes
    at: Times
    cases: tuple[str, ...]
    activities: tuple[str, ...]
    start: Times | None = None

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One activity directly followed by another.

    Attributes:
        mean: Seconds from the one to the other.   least, most: Likewise.
    """

    source: str
    target: str
    count: int
    mean: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A sequence of activities and how many cases took it; *example* is one of them."""

    activities: tuple[str, ...]
    count: int
    example: str


def sorted_log(
    case: Codes, activity: Codes, at: Times, cases: tuple[str, ...], activities: tuple[str, ...]
) -> EventLog:
    """Return a log of events that came in any order."""
    order = np.lexsort((at, case))
    return EventLog(
        case=case[order],
        activity=activity[order],
        at=at[order],
        cases=cases,
        activities=activities,
    )


def performance(log: EventLog) -> tuple[Edge, ...]:
    """Return every directly-follows edge with its times, by source and target."""
    pairs, places = _pairs(log)
    count, total, least, most = _edges(log.case, places, log.at, len(pairs))
    size = len(log.activities)
    edges = [
        Edge(
            source=log.activities[pairs[at] // size],
            target=log.activities[pairs[at] % size],
            count=int(count[at]),
            mean=float(total[at]) / int(count[at]) / MICROSECONDS,
            least=float(least[at]) / MICROSECONDS,
            most=float(most[at]) / MICROSECONDS,
        )
        for at in map(int, np.flatnonzero(count))
    ]
    return tuple(sorted(edges, key=lambda edge: (edge.source, edge.target)))


def _pairs(log: EventLog) -> tuple[Times, Times]:
    """Return the pairs of codes that may follow one another, and the place of each event's own.

    An event's own pair is the one with the event before it.
    """
    size = len(log.activities)
    wide = log.activity.astype(np.int64)
    own = np.append(np.int64(0), wide[:-1] * size + wide[1:])[: len(log)]
    if size <= _FEW:
        return np.arange(size * size), own
    return np.unique(own, return_inverse=True)


def durations(log: EventLog) -> NDArray[np.float64]:
    """Return the seconds from each case's first start to its last event: float64, shape (cases,).

    A case without an event has none: NaN.
    """
    first = np.full(len(log.cases), np.iinfo(np.int64).max)
    last = np.full(len(log.cases), np.iinfo(np.int64).min)
    np.minimum.at(first, log.case, log.at if log.start is None else log.start)
    np.maximum.at(last, log.case, log.at)
    there = np.bincount(log.case, minlength=len(log.cases)) > 0
    span = np.where(there, last - np.where(there, first, 0), 0) / MICROSECONDS
    return np.where(there, span, np.nan)


def variants(log: EventLog) -> tuple[Variant, ...]:
    """Return the variants, the most frequent first, then by their activities.

    Cases are told apart by a 64-bit hash of their sequence, and those that share one are compared.
    """
    starts, hashes = _hashes(log.case, log.activity, np.uint64(_HASH))
    ends = [*starts[1:].tolist(), len(log)]
    begins = starts.tolist()
    ranks = _ranks(log)
    found: list[tuple[int, bytes, int]] = []
    for group in _alike(hashes):
        kinds: dict[bytes, list[int]] = {}
        for at in group:
            kinds.setdefault(ranks[4 * begins[at] : 4 * ends[at]], []).append(at)
        found += [(-len(places), kind, places[0]) for kind, places in kinds.items()]
    names = np.array(log.activities, dtype=np.object_)[log.activity].tolist()
    return tuple(
        Variant(
            activities=tuple(names[begins[at] : ends[at]]),
            count=-count,
            example=log.cases[log.case[begins[at]]],
        )
        for count, _, at in sorted(found)
    )


def _ranks(log: EventLog) -> bytes:
    """Return the activities, four bytes each, which stand in the order of their names."""
    rank = np.empty(len(log.activities), dtype=">u4")
    rank[sorted(range(len(rank)), key=log.activities.__getitem__)] = np.arange(len(rank))
    return rank[log.activity].tobytes()


def _alike(hashes: NDArray[np.uint64]) -> list[list[int]]:
    """Return the places of equal hashes, in their order."""
    if not len(hashes):
        return []
    order = np.argsort(hashes, kind="stable")
    cuts = [0, *(np.flatnonzero(np.diff(hashes[order])) + 1).tolist(), len(hashes)]
    places = order.tolist()
    return [places[low:high] for low, high in pairwise(cuts)]


@compiled
def _edges(case: Codes, pair: Times, at: Times, size: int) -> tuple[Times, Times, Times, Times]:
    count = np.zeros(size, dtype=np.int64)
    total = np.zeros(size, dtype=np.int64)
    least = np.zeros(size, dtype=np.int64)
    most = np.zeros(size, dtype=np.int64)
    for event in range(1, len(case)):
        if case[event] != case[event - 1]:
            continue
        edge = pair[event]
        span = at[event] - at[event - 1]
        if count[edge] == 0:
            least[edge] = span
            most[edge] = span
        least[edge] = min(least[edge], span)
        most[edge] = max(most[edge], span)
        count[edge] += 1
        total[edge] += span
    return count, total, least, most


@compiled
def _hashes(
    case: Codes, activity: Codes, factor: np.uint64
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return where each case begins, and a hash of its sequence of activities."""
    starts = np.empty(len(case), dtype=np.int64)
    hashes = np.empty(len(case), dtype=np.uint64)
    count = 0
    for event in range(len(case)):
        if event == 0 or case[event] != case[event - 1]:
            starts[count] = event
            hashes[count] = factor
            count += 1
        mixed = (hashes[count - 1] ^ np.uint64(activity[event] + 1)) * factor
        hashes[count - 1] = mixed ^ (mixed >> np.uint64(29))
    return starts[:count].copy(), hashes[:count].copy()
