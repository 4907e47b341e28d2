from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from exchange import national, national_in
from exchange.account import Account, Noted, Unused
from exchange.as_facts import Horizon
from exchange.mapping import LogMapping
from workflows.catalogue.values import DayUnit
from workflows.events import PauseKind

if TYPE_CHECKING:
    from workflows.item_runs import Case

HORIZON = Horizon(first=date(2004, 1, 1), last=date(2035, 12, 31))
RUN = "gcdm,spsxslbm,spjdbm,spsxbm,spbmbm,sxblsx,sjsxdw"
STEP = "gcdm,spsxslbm,blzt,blsj"
PROJECT = "xmdm,gcdm,splclx,xzqhdm,sbsj,bjsj"
GRANTED = (
    "G1,1,1,2026-03-02 09:00:00",
    "G1,1,3,2026-03-02 10:00:00",
    "G1,1,11,2026-03-04 10:00:00",
)


def read(
    steps: tuple[str, ...] = GRANTED,
    runs: tuple[str, ...] = ("G1,1,,S1,D1,5,WD",),
    projects: tuple[str, ...] = (),
) -> tuple[list[Case], Account]:
    file = BytesIO()
    tables = {
        national.RUNS: (RUN, *runs),
        national.STEPS: (STEP, *steps),
        national.PROJECTS: (PROJECT, *projects),
    }
    with ZipFile(file, "w") as archive:
        for name, lines in tables.items():
            archive.writestr(f"{name}.csv", "\n".join(lines))
    log = national_in.take_in(file, LogMapping())
    cases = list(log.cases(HORIZON))
    account = log.account()
    assert account.used + sum(each.count for each in account.unused.values()) == account.told
    return cases, account


class TestAProject:
    def test_has_what_the_line_of_its_engineering_says(self) -> None:
        ((case,), _) = read(projects=("P1,G1,3,120118,2026-03-01 09:00:00,2026-03-20 09:00:00",))

        assert (case.project, case.flow, case.township) == ("P1", 3, "120118")
        assert case.filed_at == datetime(2026, 3, 1, 1, tzinfo=UTC)
        assert case.ended_at == datetime(2026, 3, 20, 1, tzinfo=UTC)
        assert [(run.flow, run.township) for run in case.runs] == [(3, "120118")]

    @pytest.mark.parametrize(
        ("filed", "ended"),
        [
            ("1990-02-02 00:00:00", ""),
            ("", "2099-01-01 00:00:00"),
            ("", "soon"),
            ("2026-03-02 09:00:00", "2025-03-02 09:00:00"),
        ],
    )
    def test_keeps_no_date_that_cannot_be(self, filed: str, ended: str) -> None:
        ((case,), account) = read(projects=(f"P1,G1,3,120118,{filed},{ended}",))

        assert case.filed_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
        assert case.ended_at is None
        assert account.noted[Noted.PROJECT_DATE].examples == ("P1",)

    def test_beyond_the_calendar_is_not_used(self) -> None:
        old = ("G2,2,1,1990-03-02 09:00:00",)

        cases, account = read((*GRANTED, *old), ("G1,1,,S1,D1,5,WD", "G2,2,,S1,D1,5,WD"))

        assert (len(cases), account.cases, account.used) == (1, 1, 3)
        assert account.unused[Unused.OUTSIDE_CALENDAR].count == 1


class TestALimit:
    @pytest.mark.parametrize(
        ("unit", "expected"),
        [("WD", (5, DayUnit.WORKING_DAY)), ("ND", (5, DayUnit.CALENDAR_DAY))],
    )
    def test_is_one_of_days(self, unit: str, expected: tuple[int, DayUnit]) -> None:
        ((case,), account) = read(runs=(f"G1,1,,S1,D1,5,{unit}",))

        assert [(run.limit, run.limit_unit) for run in case.runs] == [expected]
        assert Noted.LIMIT_UNIT not in account.noted

    @pytest.mark.parametrize("unit", ["WH", "NH", "", "?"])
    def test_in_anything_else_is_noted_and_not_used(self, unit: str) -> None:
        ((case,), account) = read(runs=(f"G1,1,,S1,D1,48,{unit}",))

        assert [run.limit for run in case.runs] == [None]
        assert account.noted[Noted.LIMIT_UNIT].count == 1


class TestLines:
    def test_that_say_one_thing_twice_are_noted(self) -> None:
        ((case,), account) = read(runs=("G1,1,,S1,D1,5,WD", "G1,1,,S9,D9,99,WD"))

        assert [(run.item, run.limit) for run in case.runs] == [("S1", 5)]
        assert account.noted[Noted.LINE_AGAIN].examples == ("G1 1",)


class TestSteps:
    def test_of_two_kinds_of_pause_may_overlap(self) -> None:
        pauses = (
            "G1,1,6,2026-03-02 11:00:00",
            "G1,1,9,2026-03-02 12:00:00",
            "G1,1,7,2026-03-02 13:00:00",
            "G1,1,10,2026-03-02 14:00:00",
        )

        ((case,), account) = read((*GRANTED[:2], *pauses, GRANTED[2]))

        (run,) = case.runs
        assert [(p.kind, p.since.hour, p.until and p.until.hour) for p in run.pauses] == [
            (PauseKind.SUPPLEMENT, 3, 5),
            (PauseKind.PROCEDURE, 4, 6),
        ]
        assert not account.unused

    def test_that_stray_before_the_first_do_not_file(self) -> None:
        ((case,), account) = read(("G1,1,7,2026-03-01 09:00:00", *GRANTED))

        assert [run.filed_at.day for run in case.runs] == [2]
        assert [run.result for run in case.runs] == ["granted"]
        assert account.unused[Unused.STATUS_ORDER].examples == ("1",)
