"""Departments as queues: how much comes, how much waits, how busy they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._intervals import sums
from analysis.parts import borders
from analysis.worktime import DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints

_ACCEPTED, _BEGUN, _DECIDED = 3, 4, 5  # places among the borders


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One department over a window of working time; days of eight hours.

    Attributes:
        arrivals: Attempts that came to it within the window, a day.
        waiting: Mean number in nobody's hand (Little's L of the queue).
        wait_days: Mean time within the window that those stood so who were there when it began
            or came later.
        balance: The line as Little's law has it from those who *left* within the window (how many
            a day, times how long each had stood in all), over `waiting`. About 1 in a steady line;
            below 1 it grows, above 1 it is being worked off. None = nobody waited.
        in_hand: Mean number in somebody's hand.
        reviewers: People who may take work in hand; None = not known.
        unmeasured: Part of its decided attempts of which nobody said when work began, 0 to 1.
    """

    department: str
    arrivals: float
    waiting: float
    wait_days: float
    balance: float | None
    in_hand: float
    reviewers: int | None
    unmeasured: float

    @property
    def utilisation(self) -> float | None:
        """Return items in hand for each reviewer; above 1 they have several at a time."""
        return self.in_hand / self.reviewers if self.reviewers else None


def queues(
    columns: Columns,
    window: tuple[int | None, int] | None = None,
    reviewers: Mapping[str, int] | None = None,
    *,
    edges: Ints | None = None,
) -> tuple[Queue, ...]:
    """Return every department's queue, the longest waiting line first.

    Args:
        window: Minutes from and to; None = from the first acceptance, or until now. All attempts
            that were before a department within it are to be among *columns*.
        reviewers: Of each department, where that is known.
        edges: What `borders` says of *columns*, where that is known already.
    """
    edges = borders(columns) if edges is None else edges
    counts = _counted(columns, edges, _minutes(columns, window))
    staff = reviewers or {}
    found = [
        _queue(counts, at, name, staff.get(name))
        for at, name in enumerate(columns.names.departments)
        if counts.queued[at] or counts.worked[at] or counts.arrivals[at]
    ]
    return tuple(sorted(found, key=lambda each: (-each.waiting, -each.in_hand, each.department)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """What was counted in the window; every array by department.

    Attributes:
        length: Minutes of the window, at least one.
        queued, worked: Minutes in nobody's and in somebody's hand, of all attempts together.
        cleared: Minutes that those had stood, in all, who were taken in hand in the window.
        visitors: Attempts that stood there when the window began, or came in it.
        silent: Of the *decided* ones, those of which nobody said when work began.
    """

    length: int
    queued: NDArray[np.float64]
    cleared: NDArray[np.float64]
    worked: NDArray[np.float64]
    arrivals: NDArray[np.int64]
    visitors: NDArray[np.int64]
    silent: NDArray[np.int64]
    decided: NDArray[np.int64]


def _minutes(columns: Columns, window: tuple[int | None, int] | None) -> tuple[int, int]:
    """Return the window, from the first acceptance where it does not say from when."""
    low, high = window or (None, columns.now)
    if low is None:
        known = columns.accepted[columns.accepted != NEVER]
        low = int(known.min()) if known.size else high
    return low, high


def _counted(columns: Columns, edges: Ints, window: tuple[int, int]) -> _Counts:
    low, high = window
    size = len(columns.names.departments)
    arrived = columns.accepted != NEVER
    came = arrived & (columns.accepted >= low) & (columns.accepted < high)
    stood = arrived & (columns.accepted < low) & (edges[_BEGUN] > low)
    decided = arrived & (columns.decided != NEVER)
    taken = arrived & (columns.over | decided | (columns.begun != NEVER))
    left = taken & (edges[_BEGUN] >= low) & (edges[_BEGUN] < high)

    def minutes(start: Ints, end: Ints) -> NDArray[np.float64]:
        inside = np.clip(end, low, high) - np.clip(start, low, high)
        return sums(columns.department, np.where(arrived, inside, 0), size)

    def number(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(columns.department[chosen], minlength=size)

    return _Counts(
        length=max(high - low, 1),
        queued=minutes(edges[_ACCEPTED], edges[_BEGUN]),
        cleared=sums(columns.department, np.where(left, edges[_BEGUN] - edges[_ACCEPTED], 0), size),
        worked=minutes(edges[_BEGUN], edges[_DECIDED]),
        arrivals=number(came),
        visitors=number(came | stood),
        silent=number(decided & (columns.begun == NEVER)),
        decided=number(decided),
    )


def _queue(counts: _Counts, at: int, department: str, reviewers: int | None) -> Queue:
    queued = float(counts.queued[at])
    return Queue(
        department=department,
        arrivals=float(counts.arrivals[at]) / counts.length * DAY,
        waiting=queued / counts.length,
        wait_days=queued / max(int(counts.visitors[at]), 1) / DAY,
        balance=float(counts.cleared[at]) / queued if queued else None,
        in_hand=float(counts.worked[at]) / counts.length,
        reviewers=reviewers,
        unmeasured=float(counts.silent[at]) / max(int(counts.decided[at]), 1),
    )


def line(columns: Columns, department: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many stood in a department's queue, as steps.

    Returns:
        minutes: Ascending.   waiting: From that minute up to the next; the last is who waits now.
    """
    code = columns.names.departments.index(department)
    edges = borders(columns)
    own = (columns.department == code) & (columns.accepted != NEVER)
    start, end = edges[_ACCEPTED][own], edges[_BEGUN][own]
    moments = np.concatenate((start, end)).astype(np.int64)
    steps = np.concatenate((np.ones(len(start)), -np.ones(len(end)))).astype(np.int64)
    minutes, where = np.unique(moments, return_inverse=True)
    changes = np.zeros(len(minutes), dtype=np.int64)
    np.add.at(changes, where, steps)
    waiting: NDArray[np.int64] = np.cumsum(changes)
    return minutes, waiting
