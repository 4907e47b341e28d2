"""Where running projects stand, laid out for the compiled loops of the forecast."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import HOWS, NONE, Result
from analysis.worktime import NEVER
from simulation._forecast_words import Open, Present, Stage, Status, Word, World
from simulation.history import steps_of
from workflows.events import How as Filed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns
    from simulation._forecast_layout import Layout
    from simulation.history import Past, Queues, Steps

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SLOTS = 2
ALIKE = 64  # days of the past that are taken for today
_SKIPPED = 120  # cells at the beginning, in which an office fills up
_SLOTTED = (HOWS.index(Filed.PAIR), HOWS.index(Filed.SINGLE))
_HAD = (Result.GRANTED, Result.REVOKED)


class Desk:
    """What all projects of one instant share."""

    def __init__(self, columns: Columns, past: Past) -> None:
        self.columns, self.past = columns, past
        self.steps: Steps = steps_of(columns)
        self.world = _world(past)
        self.cells, self.more = alike(past.queues, self.lengths())
        self.rows_of = _grouped(columns.project, len(columns.names.projects))
        self.runs_of = _grouped(columns.runs.project, len(columns.names.projects))
        self.ahead = self._ahead()

    def lengths(self) -> Ints:
        """Return how many wait in each department of the past's."""
        queued = self._queued()
        names = self.columns.names.departments
        found = np.zeros(max(len(self.past.departments), 1), dtype=np.int64)
        counts = np.bincount(self.columns.department[queued], minlength=len(names))
        for at, name in enumerate(names):
            if name in self.past.departments:
                found[self.past.departments[name]] = counts[at]
        return found

    def _queued(self) -> NDArray[np.bool_]:
        columns, steps = self.columns, self.steps
        waits = (columns.accepted != NEVER) & ~steps.taken & ~columns.over & ~steps.holding
        return np.asarray(waits)

    def _ahead(self) -> Floats:
        """Return which part of its queue each waiting attempt has before it, itself included."""
        found = np.zeros(len(self.columns))
        queued = np.flatnonzero(self._queued())
        joined = (self.steps.accepted + self.steps.held)[queued]
        department = self.columns.department[queued]
        for each in np.unique(department):
            own = queued[department == each]
            order = np.argsort(joined[department == each], kind="stable")
            found[own[order]] = (np.arange(len(own)) + 1) / len(own)
        return found

    def present(self, project: int, layout: Layout, stream: np.uint64, count: int) -> Present:
        """Return where a project stands."""
        luck = np.random.Generator(np.random.PCG64(int(stream)))
        which = luck.integers(0, self.cells.shape[0], (count, self.cells.shape[1]))
        departments = np.arange(self.cells.shape[1])
        standing = Standing(layout)
        for row in self.rows_of[project]:
            self._stand(standing, int(row))
        for run in self.runs_of[project]:
            standing.run(self.columns, int(run))
        return standing.whole(
            self.cells[which, departments], self.more[which, departments], self.columns.now
        )

    def _stand(self, standing: Standing, row: int) -> None:
        """Put the last attempt of an item where it stands."""
        columns, steps = self.columns, self.steps
        key = int(columns.unit[row]), columns.names.items[columns.item[row]]
        at = standing.layout.places.get(key)
        if at is None:
            return
        if columns.over[row]:
            granted = columns.result[row] in _HAD
            status = Status.GRANTED if granted else Status.AGAIN
            elapsed = float(columns.now - columns.ended[row])
            if granted:
                standing.granted[at] = int(columns.ended[row])
        elif columns.accepted[row] == NEVER:
            status, elapsed = Status.INTAKE, float(columns.now - columns.filed[row])
        elif steps.holding[row]:
            status, elapsed = Status.HELD, float(steps.held[row])
        elif not steps.taken[row]:
            status, elapsed = Status.QUEUED, float(self.ahead[row])
        else:
            status, elapsed = Status.WORKED, float(columns.now - steps.begun[row])
        standing.put(at, int(columns.attempt[row]), status, elapsed)
        standing.rows[at, Word.SLOT] = status != Status.GRANTED and (
            not columns.over[row] and columns.how[row] in _SLOTTED
        )


