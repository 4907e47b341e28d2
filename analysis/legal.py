"""The legal clock of many attempts at once: days used, and whether that is inside the limit.

The rule is that of workflows/clock.py: day d counts when start < d <= end, pauses likewise, a date
that several pauses cover once. A test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis._compiled import compiled
from analysis.columns import NONE
from analysis.parts import pauses_by_attempt
from analysis.worktime import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints, Truths


def used(columns: Columns) -> Ints:
    """Return the days each clock has run, in its limit's unit; NONE before acceptance."""
    started = columns.accepted_day != NEVER
    start = np.where(started, columns.accepted_day, columns.filed_day)
    ends = np.where(columns.ended_day == NEVER, columns.today, columns.ended_day)
    decided = np.where(columns.decided_day == NEVER, ends, columns.decided_day)
    until = np.maximum(start, np.minimum(ends, decided))
    spent = _between(columns, start, until)
    if len(columns.pause_of):
        order, places = pauses_by_attempt(columns)
        stopped = np.zeros(len(columns), dtype=np.int64)
        counts = columns.worktime.before
        _stopped(
            stopped,
            start,
            until,
            order,
            places,
            columns.pause_from_day,
            np.where(columns.pause_to_day == NEVER, columns.today, columns.pause_to_day),
            columns.pause_counted,
            columns.calendar_days,
            counts,
            columns.worktime.first,
        )
        spent = spent - stopped
    return np.where(started, spent, NONE).astype(np.int32)


def limited(columns: Columns) -> Truths:
    """Tell which attempts ended with a clock that had run: those that a share is taken of."""
    held = (columns.limit != NONE) & (columns.accepted != NEVER)
    result: Truths = held & columns.over
    return result


def inside(columns: Columns, spent: Ints) -> Truths:
    """Tell which attempts kept to their limit, or have kept to it so far."""
    result: Truths = (columns.limit != NONE) & (spent != NONE) & (spent <= columns.limit)
    return result


def overdue(columns: Columns, spent: Ints) -> Truths:
    """Tell which attempts went, or are, beyond their limit."""
    result: Truths = (columns.limit != NONE) & (spent > columns.limit)
    return result


def _between(columns: Columns, start: Ints, until: Ints) -> NDArray[np.int64]:
    worked = columns.worktime.counts(until) - columns.worktime.counts(start)
    days = until.astype(np.int64) - start
    return np.where(columns.calendar_days == 1, days, worked)


@compiled
def _stopped(  # noqa: PLR0913, PLR0917 - one loop, compiled
    stopped: NDArray[np.int64],
    start: Ints,
    until: Ints,
    order: NDArray[np.int64],
    places: NDArray[np.int64],
    since: Ints,
    last: Ints,
    counted: Ints,
    calendar_days: Ints,
    worked: NDArray[np.int64],
    first: int,
) -> None:
    """Add up the days that uncounted pauses cover, each once."""
    for row in range(len(start)):
        low = start[row]
        while low < until[row]:
            # The next stretch that is covered: from where some pause begins to where none goes on.
            begin, end = until[row], low
            for place in range(places[row], places[row + 1]):
                pause = order[place]
                if counted[pause] == 0 and last[pause] > low and since[pause] < last[pause]:
                    begin = min(begin, max(since[pause], low))
            if begin >= until[row]:
                break
            end, grown = begin, True
            while grown:
                grown = False
                for place in range(places[row], places[row + 1]):
                    pause = order[place]
                    if counted[pause] == 0 and since[pause] <= end < last[pause]:
                        end, grown = last[pause], True
            end = min(end, until[row])
            if calendar_days[row] == 1:
                stopped[row] += end - begin
            else:
                stopped[row] += worked[end + 1 - first] - worked[begin + 1 - first]
            low = end
