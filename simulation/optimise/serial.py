"""A serial schedule-generation scheme: one activity after the other takes its earliest place.

Several rules say which comes next; the best of their plans is pushed to the right and back to the
left for as long as that shortens it. Source of the pushing: Valls, Ballestin and Quintanilla,
"Justification and RCPSP: a technique that pays", EJOR 165 (2005).
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulation.optimise.workload import Workload

Starts = dict[str, int]
_PUSHES = 20


def serial_plan(workload: Workload) -> Starts:
    """Return the starts of a good plan, by working days from 0."""
    ranks = (rule(workload) for rule in _RULES)
    plans = [_pushed(workload, placed(workload, rank)) for rank in ranks]
    return min(plans, key=lambda starts: ended(workload, starts))


def ended(workload: Workload, starts: Mapping[str, int]) -> int:
    """Return the day of the last end."""
    return max((day + workload.activities[code].days for code, day in starts.items()), default=0)


def placed(workload: Workload, rank: Mapping[str, float]) -> Starts:
    """Return the plan of whoever places, of all that wait for nothing, the smallest rank first."""
    activities = workload.activities
    rows = {department: row for row, department in enumerate(workload.capacities)}
    whole = sum(each.days for each in activities.values())
    free = np.repeat(
        np.array(list(workload.capacities.values()), dtype=np.int64)[:, None], whole, axis=1
    )
    left = {code: len(set(activity.after)) for code, activity in activities.items()}
    followers = workload.backwards().activities
    heap = [(rank[code], code) for code, waits in left.items() if not waits]
    heapify(heap)
    starts: Starts = {}
    while heap:
        _, code = heappop(heap)
        activity = activities[code]
        ready = max((starts[each] + activities[each].days for each in activity.after), default=0)
        taken = {rows[d]: amount for d, amount in activity.demand.items() if amount}
        starts[code] = start = _earliest(free, taken, ready, activity.days)
        for row, amount in taken.items():
            free[row, start : start + activity.days] -= amount
        for each in set(followers[code].after):
            left[each] -= 1
            if not left[each]:
                heappush(heap, (rank[each], each))
    return starts


def _earliest(
    free: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    taken: Mapping[int, int],
    ready: int,
    days: int,
) -> int:
    """Return the first day from *ready* on at which *taken* is free for so many days."""
    if not days or not taken:
        return ready
    rows = list(taken)
    short = (free[rows, ready:] < np.array([taken[row] for row in rows])[:, None]).any(axis=0)
    bad = np.flatnonzero(short)
    # Before the first bad day, between two of them, and behind the last, where all is free.
    gaps = np.diff(bad, prepend=-1) - 1
    fits = np.flatnonzero(gaps >= days)
    if len(fits):
        return ready + int(bad[fits[0]]) - int(gaps[fits[0]])
    return ready + (int(bad[-1]) + 1 if len(bad) else 0)


def _pushed(workload: Workload, starts: Starts) -> Starts:
    """Return the plan pushed right and left again, while that makes it shorter."""
    turned = workload.backwards()
    for _ in range(_PUSHES):
        rank = {code: -(day + workload.activities[code].days) for code, day in starts.items()}
        right = placed(turned, rank)
        whole = ended(turned, right)
        late = {code: whole - day - workload.activities[code].days for code, day in right.items()}
        pushed = placed(workload, late)
        if ended(workload, pushed) >= ended(workload, starts):
            return starts
        starts = pushed
    return starts


def _longest_tail(workload: Workload) -> Mapping[str, float]:
    return {code: -days for code, days in workload.tails().items()}


def _most_behind(workload: Workload) -> Mapping[str, float]:
    """Rank by the days of all that waits for an activity, itself among them."""
    behind: dict[str, set[str]] = {}
    followers = workload.backwards().activities
    for code in reversed(workload.order()):
        direct = followers[code].after
        behind[code] = {*direct}.union(*(behind[each] for each in direct))
    days = {code: activity.days for code, activity in workload.activities.items()}
    return {
        code: -(days[code] + sum(days[each] for each in after)) for code, after in behind.items()
    }


def _widest_tail(workload: Workload) -> Mapping[str, float]:
    """Rank by the tail, longer by the part of the scarcest department that an activity takes."""
    tails = workload.tails()
    share = {
        code: max(
            (taken / workload.capacities[d] for d, taken in activity.demand.items() if taken),
            default=0.0,
        )
        for code, activity in workload.activities.items()
    }
    return {code: -(tails[code] + share[code] * workload.activities[code].days) for code in tails}


_RULES: tuple[Callable[[Workload], Mapping[str, float]], ...] = (
    _longest_tail,
    _most_behind,
    _widest_tail,
)
