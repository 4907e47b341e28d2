from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from analysis import queues
from analysis.causes import charges, path_charges
from analysis.columns import NONE, Join, Result
from analysis.gating import gates, path, path_parts
from analysis.groups import figures, measures, whole
from analysis.ledger import Ledger, columns_of
from analysis.parts import PARTS, Part, parts
from analysis.report import report
from analysis.worktime import DAY, NEVER
from tests.support.fact_strategies import NOW, cases, districts
from workflows.calendar import shipped
from workflows.moments import local_date

if TYPE_CHECKING:
    from analysis.columns import Columns
    from workflows.item_runs import Case

CALENDAR = shipped()
FEW = settings(max_examples=12)  # drawing a district costs more than looking at it


class TestParts:
    @given(districts())
    @FEW
    def test_add_up_to_the_time_that_passed(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)

        found = parts(columns)

        passed = np.maximum(columns.until - columns.wanted, 0)
        assert (found >= 0).all()
        assert (found.sum(axis=1) == passed).all()

    @given(cases())
    @FEW
    def test_give_a_pause_no_more_than_it_lasted(self, case: Case) -> None:
        columns = columns_of([case], CALENDAR, NOW)

        found = parts(columns)

        for kind in range(4):
            of = columns.pause_of[columns.pause_kind == kind]
            ends = np.where(columns.pause_until == NONE, columns.now, columns.pause_until)
            lasted = (ends - columns.pause_since)[columns.pause_kind == kind]
            most = np.bincount(of, weights=lasted, minlength=len(columns))
            assert (found[:, kind] <= most).all()

    @given(districts())
    @FEW
    def test_add_up_within_every_stage_run_and_key(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)
        measured = measures(columns)

        by_run = np.zeros(len(columns.runs), dtype=np.int64)
        np.add.at(by_run, columns.run, measured.minutes.sum(axis=1))
        passed = np.zeros(len(columns.runs), dtype=np.int64)
        np.add.at(passed, columns.run, np.maximum(columns.until - columns.wanted, 0))
        assert (by_run == passed).all()

        keyed = figures(measured, columns.department, columns.names.departments)
        total = sum(each.elapsed_days * each.attempts for each in keyed)
        assert abs(total - passed.sum() / DAY) < 1e-6


class TestLegalDays:
    @given(cases())
    @settings(max_examples=40)
    def test_are_those_of_the_clock(self, case: Case) -> None:
        columns = columns_of([case], CALENDAR, NOW)

        found = measures(columns).used

        on = local_date(NOW)
        expected = [run.used(CALENDAR, on) for run in case.runs]
        assert [None if days == NONE else days for days in found.tolist()] == expected


class TestPath:
    @given(districts(ordered=True))
    @FEW
    def test_leaves_no_gap_and_charges_every_minute(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)
        minutes = parts(columns)

        way = path(columns, gates(columns))
        shares = path_parts(columns, minutes, way)

        for project in range(len(columns.cases)):
            own = np.flatnonzero(way.project == project)
            assert all(way.until[a] == way.since[b] for a, b in pairwise(own))
        assert (shares >= 0).all()
        assert (shares.sum(axis=1) == way.until - way.since).all()
        charged = path_charges(columns, way, shares).minutes.sum()
        assert charged == (way.until - way.since).sum()


class TestGates:
    @given(districts(ordered=True))
    @FEW
    def test_are_the_last_of_their_run(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)

        found = gates(columns, ends=True)

        for run in range(len(columns.runs)):
            ended = [r for r in range(len(columns)) if columns.run[r] == run and columns.over[r]]
            gate, second = found.gate[run], found.runner_up[run]
            if columns.runs.ended[run] == NONE or not ended:
                assert gate == NONE
                continue
            ends = sorted(int(columns.ended[r]) for r in ended)
            assert columns.ended[gate] == ends[-1]
            assert (second == NONE) == (len(ended) == 1)
            if len(ended) > 1:
                assert found.credit[run] == ends[-1] - ends[-2]


