"""Keeps the facts of many projects as columns, and follows them attempt by attempt.

What an attempt is told twice takes the place of what was told before, so that a project that moved
on costs what moved, not what there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis._codes import JOINS, KINDS, LONGEST_DELAY, RESULTS, RULES, WAYS
from analysis._growing import Table, Words
from analysis.columns import (
    ATTEMPTS,
    CASE_COLUMNS,
    NONE,
    PAUSE_COLUMNS,
    RUN_COLUMNS,
    Cases,
    Columns,
    Join,
    Names,
    Result,
    Runs,
)
from analysis.worktime import WorkTime
from workflows.catalogue.values import DayUnit
from workflows.item_runs import HAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from analysis.filling import Filled
    from workflows.calendar import Calendar
    from workflows.item_runs import Case, ItemRun, StageFact, Stretch


class Ledger:
    """The facts of many projects, beside one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        """Begin with nothing."""
        self.worktime = WorkTime.of(calendar)
        self._attempts = Table(ATTEMPTS)
        self._pauses = Table(PAUSE_COLUMNS)
        self._runs = Table(RUN_COLUMNS)
        self._cases = Table(CASE_COLUMNS)
        self._rows: dict[tuple[int, int, int, int], int] = {}
        self._run_rows: dict[tuple[int, int, int], int] = {}
        self._pauses_of: dict[int, list[int]] = {}
        # When each item was granted, by attempt: documents that others may have waited for.
        self._grants: dict[tuple[int, int, int], dict[int, int]] = {}
        self._told: dict[int, set[tuple[int, int, int, int]]] = {}
        self._stages: dict[int, set[tuple[int, int]]] = {}
        self._gone: list[int] = []  # rows of attempts that are no longer told
        self._projects = Words()
        self._items = Words()
        self._departments = Words()
        self._townships = Words()
        self._agents = Words()
        self._pairs = Words()

    def fill(self, whole: Filled) -> None:
        """Take over everything of many projects, while nothing is known yet."""
        self._projects, self._items, self._pairs = whole.projects, whole.items, whole.pairs
        self._departments, self._townships = whole.departments, whole.townships
        self._agents = whole.agents
        self._attempts.fill(whole.attempts)
        self._pauses.fill(whole.pauses)
        self._runs.fill(whole.runs)
        self._cases.fill(whole.cases)
        cells = self._runs.cells
        for row, run in enumerate(
            zip(cells("project"), cells("stage"), cells("unit"), strict=True)
        ):
            self._run_rows[run] = row
            if row < whole.told:
                self._stages.setdefault(run[0], set()).add(run[1:])
        for slot, row in enumerate(self._pauses.cells("pause_of")):
            self._pauses_of.setdefault(row, []).append(slot)
        self._fill_keys()

    def _fill_keys(self) -> None:
        """Keep where each attempt lies, and what was granted when."""
        cells, had = self._attempts.cells, {RESULTS[result] for result in HAD}
        keys = [*zip(cells("project"), cells("unit"), cells("item"), cells("attempt"), strict=True)]
        self._rows = dict(zip(keys, range(len(keys)), strict=True))
        for key in keys:
            self._told.setdefault(key[0], set()).add(key)
        for row, (result, ended) in enumerate(zip(cells("result"), cells("ended"), strict=True)):
            if result in had:
                self._grants.setdefault(keys[row][:3], {})[row] = ended

    def put(self, case: Case) -> None:
        """Take in everything of a project; what was known of it before is overwritten.

        Raises:
            OutsideCalendarError: If a date lies beyond the calendar.
        """
        self.put_case(case)
        code = self._projects.code(case.project)
        self._forget_stages(code, {(stage.stage, stage.unit) for stage in case.stages})
        for stage in case.stages:
            self.put_stage(case.project, stage)
        before = self._told.pop(code, set())
        rows = [(self.put_run(run), run) for run in case.runs]
        for key in before - self._told.get(code, set()):
            self._forget(key)
        for row, run in rows:  # once all that could have produced a document is known
            self._set_producer(row, run)

    def put_case(self, case: Case) -> None:
        """Take in what is true of a project as a whole."""
        code = self._projects.code(case.project)
        if code == self._cases.count:
            self._cases.add()
        minute = self.worktime.minute
        self._cases.put(
            code,
            (
                case.flow,
                self._townships.code(case.township),
                self._agents.code(case.agent),
                minute(case.filed_at),
                minute(case.ended_at),
                self.worktime.day(case.filed_at),
            ),
        )

    def put_stage(self, project: str, fact: StageFact) -> None:
        """Take in one stage run."""
        code = self._projects.code(project)
        row = self._run_row(code, fact.stage, fact.unit)
        minute = self.worktime.minute
        self._runs.put(
            row,
            (
                code,
                fact.stage,
                fact.unit,
                int(JOINS[fact.join]),
                minute(fact.opened_at),
                minute(fact.filed_at),
                minute(fact.milestone_at),
                minute(fact.ended_at),
                NONE if fact.join is None else self._run_before(code, fact.stage, fact.unit),
            ),
        )

    def put_run(self, run: ItemRun) -> int:
        """Take in one attempt and return its row; of its producer nothing is asked yet."""
        project, item = self._projects.code(run.project), self._items.code(run.item)
        key = (project, run.unit, item, run.attempt)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._attempts.add()
        self._attempts.put(row, self._cells(run, key))
        self._told.setdefault(project, set()).add(key)
        if run.result in HAD:
            self._grants.setdefault(key[:3], {})[row] = self.worktime.minute(run.ended_at)
        elif key[:3] in self._grants:
            self._grants[key[:3]].pop(row, None)
        self._put_pauses(row, run.pauses)
        return row

    def follow(self, runs: Iterable[ItemRun]) -> None:
        """Take in attempts that changed, of projects that are known."""
        for run in runs:
            self._set_producer(self.put_run(run), run)

    def columns(self, now: datetime, *, copied: bool = False) -> Columns:
        """Return what is known, as of *now*.

        Args:
            copied: For one who reads while others write; else the columns are views, good until
                the next fact is taken in.
        """
        attempts = self._attempts.columns(copied=copied)
        found = Columns(
            worktime=self.worktime,
            now=self.worktime.minute(now),
            today=self.worktime.day(now),
            names=Names(
                projects=self._projects.all(),
                items=self._items.all(),
                departments=self._departments.all(),
                townships=self._townships.all(),
                agents=self._agents.all(),
                pairs=self._pairs.all(),
            ),
            cases=Cases(**self._cases.columns(copied=copied)),
            runs=Runs(**self._runs.columns(copied=copied)),
            **attempts,
            **self._pauses.columns(copied=copied),
        )
        if not self._gone:
            return found
        kept = np.full(len(found), fill_value=True)
        kept[self._gone] = False
        return found.chosen(kept)

    def _cells(self, run: ItemRun, key: tuple[int, int, int, int]) -> tuple[int, ...]:
        """Return an attempt's cells in the order of ATTEMPTS."""
        minute, day = self.worktime.minute, self.worktime.day
        project, unit, item, attempt = key
        pair = None if run.pair is None else f"{run.project}/{run.pair}"
        return (
            project,
            self._run_row(project, run.stage, unit),
            run.stage,
            unit,
            attempt,
            run.flow,
            self._townships.code(run.township),
            self._agents.code(run.agent),
            self._departments.code(run.department),
            item,
            WAYS.get(run.how, NONE),
            self._pairs.code(pair),
            self._items.code(run.partner),
            RULES.get(run.policy or "", NONE),
            Result.OPEN if run.result is None else RESULTS.get(run.result, int(Result.OTHER)),
            minute(run.wanted_at),
            minute(run.documents_at),
            self._items.code(run.waited_for),
            NONE,
            self._rows.get((project, unit, item, attempt - 1), NONE),
            minute(run.filed_at),
            minute(run.received_at),
            minute(run.accepted_at),
            minute(run.begun_at),
            minute(run.decided_at),
            minute(run.ended_at),
            day(run.filed_at),
            day(run.accepted_at),
            day(run.decided_at),
            day(run.ended_at),
            NONE if run.limit is None else run.limit,
            run.limit_unit is DayUnit.CALENDAR_DAY,
            run.milestone,
            min(int(run.recorded_late), LONGEST_DELAY),
        )

    def _put_pauses(self, row: int, pauses: Sequence[Stretch]) -> None:
        slots = self._pauses_of.setdefault(row, []) if pauses else self._pauses_of.get(row, [])
        while len(slots) < len(pauses):
            slots.append(self._pauses.add())
        minute, day = self.worktime.minute, self.worktime.day
        for slot, pause in zip(slots, pauses, strict=False):
            self._pauses.put(
                slot,
                (
                    row,
                    KINDS[pause.kind],
                    minute(pause.since),
                    minute(pause.until),
                    day(pause.since),
                    day(pause.until),
                    pause.counted,
                ),
            )
        for slot in slots[len(pauses) :]:  # told once and not there any more
            self._pauses.set(slot, "pause_of", NONE)

    def _set_producer(self, row: int, run: ItemRun) -> None:
        """Name the attempt that brought the last document: of the same unit, or of the whole.

        Of several that were granted it is the last one up to then: one granted anew since did not.
        """
        if run.waited_for is None:
            return
        project, item = self._projects.code(run.project), self._items.code(run.waited_for)
        came = self.worktime.minute(run.documents_at)
        for unit in (run.unit, 0):
            grants = self._grants.get((project, unit, item), {})
            known = [(ended, found) for found, ended in grants.items() if ended <= came]
            if known:
                self._attempts.set(row, "producer", max(known)[1])
                return

    def _forget(self, key: tuple[int, int, int, int]) -> None:
        """Leave out an attempt that was told once and is not there any more."""
        row = self._rows.pop(key)
        self._gone.append(row)
        self._grants.get(key[:3], {}).pop(row, None)
        self._put_pauses(row, ())

    def _forget_stages(self, project: int, told: set[tuple[int, int]]) -> None:
        """Know nothing of stage runs that are no longer told; attempts may still name them."""
        for stage, unit in self._stages.get(project, set()) - told:
            row = self._run_rows[project, stage, unit]
            self._runs.put(row, (project, stage, unit, int(Join.NONE), *(NONE,) * 5))
        self._stages[project] = told

    def _run_row(self, project: int, stage: int, unit: int) -> int:
        """Return the row of a stage run; of one that nobody told of, only where it belongs."""
        key = (project, stage, unit)
        row = self._run_rows.get(key)
        if row is None:
            row = self._run_rows[key] = self._runs.add()
            self._runs.put(row, (project, stage, unit, int(Join.NONE), *(NONE,) * 5))
        return row

    def _run_before(self, project: int, stage: int, unit: int) -> int:
        earlier = range(stage - 1, 0, -1)
        keys = [(project, before, unit) for before in earlier]
        keys += [(project, before, 0) for before in earlier]
        return next((self._run_rows[key] for key in keys if key in self._run_rows), NONE)


def columns_of(cases: Iterable[Case], calendar: Calendar, now: datetime) -> Columns:
    """Return the columns of some projects."""
    ledger = Ledger(calendar)
    for case in cases:
        ledger.put(case)
    return ledger.columns(now)
