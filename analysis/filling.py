"""Many projects at once into columns, straight from the columns of a store.

What `Ledger.put` says of one project after the other, this says of all of them in one pass: a
server that starts has some hundred thousand attempts to read before its first report.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from analysis._codes import JOINS, KINDS, LONGEST_DELAY, RESULTS, RULES, WAYS
from analysis._growing import Words
from analysis.columns import NONE, Join, Result
from workflows.catalogue.values import DayUnit
from workflows.item_runs import HAD
from workflows.wiring import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analysis.cells import Cells, Instants
    from analysis.worktime import WorkTime
    from workflows.catalogue.values import Catalogue

# When each item of a unit was granted, in microseconds, and by which attempt.
_Grants = dict[tuple[int, int, str], list[tuple[int, int]]]
_SECOND = 1_000_000  # microseconds
_BEGIN = -1  # before everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The tables of a ledger, whole: int32, shape (columns, rows), and the words by code."""

    attempts: NDArray[np.int32]
    pauses: NDArray[np.int32]
    runs: NDArray[np.int32]
    cases: NDArray[np.int32]
    projects: Words
    items: Words
    departments: Words
    townships: Words
    agents: Words
    pairs: Words
    told: int  # stage runs that were told of; the rows after them are only named by attempts


def filled(cells: Cells, line: WorkTime, catalogue: Callable[[str], Catalogue]) -> Filled:
    """Return what *cells* say as the tables of a ledger.

    Args:
        catalogue: Returns a catalogue by its hash.

    Raises:
        OutsideCalendarError: If a date lies beyond the calendar.
    """
    return _Filling(cells, line, catalogue).filled()