class Standing:
    """One project's rows and runs, as they are put where they stand."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.rows, self.runs = layout.rows.copy(), layout.runs.copy()
        self.elapsed = np.zeros(len(self.rows))
        self.tried = np.zeros(len(self.rows), dtype=np.int64)
        self.granted: dict[int, int] = {}
        self.filed: dict[int, int] = {}
        self.since = np.zeros(len(self.runs))

    def put(self, at: int, attempt: int, status: Status, elapsed: float) -> None:
        """Keep where the last attempt stands; an earlier one says nothing."""
        if attempt >= self.tried[at]:
            self.tried[at] = attempt
            self.rows[at, Word.STATUS] = status
            self.elapsed[at] = elapsed

    def run(self, columns: Columns, run: int) -> None:
        """Keep how far a stage is."""
        runs = columns.runs
        at = self.layout.runs_at.get((int(runs.stage[run]), int(runs.unit[run])))
        if at is None or runs.opened[run] == NEVER:
            return
        filed = runs.filed[run] != NEVER
        self.runs[at, Stage.STANDING] = Open.FILED if filed else Open.OPENED
        self.since[at] = columns.now - runs.opened[run]
        if filed:
            self.filed[at] = int(runs.filed[run])
        if runs.milestone[run] != NEVER:
            self.runs[at, Stage.TO_REACH] = NONE

    def whole(self, cells: Ints, more: Floats, now: int) -> Present:
        """Return all of it, with what follows from it."""
        issued = np.zeros(self.layout.documents, dtype=np.bool_)
        since = np.zeros(len(self.rows))
        rows, words = self.rows, self.layout
        for at, when in sorted(self.granted.items()):
            run = rows[at, Word.RUN]
            self.runs[run, Stage.OPEN] -= 1
            if rows[at, Word.MILESTONE] and self.runs[run, Stage.TO_REACH] > 0:
                self.runs[run, Stage.TO_REACH] -= 1
            for document in words.made[rows[at, Word.MADE_AT] : rows[at, Word.MADE_END]]:
                if issued[document]:
                    continue
                issued[document] = True
                waiting = words.waiting[words.waits_at[document] : words.waits_at[document + 1]]
                rows[waiting, Word.PENDING] -= 1
                since[waiting] = np.maximum(since[waiting], when)
        for at in map(int, np.flatnonzero(rows[:, Word.STATUS] == Status.WAITING)):
            filed = self.filed.get(int(rows[at, Word.RUN]))
            if filed is not None and rows[at, Word.PENDING] == 0:
                rows[at, Word.STATUS] = Status.READY
                self.elapsed[at] = now - max(since[at], filed)
        return Present(
            rows=rows,
            runs=self.runs,
            elapsed=self.elapsed,
            since=self.since,
            waits_at=words.waits_at,
            waiting=words.waiting,
            made=words.made,
            issued=issued,
            cells=np.ascontiguousarray(cells),
            more=np.ascontiguousarray(more),
        )


def _world(past: Past) -> World:
    queues = past.queues
    return World(
        tables=past.tables,
        tables_of=past.tables_of,
        scale=past.scale,
        refused=past.refused,
        again=past.again,
        preparation=past.preparation,
        waits=queues.waits,
        first=queues.first,
        known=queues.known,
        rolling=False,
        slots=SLOTS,
    )


def alike(queues: Queues, lengths: Ints) -> tuple[Ints, Floats]:
    """Return the cells of the past in which each queue was most like today's, and how it differs.

    Returns:
        cells: Shape (ALIKE, departments).   more: How much longer today's queue is than any then.
    """
    size = len(queues.known)
    cells = np.zeros((ALIKE, max(size, 1)), dtype=np.int64)
    more = np.zeros((ALIKE, max(size, 1)))
    for department in range(size):
        known = int(queues.known[department])
        if not known:
            continue
        some = np.arange(min(_SKIPPED, known // 4), known)
        if not len(some):
            continue
        length = queues.length[department, some]
        nearest = np.argsort(np.abs(length - lengths[department]), kind="stable")[:ALIKE]
        chosen = np.resize(some[nearest], ALIKE)
        cells[:, department] = chosen
        then = queues.length[department, chosen]
        more[:, department] = np.maximum(lengths[department] / np.maximum(then, 1) - 1, 0)
    return cells, more


def _grouped(keys: NDArray[np.int32], size: int) -> list[NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    borders = np.searchsorted(keys[order], np.arange(size + 1))
    return [order[a:b] for a, b in pairwise(borders)]
