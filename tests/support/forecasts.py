"""What a replay of the past may have taught, for tests of who keeps and shows it."""

from __future__ import annotations

from datetime import date

from analysis.expected import LEVELS, Adjustment, Calibration, Coverage, Goal, Share

LEARNED = Calibration(
    since=date(2024, 1, 8),
    until=date(2026, 2, 27),
    split=date(2025, 7, 1),
    forecasts=5210,
    adjustments=(
        Adjustment(
            goal=Goal.PROJECT, stage=0, far=False, border=1, scores=(0.0, 0.4, 1.0), forecasts=9
        ),
    ),
    coverage=(
        Coverage(
            goal=None,
            stage=0,
            forecasts=4000,
            projects=300,
            open=12,
            levels=tuple(
                Share(nominal=level, observed=level, low=level - 0.02, high=level + 0.02)
                for level in LEVELS
            ),
        ),
    ),
)
