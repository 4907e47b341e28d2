"""Whose time each minute of an attempt was. The parts add up to all of it, always."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis._compiled import compiled
from analysis.columns import NONE
from analysis.worktime import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints


class Part(IntEnum):
    """What an attempt was doing; a minute belongs to exactly one.

    A pause claims its minutes whatever else was going on, in the order in which they stand here.
    """

    SUSPENSION = 0  # the whole project stood still
    SUPPLEMENT = 1  # 补正: the owner was to answer
    PROCEDURE = 2  # 特别程序
    JOINT = 3  # 联合踏勘
    DOCUMENTS = 4  # wanted, and a hard document had not come
    FILING = 5  # could be filed, and was not: owner, agent, no slot or no partner
    INTAKE = 6  # filed, not accepted
    QUEUE = 7  # accepted, in nobody's hand at the department
    WORK = 8  # in hand
    DELIVERY = 9  # decided, not handed over
    UNTOLD = 10  # queue or work: nobody said when it was taken in hand


PARTS = tuple(Part)
PAUSED = (Part.SUSPENSION, Part.SUPPLEMENT, Part.PROCEDURE, Part.JOINT)
_STEPS = (Part.DOCUMENTS, Part.FILING, Part.INTAKE, Part.QUEUE, Part.WORK, Part.DELIVERY)
_FIRST_STEP = int(Part.DOCUMENTS)
_FILED = 2  # place of the filing among the borders
_BORDERS = len(_STEPS) + 1
_PAUSES = len(PAUSED)


def parts(columns: Columns, edges: Ints | None = None) -> Ints:
    """Return the minutes of each part: int32, shape (attempts, len(PARTS)).

    A row adds up to `until - wanted`, or 0 where the attempt ended before it was wanted. Where
    nobody said when the work began, what lies between acceptance and decision is UNTOLD. Of an
    open attempt in nobody's hand that is so only at a department where nobody ever says it.

    Args:
        edges: What `borders` says of *columns*, where that is known already.
    """
    edges = borders(columns) if edges is None else edges
    minutes = np.zeros((len(columns), len(PARTS)), dtype=np.int32)
    np.subtract(edges[1:], edges[:-1], out=minutes[:, _FIRST_STEP : Part.UNTOLD].T)
    if len(columns.pause_of):
        order, start = pauses_by_attempt(columns)
        _put_pauses(
            minutes, edges, order, start, columns.pause_kind, columns.pause_since, _ends(columns)
        )
    silent = untold(columns)
    minutes[:, Part.UNTOLD] = np.where(silent, minutes[:, Part.WORK], 0)
    minutes[silent, Part.WORK] = 0
    return minutes


def borders(columns: Columns) -> Ints:
    """Return when each step ended: int32, shape (len(_STEPS) + 1, attempts), never falling.

    What did not come is taken as late as what came after it lets it be, so that an open attempt is
    in the step that it has reached. An entry out of order (a correction) has no length.
    """
    until = np.maximum(columns.until, columns.wanted)
    decided = np.where(columns.decided == NEVER, until, columns.decided)
    accepted = np.where(columns.accepted == NEVER, until, columns.accepted)
    # Nobody said when the work began: not yet, or from the acceptance on it is not told.
    unbegun = np.where(untold(columns), accepted, until)
    begun = np.where(columns.begun == NEVER, unbegun, columns.begun)
    edges = np.empty((_BORDERS, len(columns)), dtype=np.int32)
    edges[0] = columns.wanted
    edges[1] = np.where(columns.documents == NEVER, columns.wanted, columns.documents)
    edges[2] = columns.filed
    edges[3] = accepted
    edges[4] = begun
    edges[5] = decided
    edges[6] = until
    edges[1] = np.minimum(edges[1], edges[2])
    for at in range(1, _BORDERS):
        np.maximum(edges[at], edges[at - 1], out=edges[at])
        np.minimum(edges[at], until, out=edges[at])
    return edges


def pauses_by_attempt(columns: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pauses in the order of their attempts, and where each attempt's begin.

    Returns:
        order: shape (live pauses,).   start: shape (attempts + 1,).
    """
    live = np.flatnonzero(columns.pause_of != NONE)
    order = live[np.argsort(columns.pause_of[live], kind="stable")]
    counts = np.bincount(columns.pause_of[live], minlength=len(columns))
    return order, np.concatenate(([0], np.cumsum(counts)))


def untold(columns: Columns) -> NDArray[np.bool_]:
    """Tell of which attempts queue and work cannot be told apart."""
    silent = (columns.begun == NEVER) & (columns.accepted != NEVER)
    telling = np.zeros(len(columns.names.departments) + 1, dtype=np.bool_)
    telling[columns.department[columns.begun != NEVER]] = True
    settled = columns.over | (columns.decided != NEVER)
    result: NDArray[np.bool_] = silent & (settled | ~telling[columns.department])
    return result


def unmeasured(columns: Columns) -> NDArray[np.bool_]:
    """Tell which attempts were accepted and decided, and nobody said when work on them began."""
    done = (columns.decided != NEVER) & (columns.accepted != NEVER)
    result: NDArray[np.bool_] = done & (columns.begun == NEVER)
    return result


def _ends(columns: Columns) -> Ints:
    return np.where(columns.pause_until == NEVER, np.int32(columns.now), columns.pause_until)


@compiled
def _put_pauses(  # noqa: PLR0913, PLR0917 - one loop, compiled: values cost, calls too
    minutes: Ints,
    edges: Ints,
    order: NDArray[np.int64],
    start: NDArray[np.int64],
    kinds: Ints,
    since: Ints,
    until: Ints,
) -> None:
    """Take the minutes that pauses cover from the steps, and give each to one kind of pause."""
    steps = edges.shape[0] - 1
    cuts = np.empty(512, dtype=np.int32)
    for row in range(edges.shape[1]):
        first, last = start[row], start[row + 1]
        if first == last:
            continue
        low, high = edges[_FILED, row], edges[steps, row]
        count = 0
        for place in range(first, min(last, first + 250)):
            cuts[count] = min(max(since[order[place]], low), high)
            cuts[count + 1] = min(max(until[order[place]], low), high)
            count += 2
        cuts[:count].sort()
        for at in range(count - 1):
            begin, end = cuts[at], cuts[at + 1]
            kind = _PAUSES
            for place in range(first, min(last, first + 250)):
                pause = order[place]
                if since[pause] <= begin and until[pause] >= end:
                    kind = min(kind, kinds[pause])
            if begin == end or kind == _PAUSES:
                continue
            minutes[row, kind] += end - begin
            for step in range(_FILED, steps):
                shared = min(end, edges[step + 1, row]) - max(begin, edges[step, row])
                if shared > 0:
                    minutes[row, _FIRST_STEP + step] -= shared
