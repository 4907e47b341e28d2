"""Which item closed each stage, by how many days, and the path that its time really took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._compiled import compiled
from analysis.columns import NONE, Join, Result
from analysis.parts import Part
from analysis.worktime import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.columns import Columns, Ints

STAGES = 4  # those in line; stage 5 runs alongside
_LONGEST = 40  # attempts of a path; each adds two stretches at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The attempt at which each stage run closed. All shape (runs,).

    Attributes:
        gate: int32: the attempt that closed the run, NONE while it is open.
        runner_up: int32: the attempt that would have closed it, had the gate not been; NONE
            where there was no other.
        credit: int32: minutes by which the gate was later than its runner-up, or than the run's
            filing where there was none. 0 where any one grant is enough: a slower one costs
            nothing.
    """

    gate: Ints
    runner_up: Ints
    credit: Ints


def gates(columns: Columns, *, ends: bool = False) -> Gates:
    """Return what closed each stage run: its milestone, or with *ends* the run as a whole.

    The milestone is made by the grants of its items. A stage without one, and every stage as a
    whole, is closed by the last of all its attempts, once nothing is open or wanted.
    """
    runs = columns.runs
    by_end = np.full(len(runs), fill_value=True) if ends else runs.join == Join.NONE
    # What was revoked later had been granted, and had made the milestone.
    granted = np.isin(columns.result, (Result.GRANTED, Result.REVOKED)) & (columns.milestone == 1)
    granted &= columns.filed <= runs.milestone[columns.run]  # not one that was granted anew since
    candidates = (by_end[columns.run] | granted) & columns.over
    closed = np.where(by_end, runs.ended, runs.milestone) != NEVER
    any_one = (runs.join == Join.ANY) & ~by_end
    gate, second = _last_two(
        columns.run, columns.item, columns.ended, candidates, any_one, len(runs)
    )
    gate[~closed] = NONE
    second[~closed] = NONE
    begun = np.where(runs.filed == NEVER, runs.opened, runs.filed)
    own = columns.ended[gate] if len(columns) else gate
    other = np.where(second == NONE, begun, columns.ended[second]) if len(columns) else second
    credit = np.where((gate == NONE) | any_one, 0, np.maximum(own - other, 0))
    return Gates(gate=gate, runner_up=second, credit=credit.astype(np.int32))


