from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.run import Plan, keep, run

if TYPE_CHECKING:
    from tests.chaos.grounds import Grounds


class TestTheOfficeUnderChaos:
    def test_keeps_its_promises_for_thirty_seconds(self, grounds: Grounds) -> None:
        plan = Plan(seconds=30, acked=100, struck=15, pause=1.0)
        result = run(plan, grounds=grounds)

        figures = result.figures()
        if result.violations:
            figures["evidence"] = str(keep(result))
        assert not result.violations, figures
        assert result.verified, figures
        assert 500 not in figures["answers_5xx"], figures

    # Slow with a reason: servers, workers and PostgreSQL at once, for minutes.
    @pytest.mark.slow
    def test_keeps_them_for_five_minutes(self) -> None:
        result = run(Plan(seconds=300, struck=150, pause=1.4, seed=2))

        figures = result.figures()
        assert not result.violations, figures
        assert result.verified, figures