class _Filling:
    """One pass over everything."""

    def __init__(self, cells: Cells, line: WorkTime, catalogue: Callable[[str], Catalogue]) -> None:
        self.cells, self.line = cells, line
        self.projects, self.items = Words(cells.cases.project), Words()
        self.departments, self.townships = Words(), Words()
        self.agents, self.pairs = Words(), Words()
        self.catalogues = cells.cases.catalogue
        self.catalogue = cache(catalogue)
        self.at = [*map(self.projects.code, cells.runs.project)]  # of attempts
        self.item = [*map(self.items.code, cells.runs.item)]
        self.run_rows: dict[tuple[int, int, int], int] = {}

    def filled(self) -> Filled:
        cases, runs = self._cases(), self._stages()
        told = len(runs)
        attempts = self._attempts(cases, runs)
        return Filled(
            attempts=attempts,
            pauses=self._pauses(),
            runs=_table(zip(*runs, strict=True), 9),
            cases=cases,
            projects=self.projects,
            items=self.items,
            departments=self.departments,
            townships=self.townships,
            agents=self.agents,
            pairs=self.pairs,
            told=told,
        )

    def _cases(self) -> NDArray[np.int32]:
        cases = self.cells.cases
        return _table(
            (
                cases.flow,
                [*map(self.townships.code, cases.township)],
                [*map(self.agents.code, cases.agent)],
                self._minutes(cases.filed_at),
                self._minutes(cases.ended_at),
                self._days(cases.filed_at),
            ),
            6,
        )

    def _stages(self) -> list[tuple[int, ...]]:
        """Return the rows of the stage runs, and keep where each lies."""
        stages = self.cells.stages
        found: list[tuple[int, ...]] = []
        instants = (stages.opened_at, stages.filed_at, stages.milestone_at, stages.ended_at)
        minutes = zip(*(self._minutes(each).tolist() for each in instants), strict=True)
        joins = cache(lambda hash_, stage: self.catalogue(hash_).stages[stage].join)
        keys = zip(map(self.projects.code, stages.project), stages.stage, stages.unit, strict=True)
        for key, times in zip(keys, minutes, strict=True):
            project, stage, unit = key
            join = joins(self.catalogues[project], stage)
            before = NONE if join is None else self._before(project, stage, unit)
            self.run_rows[key] = len(found)
            found.append((*key, int(JOINS[join]), *times, before))
        return found

    def _before(self, project: int, stage: int, unit: int) -> int:
        """Return the run whose milestone opened this one: of the same unit, or of the whole."""
        earlier = [
            (project, before, home) for home in (unit, 0) for before in range(stage - 1, 0, -1)
        ]
        return next((self.run_rows[key] for key in earlier if key in self.run_rows), NONE)

    def _run(self, runs: list[tuple[int, ...]], key: tuple[int, int, int]) -> int:
        """Return the row of an attempt's stage run; one that nobody told of is made."""
        row = self.run_rows.get(key)
        if row is None:
            row = self.run_rows[key] = len(runs)
            runs.append((*key, int(Join.NONE), *(NONE,) * 5))
        return row

    def _attempts(self, cases: NDArray[np.int32], runs: list[tuple[int, ...]]) -> NDArray[np.int32]:
        """Return the attempts, in the order of ATTEMPTS."""
        told = self.cells.runs
        at = np.array(self.at, dtype=np.int64)
        keys = zip(self.at, told.stage, told.unit, strict=True)
        grants = self._grants()
        documents, waited_for = self._documents(grants)
        ended = self._minutes(told.ended_at)
        came = self._minutes(documents)
        return _table(
            (
                at,
                [self._run(runs, key) for key in keys],
                told.stage,
                told.unit,
                told.attempt,
                *(cases[column][at] for column in range(3)),  # flow, township, agent
                [*map(self.departments.code, told.department)],
                self.item,
                [WAYS.get(how, NONE) for how in told.how],
                self._pair_codes(),
                self._partners(),
                [RULES.get(policy or "", NONE) for policy in told.policy],
                self._results(),
                self._minutes(told.wanted_at),
                came,
                waited_for,
                self._producers(grants, waited_for, came.tolist(), ended.tolist()),
                self._previous(at),
                self._minutes(told.filed_at),
                self._minutes(told.received_at),
                self._minutes(told.accepted_at),
                self._minutes(told.begun_at),
                self._minutes(told.decided_at),
                ended,
                self._days(told.filed_at),
                self._days(told.accepted_at),
                self._days(told.decided_at),
                self._days(told.ended_at),
                [NONE if limit is None else limit for limit in told.limit],
                [unit == DayUnit.CALENDAR_DAY for unit in told.limit_unit],
                self._milestones(),
                [min(int(late), LONGEST_DELAY) for late in told.late],
            ),
            34,
        )

    def _results(self) -> list[int]:
        other = int(Result.OTHER)
        return [
            int(Result.OPEN) if result is None else RESULTS.get(result, other)
            for result in self.cells.runs.result
        ]

    def _pair_codes(self) -> list[int]:
        told = self.cells.runs
        return [
            NONE if pair is None else self.pairs.code(f"{project}/{pair}")
            for project, pair in zip(told.project, told.pair, strict=True)
        ]

    def _partners(self) -> list[int]:
        told = self.cells.runs
        return [
            NONE if first is None else self.items.code(second if first == item else first)
            for item, first, second in zip(told.item, told.first, told.second, strict=True)
        ]

    def _milestones(self) -> list[bool]:
        @cache
        def milestone(hash_: str, code: str) -> bool:
            item = self.catalogue(hash_).items.get(code)
            return item is not None and item.milestone

        items = self.cells.runs.item
        return [milestone(self.catalogues[at], c) for at, c in zip(self.at, items, strict=True)]

    def _previous(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the attempt of the same item before each one: it stands in the row before."""
        told = self.cells.runs
        same = np.zeros(len(at), dtype=np.bool_)
        if len(at):
            key = np.array((at, told.unit, self.item), dtype=np.int64)
            number = np.array(told.attempt, dtype=np.int64)
            same[1:] = (key[:, 1:] == key[:, :-1]).all(axis=0) & (number[1:] == number[:-1] + 1)
        return np.where(same, np.arange(len(at)) - 1, NONE)

    def _documents(self, grants: _Grants) -> tuple[NDArray[np.int64], list[int]]:
        """Return when the last hard document came, where it came after the item was wanted.

        And from which item; -1 and NONE where none did.
        """
        told, producers = self.cells.runs, self._producers_of()
        starts = self._starts()
        came, items = np.full(len(self.at), _BEGIN, dtype=np.int64), [NONE] * len(self.at)
        wanted, filed = told.wanted_at.tolist(), told.filed_at.tolist()
        for row, (at, unit, item) in enumerate(zip(self.at, told.unit, told.item, strict=True)):
            last = (wanted[row], "")
            for stage, code in producers(self.catalogues[at], item):
                home = unit if starts[at, unit] <= stage <= STAGES else 0
                for issued, _ in grants.get((at, home, code), ()):
                    if wanted[row] < issued <= filed[row]:
                        last = max(last, (issued, code))
            if last[1]:
                came[row], items[row] = last[0], self.items.code(last[1])
        return came, items

    def _grants(self) -> _Grants:
        """Return when each item was granted and by which attempt, also where it was revoked."""
        told, ended = self.cells.runs, self.cells.runs.ended_at.tolist()
        found: _Grants = {}
        for row, result in enumerate(told.result):
            if result in HAD and ended[row] >= 0:
                key = (self.at[row], told.unit[row], told.item[row])
                found.setdefault(key, []).append((ended[row], row))
        return found

    def _producers_of(self) -> Callable[[str, str], tuple[tuple[int, str], ...]]:
        """Return who produces the hard documents that an item of a catalogue needs."""

        @cache
        def producers(hash_: str, code: str) -> tuple[tuple[int, str], ...]:
            catalogue = self.catalogue(hash_)
            item = catalogue.items.get(code)
            needs = () if item is None else item.hard_needs
            return tuple(
                (each.stage, each.code) for need in needs for each in catalogue.producers(need)
            )

        return producers

    def _starts(self) -> dict[tuple[int, int], int]:
        units = self.cells.units
        projects = map(self.projects.code, units.project)
        return dict(zip(zip(projects, units.unit, strict=True), units.stage, strict=True))

    def _producers(
        self, grants: _Grants, waited_for: Sequence[int], came: Sequence[int], ended: Sequence[int]
    ) -> list[int]:
        """Return the attempt that brought each document: of the same unit, or of the whole.

        Of several that were granted it is the last one up to then: one granted anew since did not.
        """
        names, units = self.items.all(), self.cells.runs.unit
        found = [NONE] * len(waited_for)
        for row, item in enumerate(waited_for):
            if item == NONE:
                continue
            for home in (units[row], 0):
                granted = grants.get((self.at[row], home, names[item]), ())
                known = [(ended[by], by) for _, by in granted if ended[by] <= came[row]]
                if known:
                    found[row] = max(known)[1]
                    break
        return found

    def _pauses(self) -> NDArray[np.int32]:
        told, runs = self.cells.pauses, self.cells.runs
        keys = zip(self.at, runs.unit, runs.item, runs.attempt, strict=True)
        rows = {key: row for row, key in enumerate(keys)}
        projects = map(self.projects.code, told.project)
        named = zip(projects, told.unit, told.item, told.attempt, strict=True)
        return _table(
            (
                [rows[key] for key in named],
                [KINDS[kind] for kind in told.kind],
                self._minutes(told.since),
                self._minutes(told.until),
                self._days(told.since),
                self._days(told.until),
                told.counted,
            ),
            7,
        )

    def _minutes(self, instants: Instants) -> NDArray[np.int32]:
        return self.line.minutes(instants // _SECOND)

    def _days(self, instants: Instants) -> NDArray[np.int32]:
        return self.line.days(instants // _SECOND)


def _table(columns: Iterable[object], many: int) -> NDArray[np.int32]:
    """Return columns as one table, int32, shape (many, rows)."""
    made = [np.asarray(each, dtype=np.int32) for each in columns]
    return np.array(made, dtype=np.int32) if made else np.empty((many, 0), dtype=np.int32)
