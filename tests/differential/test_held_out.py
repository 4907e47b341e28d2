"""Forecasts against three years that real commands made: fitted on two, held against the third."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.expected import LEVELS, coverage, truth
from simulation.calibration import LEARNED, adjustments, calibrated, foretold
from simulation.history import STEP, queues_of, steps_of
from tests.support.held_out import History, by_commands, by_kernel, hidden

if TYPE_CHECKING:
    from analysis.expected import Coverage, Told
    from simulation.history import Queues

YEARS = 3
FEWEST = 4_000
SEEDS = (5, 6, 7, 8)
FOREVER = 1 << 40


@cache
def histories() -> tuple[tuple[History, list[Told]], ...]:
    """Return three years of five districts, with the forecasts of the last.

    One is decided command by command. The others are played by the kernel, which does the same to
    the minute (tests/property/simulation) and affords more projects: those of the same weeks wait
    in the same queues, so that one district alone may lie some hundredths off.
    """
    by_rules = by_commands(hidden(YEARS * 150, 150, 4))
    played = [by_kernel(hidden(YEARS * 450, 450, seed)) for seed in SEEDS]
    return tuple((history, told_of(history)) for history in (by_rules, *played))


def told_of(history: History) -> list[Told]:
    """Return the forecasts of the last third with what the first two thirds taught."""
    columns, catalogue = history.columns, history.model.catalogue
    first = int(columns.cases.filed.min())
    split = first + int((columns.now - first) * LEARNED)
    found = adjustments(columns, history.outlines, catalogue, split)
    return foretold(columns, history.outlines, catalogue, split, found)


def shares(found: Coverage) -> list[float]:
    return [share.observed or 0.0 for share in found.levels]


def pooled(*, busy: bool | None = None) -> tuple[int, list[float]]:
    """Return how many forecasts counted, and the share that held at each level, of all districts.

    Args:
        busy: Only of the days on which more, or fewer, waited than on half of them.
    """
    counts, hits = np.zeros(len(LEVELS)), np.zeros(len(LEVELS))
    for history, told in histories():
        reached, now = truth(history.columns), history.columns.now
        load = np.array([waiting(history, each.made) for each in told])
        for each, many in zip(told, load > np.median(load), strict=True):
            if busy is None or many == busy:
                came = reached.get((each.expected.project, each.expected.target), FOREVER)
                bounds = each.made + np.array(each.expected.at)
                counts += bounds <= now
                hits += (bounds <= now) & (came <= bounds)
    return int(counts.min()), (hits / counts).tolist()


@cache
def queues(history: int) -> Queues:
    """Return the queues of one of the histories."""
    columns = histories()[history][0].columns
    return queues_of(columns, steps_of(columns))


def waiting(history: History, minute: int) -> int:
    """Return how many stood in all queues at a minute."""
    number = next(at for at, (each, _) in enumerate(histories()) if each is history)
    found = queues(number)
    return int(found.length[:, (minute - found.begin) // STEP].sum())


@pytest.mark.slow
class TestThreeYears:
    def test_hold_what_they_say(self) -> None:
        count, (half, most, nearly_all) = pooled()

        assert count >= FEWEST
        assert 0.78 <= most <= 0.82
        assert half == pytest.approx(0.5, abs=0.03)
        assert nearly_all == pytest.approx(0.95, abs=0.02)

    def test_hold_in_every_district_within_its_bounds(self) -> None:
        for history, told in histories():
            whole = coverage(told, truth(history.columns), history.columns.now)[0]
            assert shares(whole)[1] == pytest.approx(0.8, abs=0.06)

    @pytest.mark.parametrize("busy", [False, True])
    def test_hold_in_quiet_and_in_busy_weeks(self, busy: bool) -> None:
        _, (_, most, _) = pooled(busy=busy)

        assert most == pytest.approx(0.8, abs=0.04)


class TestOneYear:
    def test_is_told_about_as_often_as_is_said(self) -> None:
        history = by_kernel(hidden(300, 300, 3))

        found = calibrated(history.columns, history.running, history.model.catalogue)

        assert found is not None
        assert found.since < found.split < found.until
        half, most, nearly_all = shares(found.coverage[0])
        assert half == pytest.approx(0.5, abs=0.12)
        assert most == pytest.approx(0.8, abs=0.1)
        assert nearly_all == pytest.approx(0.95, abs=0.06)
