from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analysis.choice import EVER, Period
from analysis.ledger import columns_of
from analysis.report import report
from workflows.calendar import shipped
from workflows.item_runs import Case, ItemRun

NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
ENDS = ((2025, 12, 31), (2026, 1, 5), (2026, 3, 9), (2026, 6, 1))


def case(number: int, ended: datetime) -> Case:
    filed = datetime(2025, 12, 1, 1, tzinfo=UTC)
    run = ItemRun(
        project=f"P{number}",
        item="S1-01",
        department="housing",
        wanted_at=filed,
        filed_at=filed,
        accepted_at=filed,
        ended_at=ended,
        result="granted",
    )
    return Case(
        project=f"P{number}",
        flow=3,
        township="t1",
        owner="o",
        agent=None,
        filed_at=filed,
        ended_at=ended,
        status="completed",
        stages=(),
        runs=(run,),
    )


class TestRolled:
    @pytest.mark.parametrize(
        ("period", "expected"),
        [(EVER, 3), (Period(until=date(2026, 3, 31)), 3), (Period(until=date(2026, 2, 1)), 2)],
    )
    def test_takes_six_months_together(self, period: Period, expected: int) -> None:
        cases = [case(at, datetime(*day, 4, tzinfo=UTC)) for at, day in enumerate(ENDS)]
        columns = columns_of(cases, shipped(), NOW)

        (found,) = report(columns, period=period).rolled

        assert (found.key, found.ended) == ("housing", expected)