@compiled
def _last_two(  # noqa: PLR0913, PLR0917 - one loop, compiled
    run: Ints,
    item: Ints,
    ended: Ints,
    candidates: NDArray[np.bool_],
    first: NDArray[np.bool_],
    size: int,
) -> tuple[Ints, Ints]:
    """Return the last to end of each run and the last of another item; the first where so asked.

    Of those that ended in the same minute the one with the higher row closed.
    """
    top = np.full(size, -1, dtype=np.int32)
    second = np.full(size, -1, dtype=np.int32)
    for row in range(len(run)):
        if not candidates[row]:
            continue
        at = run[row]
        one, two = top[at], second[at]
        sign = -1 if first[at] else 1
        if one == -1:
            top[at] = row
        elif item[one] == item[row]:
            if ended[row] >= ended[one]:
                top[at] = row
        elif sign * ended[row] >= sign * ended[one]:
            top[at], second[at] = row, one
        elif two == -1 or sign * ended[row] >= sign * ended[two]:
            second[at] = row
    return top, second


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The realised critical path of each project: stretches that follow one another without a gap.

    Attributes:
        project, row: int32, shape (stretches,): the project, and the attempt that the time was
            spent on; NONE = before the joint application of a stage.
        run: int32, shape (stretches,): the stage run.
        since, until: int32, shape (stretches,): minutes. Each project's in order of time.
    """

    project: Ints
    row: Ints
    run: Ints
    since: Ints
    until: Ints


def path(columns: Columns, found: Gates) -> Path:
    """Return each project's path from its first stage's opening to its last stage run.

    From the gate of the last run of unit 0, or of any where it has none, one goes back: to the
    attempt that brought the document last waited for, to the attempt before on the same item, else
    to the application of the stage and to the gate that opened it. In a run that is still open the
    open attempt that has been wanted longest stands for the gate, and the path goes on until now;
    where nothing is open in it, nothing was being done since the last attempt ended.
    """
    runs = columns.runs
    heads = _heads(columns, found)
    idle = (heads == NONE) & (runs.opened != NEVER)
    idle &= np.where(runs.join == Join.NONE, runs.ended, runs.milestone) == NEVER
    begun = np.where(idle, 0, heads)
    last = _last_runs(runs.project, runs.stage, runs.unit, begun, len(columns.cases))
    cells = np.empty((5, (2 * _LONGEST + 1) * len(columns.cases)), dtype=np.int32)
    count = _walked(
        cells,
        last,
        heads,
        _tails(columns, idle),
        np.where(columns.cases.ended == NEVER, columns.now, columns.cases.ended)[runs.project],
        runs.before,
        runs.opened,
        columns.run,
        columns.producer,
        columns.previous,
        columns.wanted,
        columns.documents,
        columns.until,
    )
    project, row, run, since, until = cells[:, :count]
    order = np.lexsort((since, project))
    return Path(
        project=project[order],
        row=row[order],
        run=run[order],
        since=since[order],
        until=until[order],
    )


def _heads(columns: Columns, found: Gates) -> Ints:
    """Return the gate of each run; of one whose milestone is to come, what it waits for."""
    heads = found.gate.copy()
    going = ~columns.over & (heads[columns.run] == NONE) if len(columns) else columns.over
    counted = (columns.milestone == 1) | (columns.runs.join[columns.run] == Join.NONE)
    rows = np.flatnonzero(going)
    # Of those that count for the milestone, and else of all, the one wanted first comes last here.
    for row in rows[np.lexsort((-rows, -columns.wanted[rows], counted[rows]))].tolist():
        heads[columns.run[row]] = row
    return heads


def _tails(columns: Columns, idle: NDArray[np.bool_]) -> Ints:
    """Return the attempt of each idle run that ended last, or NONE."""
    tails = np.full(len(idle), NONE, dtype=np.int32)
    rows = np.flatnonzero(columns.over & idle[columns.run]) if len(columns) else idle.nonzero()[0]
    ordered = rows[np.argsort(columns.ended[rows], kind="stable")] if len(columns) else rows[:0]
    tails[columns.run[ordered]] = ordered
    return tails


def path_parts(columns: Columns, minutes: Ints, way: Path) -> Ints:
    """Return the minutes of each stretch by part: int32, shape (stretches, len(PARTS)).

    A row adds up to the stretch. An attempt lies on the path from when it could be filed to its
    end; the time before the application of a stage is FILING.

    Args:
        minutes: What `parts` says of *columns*.
    """
    none = np.zeros((len(way.row), minutes.shape[1]), dtype=np.int32)
    shares = minutes[way.row] if len(columns) else none
    shares[way.row == NONE] = 0
    shares[:, Part.DOCUMENTS] = 0
    lengths = way.until - way.since
    rest = lengths - shares.sum(axis=1, dtype=np.int32)
    shares[:, Part.FILING] += np.maximum(rest, 0)
    # An entry that was put right later may lie beyond its stretch: what is too much is cut.
    for part in range(shares.shape[1]) if (rest < 0).any() else ():
        over = np.minimum(np.maximum(-rest, 0), shares[:, part])
        shares[:, part] -= over
        rest += over
    return shares


@compiled
def _last_runs(project: Ints, stage: Ints, unit: Ints, gate: Ints, size: int) -> Ints:
    """Return the furthest closed run of stages 1 to 4 of each project, unit 0 before others."""
    last = np.full(size, -1, dtype=np.int32)
    for run in range(len(project)):
        if gate[run] == -1 or stage[run] > STAGES:
            continue
        at = last[project[run]]
        if at == -1 or (stage[run], -unit[run]) > (stage[at], -unit[at]):
            last[project[run]] = run
    return last


@compiled
def _walked(  # noqa: PLR0913, PLR0917 - one loop, compiled
    cells: Ints,
    last: Ints,
    gate: Ints,
    tails: Ints,
    until: Ints,
    before: Ints,
    opened: Ints,
    run_of: Ints,
    producer: Ints,
    previous: Ints,
    wanted: Ints,
    documents: Ints,
    ended: Ints,
) -> int:
    """Fill *cells* with the stretches, from each project's end back, and return how many."""
    count = 0
    for project in range(len(last)):
        run = last[project]
        if run == -1:
            continue
        row = gate[run]
        at = until[run] if row == -1 else ended[row]
        if row == -1 and tails[run] != -1:  # nothing is open: since the last one ended
            row = tails[run]
            count, at = _put(cells, count, project, -1, run, ended[row], at)
        for _ in range(_LONGEST):
            if row != -1:
                back = producer[row]
                since = wanted[row]
                if back != -1 and documents[row] > since:
                    since = documents[row]
                else:
                    back = previous[row]
                count, at = _put(cells, count, project, row, run_of[row], since, at)
                if back != -1 and ended[back] <= at + 1:
                    row = back
                    continue
                run = run_of[row]
            # Nothing but the stage held it: the application, and what opened the stage.
            begin = opened[run] if opened[run] != -1 else at
            count, at = _put(cells, count, project, -1, run, begin, at)
            run = before[run]
            row = gate[run] if run != -1 else -1
            if row == -1 or ended[row] > at:
                break
    return count


@compiled
def _put(  # noqa: PLR0913, PLR0917 - one stretch
    cells: Ints, count: int, project: int, row: int, run: int, since: int, at: int
) -> tuple[int, int]:
    """Write a stretch down where it has a length; return how many there are, and its begin."""
    if since >= at:
        return count, at
    cells[0, count], cells[1, count], cells[2, count] = project, row, run
    cells[3, count], cells[4, count] = since, at
    return count + 1, since