class TestMilestones:
    @given(districts(ordered=True))
    @FEW
    def test_are_closed_by_the_last_grant_that_counts(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)
        runs = columns.runs

        found = gates(columns)

        for run in np.flatnonzero(runs.join != Join.NONE).tolist():
            reached = int(runs.milestone[run])
            granted = [
                row
                for row in np.flatnonzero((columns.run == run) & (columns.milestone == 1)).tolist()
                if columns.result[row] in {Result.GRANTED, Result.REVOKED}
                and columns.filed[row] <= reached
            ]
            ends = sorted(int(columns.ended[row]) for row in granted)
            if reached == NONE or not ends:
                assert found.gate[run] == NONE
                continue
            any_one = runs.join[run] == Join.ANY
            assert columns.ended[found.gate[run]] == ends[0 if any_one else -1]
            begun = int(runs.opened[run] if runs.filed[run] == NONE else runs.filed[run])
            other = ends[-2] if len(ends) > 1 else begun
            assert found.credit[run] == (0 if any_one else max(ends[-1] - other, 0))


class TestQueues:
    @given(districts(ordered=True))
    @FEW
    def test_obey_littles_law(self, district: tuple[Case, ...]) -> None:
        """L = λW over a window that holds every arrival and departure."""
        columns = columns_of(district, CALENDAR, NOW)
        low, high = int(columns.wanted.min()), columns.now + 1

        for each in queues.queues(columns, (low, high)):
            minutes, waiting = queues.line(columns, each.department)
            steps = np.append(minutes, high)
            mean = float((np.diff(steps) * waiting).sum()) / (high - low)
            assert (waiting >= 0).all()
            assert abs(each.waiting - mean) < 1e-9
            assert abs(each.arrivals * each.wait_days - mean) < 1e-9
            assert (each.balance is None) == (mean == 0)
            own = columns.department == columns.names.departments.index(each.department)
            standing = own & ~columns.over & (columns.begun == NEVER) & (columns.decided == NEVER)
            if mean and not standing.any():  # all have left
                assert each.balance == pytest.approx(1)


class TestCharges:
    @given(districts())
    @FEW
    def test_charge_every_minute_but_the_wait_for_documents(
        self, district: tuple[Case, ...]
    ) -> None:
        columns = columns_of(district, CALENDAR, NOW)
        minutes = parts(columns)

        charged = charges(columns, minutes)

        expected = int(minutes.sum() - minutes[:, Part.DOCUMENTS].sum())
        assert charged.minutes.sum() == expected
        assert charged.projects.sum() == len(np.unique(columns.project))


class TestFigures:
    @given(districts())
    @FEW
    def test_have_the_quantiles_of_numpy(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)

        found = whole(measures(columns))

        spans = np.maximum(columns.ended - columns.filed, 0)[columns.over] / DAY
        assert found.ended == len(spans)
        if len(spans):
            assert found.median_days is not None
            assert found.p90_days is not None
            assert abs(found.median_days - np.quantile(spans, 0.5)) < 1e-9
            assert abs(found.p90_days - np.quantile(spans, 0.9)) < 1e-9


class TestLedger:
    @given(cases(), cases())
    @settings(max_examples=25)
    def test_forgets_what_was_told_before(self, once: Case, then: Case) -> None:
        """One that was told much else says what one says that never heard of it."""
        ledger = Ledger(CALENDAR)
        ledger.put(once)
        ledger.put(then)

        assert _said(ledger.columns(NOW)) == _said(columns_of([then], CALENDAR, NOW))

    @given(districts())
    @settings(max_examples=10)
    def test_answers_every_report(self, district: tuple[Case, ...]) -> None:
        columns = columns_of(district, CALENDAR, NOW)

        found = report(columns)

        assert found.whole.attempts == len(columns)
        assert sum(each.attempts for each in found.items) == len(columns)
        assert len(found.whole.days) == len(PARTS)


def _said(columns: Columns) -> object:
    """Return parts, producers, gates and the path, in words, whatever order they came in."""
    minutes, found = parts(columns), gates(columns)
    way = path(columns, found)
    shares = path_parts(columns, minutes, way)

    def word(row: int) -> str | None:
        return None if row == NONE else columns.names.items[columns.item[row]]

    return (
        sorted(
            (word(row) or "", word(columns.producer[row]) or "", *minutes[row].tolist())
            for row in range(len(columns))
        ),
        sorted(
            (int(columns.runs.stage[run]), word(gate) or "", int(found.credit[run]))
            for run, gate in enumerate(found.gate)
            if gate != NONE
        ),
        [(word(row), *share.tolist()) for row, share in zip(way.row, shares, strict=True)],
    )
