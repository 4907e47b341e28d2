"""Tables that decisions are looked up in: which pair, when a department works, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from simulation._rows import How, Row
from simulation.quantiles import mean_minutes, table_of
from simulation.scenario import Duration, Policy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from workflows.calendar import Calendar

MOST_PLANNED = 14  # pairable items of a stage; a plan for every set of them is kept
MOST_POOL = 30  # bits of a set


class Shapes:
    """The tables of quantiles, each kept once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._places: dict[bytes, int] = {}
        self._tables: list[NDArray[np.int32]] = []

    def place(self, duration: Duration) -> tuple[int, int]:
        """Return the row of a duration's table, and its mean in minutes."""
        mean = mean_minutes(duration)
        if mean == 0:
            return 0, 0
        table = table_of(duration)
        key = table.tobytes()
        if key not in self._places:
            self._places[key] = len(self._tables)
            self._tables.append(table)
        return self._places[key], mean

    def all(self) -> NDArray[np.int32]:
        """Return the tables: int32, shape (tables, nodes)."""
        return np.array(self._tables or [table_of(Duration(days=1.0))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The pairable items of one stage of one kind of project.

    Attributes:
        codes: By bit.
        pairs: Legal pairs of bits: the best first, or by code for a lot.
        single: Bits by who goes first alone: the longest, or by code for a lot.
        plan: Place in *pairs* that the policy starts, by the set of ready items; None = the first
            of *pairs* whose two are ready.
    """

    codes: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    single: tuple[int, ...]
    plan: NDArray[np.int16] | None


def pool_of(rows: Sequence[Row], policy: Policy) -> Pool:
    """Return the pool of the rows of one stage."""
    members = sorted((row for row in rows if row.how is How.PAIRABLE), key=lambda row: row.code)
    days = tuple(row.days for row in members)
    legal = tuple(
        (a, b)
        for a, b in combinations(range(len(members)), 2)
        if members[b].code not in members[a].related
    )
    best = sorted(legal, key=lambda pair: (min(days[pair[0]], days[pair[1]]), pair), reverse=True)
    pairs = legal if policy is Policy.DRAWN else tuple(best)
    longest = sorted(range(len(members)), key=lambda bit: (days[bit], bit), reverse=True)
    planned = policy is Policy.PLANNED
    return Pool(
        codes=tuple(row.code for row in members),
        pairs=pairs,
        single=tuple(range(len(members)) if policy is Policy.DRAWN else longest),
        plan=planned_starts(days, legal, pairs) if planned else None,
    )


@lru_cache(maxsize=256)
def planned_starts(
    days: tuple[int, ...], legal: tuple[tuple[int, int], ...], pairs: tuple[tuple[int, int], ...]
) -> NDArray[np.int16]:
    """Return the place in *pairs* to start by the set of ready items; -1 where none is legal.

    It is the pair that saves most of the best plan (`workflows.graph.planned_pairs`, ties as there)
    for the ready items, or the pair that saves most where no pair saves anything.
    """
    saving = [pair for pair in legal if min(days[pair[0]], days[pair[1]]) > 0]
    weights = {
        pair: (min(days[pair[0]], days[pair[1]]) << len(saving)) | (1 << rank)
        for rank, pair in enumerate(reversed(saving))
    }
    order = {pair: place for place, pair in enumerate(pairs)}
    best: list[tuple[int, int]] = [(0, -1)] * (1 << len(days))  # weight; place of its best pair
    for ready in range(1, len(best)):
        top = ready.bit_length() - 1
        rest = ready & ~(1 << top)
        found = best[rest]
        for other in (bit for bit in range(top) if rest >> bit & 1):
            weight = weights.get((other, top))
            if weight is not None:
                below, place = best[rest & ~(1 << other)]
                if below + weight > found[0]:
                    mine = order[other, top]
                    found = (below + weight, mine if place < 0 else min(mine, place))
        best[ready] = found
    starts = np.array([place for _, place in best], dtype=np.int16)
    for bare in np.flatnonzero(starts < 0):
        starts[bare] = next((order[p] for p in pairs if _both(int(bare), p)), -1)
    starts.flags.writeable = False
    return starts


def _both(ready: int, pair: tuple[int, int]) -> bool:
    return bool(ready >> pair[0] & 1 and ready >> pair[1] & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """When departments work that keep days of their own, on the common line of working days.

    Attributes:
        of: int64, shape (departments,): row below; -1 = whenever anybody does.
        before: int64, shape (lines, days + 1): own days before each common one.
        day: int64, shape (lines, days + 1): the common day of each own one; *days* where the
            calendar has no more of them.
        days: Common ones, from the first day of the run to the calendar's last.
    """

    of: NDArray[np.int64]
    before: NDArray[np.int64]
    day: NDArray[np.int64]
    days: int


def lines_of(closed: Sequence[frozenset[int]], calendar: Calendar, first_day: date) -> Lines:
    """Return the lines of departments that are closed on some days of the week."""
    days = [
        day
        for number in range((calendar.last - first_day).days + 1)
        if calendar.is_working(day := first_day + timedelta(days=number))
    ]
    kept = sorted({each for each in closed if each}, key=sorted)
    before = np.zeros((max(len(kept), 1), len(days) + 1), dtype=np.int64)
    own = np.full((max(len(kept), 1), len(days) + 1), len(days), dtype=np.int64)
    for line, each in enumerate(kept):
        opened = np.array([day.weekday() not in each for day in days])
        before[line, 1:] = np.cumsum(opened)
        worked = np.flatnonzero(opened)
        own[line, : len(worked)] = worked
    of = np.array([kept.index(each) if each else -1 for each in closed], dtype=np.int64)
    return Lines(of=of, before=before, day=own, days=len(days))
