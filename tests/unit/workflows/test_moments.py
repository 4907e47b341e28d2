from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from workflows.moments import local_date, months_later


class TestMonthsLater:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 28), 1, date(2026, 2, 28)),
            (date(2026, 1, 29), 1, date(2026, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2026, 1, 29), 2, date(2026, 3, 29)),
            (date(2026, 1, 30), 2, date(2026, 3, 30)),
            (date(2026, 1, 31), 2, date(2026, 3, 31)),
            (date(2026, 1, 31), 3, date(2026, 4, 30)),
            (date(2026, 10, 31), 3, date(2027, 1, 31)),
            (date(2026, 12, 31), 24, date(2028, 12, 31)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 29)),
        ],
    )
    def test_keep_the_day_or_take_the_last_of_the_month(
        self, day: date, months: int, expected: date
    ) -> None:
        assert months_later(day, months) == expected


class TestLocalDate:
    @pytest.mark.parametrize(("hour", "day"), [(15, 2), (16, 3)])
    def test_turns_at_midnight_in_shanghai(self, hour: int, day: int) -> None:
        assert local_date(datetime(2026, 3, 2, hour, tzinfo=UTC)) == date(2026, 3, day)
