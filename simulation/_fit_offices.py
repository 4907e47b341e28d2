"""How many reviewers departments have and on which days they work, as the facts show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE
from analysis.worktime import DAY, NEVER
from simulation.scenario import Department

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns
    from analysis.worktime import WorkTime
    from simulation.history import Steps

    Ints = NDArray[np.int64]

CELL = 60  # minutes between two looks at a department
FEWEST = 20  # looks at a queue that somebody stood in, below which reviewers are not told
WEEK = 5
_RARE = 0.02  # part of the begins on a weekday, below which nobody works then
_ENOUGH = 50  # begins
_MOST = 0.99  # quantile of what is in hand: more is taken for a fault of the facts


def closed_days(columns: Columns, steps: Steps) -> dict[str, tuple[int, ...]]:
    """Return the weekdays on which each department begins nothing, 0 = Monday."""
    weekday = weekdays(columns.worktime)
    begun = steps.taken & (columns.accepted != NEVER)
    days = weekday[np.minimum(steps.begun // DAY, len(weekday) - 1)]
    found = {}
    for at, code in enumerate(columns.names.departments):
        counts = np.bincount(days[begun & (columns.department == at)], minlength=7)[:WEEK]
        whole = int(counts.sum())
        rare = counts < whole * _RARE
        found[code] = tuple(np.flatnonzero(rare).tolist()) if whole >= _ENOUGH else ()
    return found


def own_minutes(line: WorkTime, closed: tuple[int, ...], minutes: Ints) -> Ints:
    """Return minutes of the common line as minutes of a department's own days."""
    if not closed:
        return minutes
    opened = ~np.isin(weekdays(line), closed)
    before = np.concatenate(([0], np.cumsum(opened)))
    day = np.minimum(minutes // DAY, len(opened) - 1)
    return np.asarray(before[day] * DAY + (minutes % DAY) * opened[day])


def departments(
    columns: Columns, steps: Steps, closed: dict[str, tuple[int, ...]]
) -> dict[str, Department]:
    """Return each department; one whose queue nobody stood in has as many as there is work.

    While somebody waits every reviewer has something in hand: so many as are in hand then. Where
    work also waits a little before anybody looks at it that would be too few: never more can have
    been in hand than there were.
    """
    looks = _looks(columns)
    found = {}
    for at, code in enumerate(columns.names.departments):
        own = (columns.department == at) & (columns.accepted != NEVER)
        join = (steps.accepted + steps.held)[own & ~steps.holding]
        begun, ended = steps.begun[own & steps.taken], steps.until[own & steps.taken & columns.over]
        hand = _before(begun, looks) - _before(ended, looks)
        queue = _before(join, looks) - _before(begun, looks)
        busy = hand[queue > 0]
        reviewers = _reviewers(busy, hand) if len(busy) >= FEWEST else None
        found[code] = Department(reviewers=reviewers, closed=closed[code])
    return found


def _reviewers(busy: Ints, hand: Ints) -> int:
    """Return how many there are by what is in hand: while somebody waits, and at any look."""
    return max(round(float(np.median(busy))), round(float(np.quantile(hand, _MOST))), 1)


def weekdays(line: WorkTime) -> Ints:
    """Return the weekday of each working day of the line, 0 = Monday."""
    days = line.first + np.flatnonzero(line.worked)
    return np.asarray((days + 3) % 7)  # 1970-01-01 was a Thursday


def _looks(columns: Columns) -> Ints:
    known = columns.accepted[columns.accepted != NEVER]
    first = int(known.min()) if len(known) else columns.now
    return np.arange(first + CELL // 2, columns.now, CELL)


def _before(moments: Ints, looks: Ints) -> Ints:
    return np.searchsorted(np.sort(moments[moments != NONE]), looks, side="right")
