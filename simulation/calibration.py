"""How far off forecasts are: the past is forecast again, with what was known then.

What is learned from that are *scores*: how far the truth lay from the simulated median, in
simulated spreads. Their quantiles, by goal and by how far off it is, are what later forecasts are
adjusted by (normalised conformal prediction). A truth that has not come yet is a censored score.
Each half of the past is forecast with what the other half teaches, so that a score is as far off as
a forecast of days to come. Source: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman,
"Distribution-free predictive inference for regression", JASA 113 (2018), section 5.2.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from analysis.as_of import as_of
from analysis.expected import (
    LEVELS,
    Adjustment,
    Calibration,
    Expected,
    Target,
    Told,
    coverage,
    day_after,
    truth,
)
from analysis.worktime import DAY, NEVER
from simulation._forecast_layout import LAST, Layouts
from simulation.forecast import bounds_of, by_goal, samples
from simulation.history import learned
from simulation.survival import quantiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analysis.columns import Columns
    from analysis.expected import Coverage
    from simulation.forecast import Outlines, Sample
    from simulation.history import Past
    from workflows.catalogue.values import Catalogue

EVERY = 15 * DAY  # minutes between two days that are forecast again
COUNT = 128  # how often each project is played
MOST = 60  # projects of one day
FEWEST = 60  # scores of a goal below which all goals together speak for it
SHORTEST = 120 * DAY  # history that says too little
LEARNED = 2 / 3  # part of the history that the report's replay learns from
_FILLING = 0.15  # part of it at the beginning, in which an office fills up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """How one forecast of the past came out.

    Attributes:
        value: (truth - median) / spread; with *came* False, what it is at least.
    """

    target: Target
    median: float
    value: float
    came: bool


def calibrated(columns: Columns, outlines: Outlines, catalogue: Catalogue) -> Calibration | None:
    """Return what the past teaches of forecasts; None where there is too little of it.

    Args:
        outlines: What is to be had of the running projects; of a completed one it is what it had.
    """
    first = _opened(columns)
    whole = {**finished(columns), **outlines}
    if columns.now - first < SHORTEST:
        return None
    split = first + int((columns.now - first) * LEARNED)
    found = adjustments(columns, whole, catalogue, split)
    now = adjustments(columns, whole, catalogue, columns.now)
    days = [day_after(columns.worktime, each) for each in (first, split, columns.now)]
    if not now or None in days:
        return None
    since, middle, until = (day for day in days if day is not None)
    return Calibration(
        since=since,
        until=until,
        split=middle,
        forecasts=sum(each.forecasts for each in now),
        adjustments=now,
        coverage=held(columns, whole, catalogue, split, found),
    )


def finished(columns: Columns) -> dict[str, frozenset[tuple[int, str]]]:
    """Return what each completed project had, as (unit, item).

    One that was withdrawn or terminated is none of them: its end was no forecast's affair.
    """
    runs = columns.runs
    last = (runs.stage == LAST) & (runs.unit == 0) & (runs.milestone != NEVER)
    done = np.zeros(len(columns.cases), dtype=np.bool_)
    done[runs.project[last]] = True
    done &= columns.cases.ended != NEVER
    found: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)
    words = zip(columns.project.tolist(), columns.unit.tolist(), columns.item.tolist(), strict=True)
    for project, unit, item in words:
        if done[project]:
            found[project].add((unit, columns.names.items[item]))
    return {columns.names.projects[at]: frozenset(each) for at, each in found.items()}


def adjustments(
    columns: Columns, outlines: Outlines, catalogue: Catalogue, until: int
) -> tuple[Adjustment, ...]:
    """Return what forecasts are to be adjusted by, from what was known at *until*."""
    known = as_of(columns, until)
    first, reached = _opened(known), truth(known)
    start, middle = first + int((until - first) * _FILLING), (first + until) // 2
    earlier = learned(as_of(known, middle), catalogue)
    later = learned(known.chosen(known.filed >= middle), catalogue)
    days = range(start, until, EVERY)
    halves = (
        (earlier, [day for day in days if day > middle]),
        (later, [day for day in days if day <= middle]),
    )
    scores = [
        _score(sample, at, reached, until)
        for past, some in halves
        for at, sample in _again(known, outlines, past, catalogue, some)
    ]
    return tuple(_adjusted(scores)) if len(scores) >= FEWEST else ()


def _opened(columns: Columns) -> int:
    """Return the minute of the first filing."""
    filed = columns.cases.filed[columns.cases.filed != NEVER]
    return int(filed.min()) if len(filed) else columns.now


def held(
    columns: Columns,
    outlines: Outlines,
    catalogue: Catalogue,
    split: int,
    found: tuple[Adjustment, ...],
) -> tuple[Coverage, ...]:
    """Return how forecasts held that were made after *split* with what was learned up to it."""
    return coverage(
        foretold(columns, outlines, catalogue, split, found), truth(columns), columns.now
    )


def foretold(
    columns: Columns,
    outlines: Outlines,
    catalogue: Catalogue,
    split: int,
    found: tuple[Adjustment, ...],
) -> list[Told]:
    """Return the forecasts of the days after *split* with what was learned up to it."""
    past, chosen = learned(as_of(columns, split), catalogue), by_goal(found)
    return [
        Told(
            made=at,
            expected=Expected(
                project=sample.project, target=sample.target, at=bounds_of(sample, chosen)
            ),
        )
        for at, sample in _again(
            columns, outlines, past, catalogue, range(split + EVERY, columns.now, EVERY)
        )
    ]


def _again(
    columns: Columns,
    outlines: Outlines,
    past: Past,
    catalogue: Catalogue,
    days: Sequence[int],
) -> Iterator[tuple[int, Sample]]:
    """Yield the minute of each past forecast, and what was drawn for it."""
    layouts = Layouts(catalogue, past)
    for at in days:
        stood = as_of(columns, at)
        some = _some(stood, outlines, at)
        for sample in samples(stood, some, past, layouts, COUNT):
            yield at, sample


def _some(columns: Columns, outlines: Outlines, at: int) -> Outlines:
    """Return the outlines of some projects that run, chosen by a lot that hangs on the day."""
    running = (columns.cases.filed != NEVER) & (columns.cases.ended == NEVER)
    codes = [columns.names.projects[each] for each in np.flatnonzero(running)]
    lots = sorted(codes, key=lambda code: crc32(f"{code}|{at}".encode()))
    return {code: outlines[code] for code in lots[:MOST] if code in outlines}


def _score(sample: Sample, at: int, reached: Mapping[tuple[str, Target], int], until: int) -> Score:
    came = reached.get((sample.project, sample.target))
    minutes = (until if came is None else came) - at
    return Score(
        target=replace(sample.target, unit=0),
        median=sample.median,
        value=(minutes - sample.median) / sample.spread,
        came=came is not None,
    )


def _adjusted(scores: Sequence[Score]) -> Iterator[Adjustment]:
    """Yield the adjustments of near and far goals of each kind."""
    by_target: defaultdict[Target, list[Score]] = defaultdict(list)
    for each in scores:
        by_target[each.target].append(each)
    for target in sorted(by_target):
        own = by_target[target]
        border = int(np.median([each.median for each in own]))
        for far in (False, True):
            side = [each for each in own if (each.median > border) is far]
            some = side if len(side) >= FEWEST else own if len(own) >= FEWEST else scores
            yield Adjustment(
                goal=target.goal,
                stage=target.stage,
                far=far,
                border=border,
                scores=_levels(some),
                forecasts=len(side),
            )


def _levels(scores: Sequence[Score]) -> tuple[float, ...]:
    """Return the scores within which such parts of the truths lay."""
    values = np.array([each.value for each in scores])
    came = np.array([each.came for each in scores])
    base = float(values.min())
    found = quantiles(values - base, came, np.array(LEVELS)) + base
    return tuple(found.tolist())
