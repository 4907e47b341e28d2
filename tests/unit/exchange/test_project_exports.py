from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from engine.library import shipped
from exchange import national, national_in, ocel, ocel_sqlite
from exchange.account import Noted, Unused
from exchange.as_facts import Horizon
from exchange.errors import BadObjectsError, BadTableError, MissingColumnError
from exchange.mapping import LogMapping
from exchange.project_objects import object_log
from tests.support.exported import rough
from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind
from workflows.item_runs import ItemRun, case_of
from workflows.reported import reported
from workflows.status import legal

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2027, 6, 1)
HORIZON = Horizon(first=date(2004, 1, 1), last=date(2035, 12, 31))


def told() -> dict[str, list[national.Row]]:
    library = shipped()
    filed = national.Filed(project=rough(), catalogue=library.catalogue)
    return national.tables([filed], library.calendar, TODAY)


def zipped(rows: dict[str, list[national.Row]]) -> BytesIO:
    file = BytesIO()
    national.write_zip(rows, file)
    file.seek(0)
    return file


def column(table: str, name: str) -> int:
    return national.TABLES[table].index(name)


def national_part(run: ItemRun) -> ItemRun:
    """Return what the national tables know of a run."""
    kinds = {PauseKind.JOINT: PauseKind.PROCEDURE}
    pauses = [replace(p, kind=kinds.get(p.kind, p.kind), counted=False) for p in run.pauses]
    return ItemRun(
        project=run.project,
        unit=run.unit,
        stage=run.stage,
        item=run.item,
        attempt=run.attempt,
        flow=run.flow,
        township=run.township,
        department=run.department,
        wanted_at=run.filed_at,
        filed_at=run.filed_at,
        accepted_at=run.accepted_at,
        begun_at=run.begun_at,
        ended_at=run.ended_at,
        result=run.result,
        pauses=tuple(p for p in pauses if p.kind is not PauseKind.SUSPENSION),
        limit=run.limit,
        limit_unit=run.limit_unit if run.limit is not None else DayUnit.WORKING_DAY,
        milestone=run.milestone,
    )


class TestNational:
    def test_every_step_follows_the_one_before_it_lawfully(self) -> None:
        steps = [
            national.steps(attempt)
            for state in rough().items.values()
            for attempt in state.attempts
        ]

        assert all(legal(before[1], after[1]) for each in steps for before, after in pairwise(each))

    def test_figures_are_those_of_the_reported_clock(self) -> None:
        library = shipped()
        found = reported(rough(), library.catalogue, library.calendar, TODAY)

        (row,) = told()[national.PROJECT_FIGURES]

        figures = (found.approval, found.parallel, found.total, found.span, int(found.overdue))
        assert row == (rough().code, *figures)

    def test_members_of_a_pair_were_filed_together(self) -> None:
        together = column(national.RUNS, "blspslbm")
        items = column(national.RUNS, "spsxbm")
        rows = told()[national.RUNS]

        for pair in rough().pairs.values():
            filed = {row[items] for row in rows if row[together] == pair.id}
            assert filed in (set(), set(pair.key))

    def test_come_back_as_the_same_facts(self) -> None:
        case = case_of(rough(), shipped().catalogue)

        log = national_in.take_in(zipped(told()), LogMapping())
        (found,) = log.cases(HORIZON)

        assert list(found.runs) == [national_part(run) for run in case.runs]
        assert (found.filed_at, found.ended_at) == (case.filed_at, case.ended_at)
        account = log.account()
        assert account.told == account.used == len(told()[national.STEPS])

    def test_come_back_the_same_from_lines_in_any_order(self) -> None:
        rows = told()
        rows[national.STEPS].sort(key=lambda row: (str(row[4]), row[2]), reverse=True)

        log = national_in.take_in(zipped(rows), LogMapping())
        (found,) = log.cases(HORIZON)

        (other,) = national_in.take_in(zipped(told()), LogMapping()).cases(HORIZON)
        assert [run.ended_at for run in found.runs] == [run.ended_at for run in other.runs]
        assert Noted.OUT_OF_ORDER in log.account().noted

    def test_tell_what_could_not_be_used(self) -> None:
        rows = told()
        code, number, *_ = rows[national.STEPS][0]
        later = "2026-12-01 09:00:00"
        rows[national.STEPS] += [
            (code, "nobody's", 1, 1, later),
            (code, number, 90, 99, later),
            (code, number, 91, 3, "soon"),
            (code, number, 92, 3, later),
        ]

        log = national_in.take_in(zipped(rows), LogMapping())
        list(log.cases(HORIZON))

        account = log.account()
        assert {reason: count.count for reason, count in account.unused.items()} == {
            Unused.UNKNOWN_ITEM: 1,
            Unused.UNKNOWN_STATUS: 1,
            Unused.STATUS_ORDER: 1,  # accepted after the end
            Unused.UNREADABLE_TIME: 1,
        }
        assert account.used + 4 == account.told

    def test_need_the_table_of_steps(self) -> None:
        rows = told()
        del rows[national.STEPS]

        with pytest.raises(MissingColumnError):
            national_in.take_in(zipped(rows), LogMapping())

    def test_must_be_a_zip(self) -> None:
        with pytest.raises(BadTableError):
            national_in.take_in(BytesIO(b"no zip"), LogMapping())

    def test_are_the_same_file_twice(self) -> None:
        assert zipped(told()).getvalue() == zipped(told()).getvalue()
        with ZipFile(zipped(told())) as archive:
            assert archive.namelist() == [f"{name}.csv" for name in national.TABLES]

    def test_are_sql_that_a_database_takes(self) -> None:
        rows = told()
        rows[national.ORGANISATIONS].append(("it's", "'); DROP TABLE x; --", "", None))

        with closing(sqlite3.connect(":memory:")) as database:
            database.executescript("".join(national.sql(rows)))
            for table, lines in rows.items():
                found = database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - ours
                assert [tuple(map(_text, row)) for row in found] == [
                    tuple(map(_text, line)) for line in lines
                ]


class TestObjects:
    def test_tell_every_attempt_pair_and_document(self) -> None:
        project = rough()

        log = object_log([(project, shipped().catalogue)])

        ocel.check(log)
        kinds = [thing.type for thing in log.objects]
        attempts = sum(len(state.attempts) for state in project.items.values())
        assert kinds.count("item") == attempts
        assert kinds.count("pair") == len(project.pairs)
        assert kinds.count("document") == len(project.documents)
        assert kinds.count("stage") == len(project.runs)

    def test_hold_no_free_text(self) -> None:
        project = rough()

        text = ocel.as_json(object_log([(project, shipped().catalogue)])).decode()

        assert project.name.digest not in text

    @pytest.mark.parametrize(
        "text",
        [b"", b"{}", b"[]", b'{"objectTypes": 1}', b"[" * 100_000, b"\xff",
         b'{"objectTypes":[],"eventTypes":[],"events":[],"objects":[{"id":"a","type":"x"}]}'],
    )  # fmt: skip
    def test_are_refused_where_they_are_none(self, text: bytes) -> None:
        with pytest.raises(BadObjectsError):
            ocel.from_json(text)

    def test_are_refused_as_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        file = tmp_path / "x.sqlite"
        file.write_bytes(b"no database" * 100)

        with pytest.raises(BadObjectsError):
            ocel_sqlite.read(file)


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)
