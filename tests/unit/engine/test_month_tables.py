from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.library import shipped
from engine.month_tables import data, trends
from engine.report_tables import Wording
from engine.store.facts import MonthFigure

if TYPE_CHECKING:
    from collections.abc import Sequence

MADE = datetime(2026, 1, 15, tzinfo=UTC)
EN = Wording(catalogue=shipped().catalogue, locale="en")


def series(
    key: str, medians: Sequence[float], *, ended: int = 30, until: int = 12
) -> list[MonthFigure]:
    """Return figures of the months up to and with one of 2025; 13 = the running one."""
    first = until - len(medians) + 1
    return [
        MonthFigure(
            month=f"2025-{month:02d}" if month <= 12 else "2026-01",
            dimension="department",
            key=key,
            ended=ended,
            limited=ended,
            inside=ended,
            median_days=days,
            p90_days=days,
            supplements=0,
            refilings=0,
            parts={},
            made_at=MADE,
        )
        for month, days in enumerate(medians, start=first)
    ]


class TestTrends:
    def test_are_told_of_what_moves(self) -> None:
        told = trends(series("d1", [1, 2, 3, 4, 5, 6, 7, 8]), EN)

        assert told == ("d1: rises, 1.00 a month",)

    def test_tell_the_break_and_no_trend_beside_it(self) -> None:
        found = series("d1", [2.0] * 6 + [3.0] * 6)

        told = trends(found, EN)

        assert told == ("d1: from 2025-07 on 3.0 working days instead of 2.0",)
        assert [each["break_month"] for each in _series(found)] == ["2025-07"]

    def test_leave_out_the_month_that_still_runs(self) -> None:
        told = trends(series("d1", [5, 5, 5, 5, 5, 1], until=13), EN)

        assert told == ()

    def test_leave_out_months_in_which_hardly_anything_ended(self) -> None:
        assert trends(series("d1", [1, 2, 3, 4, 5, 6, 7, 8], ended=2), EN) == ()

    def test_are_surer_of_one_than_of_twenty(self) -> None:
        medians = [1.0, 1.4, 1.2, 1.9, 1.7, 2.2, 2.0]
        many = [each for at in range(20) for each in series(f"d{at:02d}", medians)]

        assert "rises" in trends(series("d1", medians), EN)[0]
        assert all("no trend" in each for each in trends(many, EN))


def _series(found: Sequence[MonthFigure]) -> list[dict[str, object]]:
    listed = data(found)["series"]
    assert isinstance(listed, list)
    return listed
