"""What finished and running attempts teach a forecaster: how long each step takes, how long queues.

Nothing here supposes a shape: times are drawn from what was seen (simulation.survival), and a wait
at a department from what those waited who came when its queue was like today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import HOWS, NONE, Result
from analysis.parts import borders, untold
from analysis.worktime import DAY, NEVER
from simulation.quantiles import CELLS as CURVE
from simulation.quantiles import ONE, table_of
from simulation.scenario import Duration, Service
from simulation.survival import CELLS, NODES, table
from workflows.catalogue.check import working_days
from workflows.events import How

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns, Truths
    from workflows.catalogue.values import Catalogue

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STEP = DAY // 2  # minutes of a cell of the queues' past
FEWEST = 8  # ends of an item below which all items together speak for it
INTAKE, HOLD, WORK, FREE = range(4)  # columns of Past.tables_of
STAGES = 5
_PRIOR = 20.0  # attempts that the common rate of refusals counts for
_SETTLED = 0.95
_ENDS = (Result.GRANTED, Result.REFUSED, Result.LAPSED, Result.REVOKED)
_MOST_OF_LIMIT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queues:
    """The past of the departments' queues; a cell is STEP minutes, the first begins at *begin*.

    Attributes:
        waits: float64: minutes that attempts waited, by department and time of joining.
        first: int64, shape (departments, cells + 1): the first of *waits* that joined in a cell or
            later.
        length: int64, shape (departments, cells): how many waited when a cell began.
        known: int64, shape (departments,): cells whose waits are known.
        now: int64, shape (departments,): how many wait now.
    """

    begin: int
    waits: Floats
    first: Ints
    length: Ints
    known: Ints
    now: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """What was learned.

    Attributes:
        items: Place of each item in the arrays.   departments: As in the columns.
        tables: float64, shape (tables, NODES): quantiles in minutes.
        tables_of: int64, shape (items, 4): of intake, hold, work and delay of free items.
        scale: float64, shape (items,): what the table of work is taken times.
        refused: float64, shape (items,): chance that an attempt is not granted.
        again: Table of the time until it is filed again.
        preparation: int64, shape (STAGES + 1,): tables by stage.
    """

    items: dict[str, int]
    departments: dict[str, int]
    tables: Floats
    tables_of: Ints
    scale: Floats
    refused: Floats
    again: int
    preparation: Ints
    queues: Queues


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """Where each attempt stands: minutes, shape (attempts,).

    Attributes:
        accepted, begun, until: As `analysis.parts.borders` has them.
        held: Minutes that pauses took between acceptance and begin.
        holding: An open pause holds it there now.
        taken: Somebody has it in hand, or had it.
    """

    accepted: Ints
    begun: Ints
    until: Ints
    held: Ints
    holding: Truths
    taken: Truths


def steps_of(columns: Columns) -> Steps:
    """Return where the attempts stand."""
    edges = borders(columns).astype(np.int64)
    accepted, begun, until = edges[3], edges[4], edges[6]
    live = columns.pause_of != NONE
    of, since = columns.pause_of[live], columns.pause_since[live]
    ends = np.where(columns.pause_until[live] == NEVER, columns.now, columns.pause_until[live])
    inside = np.minimum(ends, begun[of]) - np.maximum(since, accepted[of])
    held = np.bincount(of, np.maximum(inside, 0), len(columns)).astype(np.int64)
    taken = (columns.begun != NEVER) | untold(columns)
    holding = np.zeros(len(columns), dtype=np.bool_)
    still = (columns.pause_until[live] == NEVER) & (columns.accepted[of] != NEVER)
    holding[of[still & ~taken[of]]] = True
    return Steps(
        accepted=accepted,
        begun=begun,
        until=until,
        held=np.minimum(held, begun - accepted),
        holding=holding,
        taken=taken,
    )


def learned(columns: Columns, catalogue: Catalogue) -> Past:
    """Return what the attempts teach."""
    steps = steps_of(columns)
    teacher = _Teacher(columns, catalogue, steps)
    tables_of = np.stack(
        [teacher.of_items(*each) for each in (teacher.intake(), teacher.hold())], axis=1
    )
    work, scale = teacher.work()
    free = teacher.of_items(*teacher.free())
    departments = columns.names.departments
    return Past(
        items=teacher.items,
        departments={code: at for at, code in enumerate(departments)},
        tables_of=np.concatenate((tables_of, work[:, None], free[:, None]), axis=1),
        scale=scale,
        refused=teacher.refused(),
        again=teacher.again(),
        preparation=teacher.preparation(),
        tables=np.array(teacher.tables),
        queues=queues_of(columns, steps),
    )


class _Teacher:
    """Makes the tables, each once."""

    def __init__(self, columns: Columns, catalogue: Catalogue, steps: Steps) -> None:
        self.columns, self.steps, self.catalogue = columns, steps, catalogue
        self.items = {code: at for at, code in enumerate(catalogue.items)}
        known = [self.items.get(code, NONE) for code in columns.names.items]
        self.item = np.array([*known, NONE], dtype=np.int64)[columns.item]
        self.ended = columns.over & np.isin(columns.result, _ENDS)
        self.tables: list[Floats] = [np.zeros(NODES)]

    def put(self, times: Floats, ended: Truths) -> int:
        """Return the number of a table; of nothing it is the one of no time at all."""
        if not ended.any():
            return 0
        self.tables.append(table(times, ended))
        return len(self.tables) - 1

    def of_items(self, which: Truths, times: Ints, ended: Truths) -> Ints:
        """Return each item's table; one of few ends has that of all together."""
        minutes = np.maximum(times, 0).astype(np.float64)
        found = np.full(len(self.items), self.put(minutes[which], ended[which]))
        counts = np.bincount(self.item[which & ended & (self.item != NONE)], minlength=len(found))
        for at in np.flatnonzero(counts >= FEWEST):
            own = which & (self.item == at)
            found[at] = self.put(minutes[own], ended[own])
        return found

    def intake(self) -> tuple[Truths, Ints, Truths]:
        """Return the times from filing to acceptance."""
        accepted: Truths = self.columns.accepted != NEVER
        return np.ones_like(accepted), self.steps.accepted - self.columns.filed, accepted

    def hold(self) -> tuple[Truths, Ints, Truths]:
        """Return the times that pauses took before anybody began."""
        return self.columns.accepted != NEVER, self.steps.held, ~self.steps.holding

    def work(self) -> tuple[Ints, Floats]:
        """Return each item's table of work and what it is taken times.

        An item of few ends is worked on as others are, by its committed limit.
        """
        steps, taken = self.steps, self.steps.taken
        times = (steps.until - steps.begun).astype(np.float64)
        found = self.of_items(taken, times.astype(np.int64), self.ended)
        limits = np.array([_limit(self.catalogue, code) for code in self.items])
        known = taken & (self.item != NONE)
        parts = np.minimum(times[known] / limits[self.item[known]], _MOST_OF_LIMIT * DAY)
        common = self.put(parts, self.ended[known]) or self.supposed()
        counts = np.bincount(self.item[known & self.ended], minlength=len(found))
        few = counts < FEWEST
        found[few] = common
        return found, np.where(few, limits, 1.0)

    def supposed(self) -> int:
        """Return the table of work by limit that is supposed while nothing has ended yet."""
        service = Service()
        one = table_of(Duration(shape=service.shape, days=1.0, spread=service.spread))
        nodes = one[: CURVE : CURVE // CELLS].astype(np.float64)
        nodes = np.append(nodes, one[CURVE - CURVE // CELLS // 4])
        self.tables.append(nodes / ONE * service.share * DAY)
        return len(self.tables) - 1

    def free(self) -> tuple[Truths, Ints, Truths]:
        """Return how long free items were left lying once they could be filed."""
        columns = self.columns
        ready = np.maximum(columns.wanted, columns.documents)
        opened = columns.runs.filed[columns.run]
        ready = np.where(opened <= columns.filed, np.maximum(ready, opened), ready)
        first = (columns.how == HOWS.index(How.FREE)) & (columns.attempt == 1)
        every: Truths = np.ones(len(columns), dtype=np.bool_)
        return first, (columns.filed - ready).astype(np.int64), every

    def refused(self) -> Floats:
        """Return each item's chance that an attempt is not granted, drawn to the common one."""
        lost = self.ended & np.isin(self.columns.result, (Result.REFUSED, Result.LAPSED))
        known = self.item != NONE
        size = len(self.items)
        ends = np.bincount(self.item[known & self.ended], minlength=size)
        losses = np.bincount(self.item[known & lost], minlength=size)
        common = losses.sum() / max(int(ends.sum()), 1)
        rate: Floats = (losses + _PRIOR * common) / (ends + _PRIOR)
        return rate

    def again(self) -> int:
        """Return the table of the time until something is filed again."""
        columns = self.columns
        later = np.flatnonzero(columns.previous != NONE)
        times = columns.filed[later] - columns.ended[columns.previous[later]]
        came = columns.ended[columns.previous[later]] != NEVER
        return self.put(np.maximum(times[came], 0).astype(np.float64), came[came])

    def preparation(self) -> Ints:
        """Return the table of the time from a stage's opening to its joint application."""
        columns, runs = self.columns, self.columns.runs
        filed = runs.filed != NEVER
        over = columns.cases.ended[runs.project]
        until = np.where(filed, runs.filed, np.where(over == NEVER, columns.now, over))
        found = np.zeros(STAGES + 1, dtype=np.int64)
        for stage in range(1, STAGES):
            own = (runs.stage == stage) & (runs.opened != NEVER)
            times = np.maximum(until - runs.opened, 0)[own].astype(np.float64)
            found[stage] = self.put(times, filed[own])
        return found


def queues_of(columns: Columns, steps: Steps) -> Queues:
    """Return the past of the queues of all departments."""
    size = len(columns.names.departments)
    came = np.flatnonzero(columns.accepted != NEVER)
    join = (steps.accepted + steps.held)[came]
    order = np.lexsort((join, columns.department[came]))
    came, join = came[order], join[order]
    of, wait = columns.department[came], (steps.begun[came] - join).astype(np.float64)
    stand = ~steps.taken[came] & ~columns.over[came]
    begin = int(join.min()) if len(join) else columns.now
    cells = max((columns.now - begin) // STEP, 1)
    starts = begin + STEP * np.arange(cells + 1)
    first = np.zeros((size, cells + 1), dtype=np.int64)
    length = np.zeros((size, cells), dtype=np.int64)
    known = np.zeros(size, dtype=np.int64)
    for department in range(size):
        low, high = np.searchsorted(of, (department, department + 1))
        own, left = join[low:high], np.sort((join + wait)[low:high][~stand[low:high]])
        first[department] = low + np.searchsorted(own, starts)
        inside = np.searchsorted(own, starts[:-1], side="right")
        length[department] = inside - np.searchsorted(left, starts[:-1], side="right")
        longest = np.quantile(wait[low:high], _SETTLED) if high > low else 0.0
        last = min(columns.now - longest, own[-1]) if high > low else begin
        known[department] = max((int(last) - begin) // STEP, 0)
    waiting = stand & ~steps.holding[came]
    return Queues(
        begin=begin,
        waits=np.append(wait, 0.0),
        first=first,
        length=np.maximum(length, 0),
        known=np.minimum(known, cells),
        now=np.bincount(of[waiting], minlength=size),
    )


def _limit(catalogue: Catalogue, code: str) -> float:
    limit = catalogue.items[code].committed_limit
    return max(float(working_days(limit)), 0.5) if limit is not None else 3.0
