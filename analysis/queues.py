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
            or came later (Little's W).
        in_hand: Mean number in somebody's hand.
        reviewers: People who may take work in hand; None = not known.
        unmeasured: Part of its decided attempts of which nobody said when work began, 0 to 1.
    """

    department: str
    arrivals: float
    waiting: float
    wait_days: float
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
    arrived = columns.accepted != NEVER
    known = columns.accepted[arrived]
    low, high = window or (None, columns.now)
    if low is None:
        low = int(known.min()) if known.size else high
    length = max(high - low, 1)
    size = len(columns.names.departments)

    def total(start: Ints, end: Ints) -> NDArray[np.float64]:
        inside = np.clip(end, low, high) - np.clip(start, low, high)
        return sums(columns.department, np.where(arrived, inside, 0), size)

    queued = total(edges[_ACCEPTED], edges[_BEGUN])
    worked = total(edges[_BEGUN], edges[_DECIDED])
    came = arrived & (columns.accepted >= low) & (columns.accepted < high)
    arrivals = np.bincount(columns.department[came], minlength=size)
    stood = arrived & (columns.accepted < low) & (edges[_BEGUN] > low)
    visitors = np.bincount(columns.department[came | stood], minlength=size)
    decided = arrived & (columns.decided != NEVER)
    silent = np.bincount(columns.department[decided & (columns.begun == NEVER)], minlength=size)
    all_decided = np.bincount(columns.department[decided], minlength=size)
    staff = reviewers or {}
    found = [
        Queue(
            department=name,
            arrivals=float(arrivals[at]) / length * DAY,
            waiting=float(queued[at]) / length,
            wait_days=float(queued[at]) / max(int(visitors[at]), 1) / DAY,
            in_hand=float(worked[at]) / length,
            reviewers=staff.get(name),
            unmeasured=float(silent[at]) / max(int(all_decided[at]), 1),
        )
        for at, name in enumerate(columns.names.departments)
        if queued[at] or worked[at] or arrivals[at]
    ]
    return tuple(sorted(found, key=lambda each: (-each.waiting, -each.in_hand, each.department)))


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
