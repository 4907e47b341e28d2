"""When running projects will be done: from where they stand and how long the queues are.

A pure function of the facts: what is done, open (with the time it has taken so far) or wanted, and
of the departments' queues. It knows no scenario and no shape of any time; see docs/forecast.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from analysis.expected import LEVELS, Expected, Goal, Target
from analysis.worktime import NEVER
from simulation._forecast_layout import Layouts
from simulation._forecast_paths import play
from simulation._forecast_standing import Desk
from simulation._forecast_words import Stage
from simulation.draws import Draws
from simulation.history import learned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from analysis.columns import Columns
    from analysis.expected import Adjustment, Calibration
    from simulation._forecast_layout import Layout
    from simulation._forecast_words import Present
    from simulation.history import Past
    from workflows.catalogue.values import Catalogue

    Floats = NDArray[np.float64]
    Outlines = Mapping[str, frozenset[tuple[int, str]]]

COUNT = 400  # how often each project is played
SEED = 2026
_SPREAD = (0.1, 0.9)
_NARROWEST = 30.0  # minutes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """What luck makes of one goal: minutes from now, sorted, shape (COUNT,)."""

    project: str
    target: Target
    minutes: Floats

    @property
    def median(self) -> float:
        """Return the time that half of them stay within."""
        return self.quantile(0.5)

    @property
    def spread(self) -> float:
        """Return the distance of the tenth from the ninetieth hundredth, at least half an hour."""
        low, high = map(self.quantile, _SPREAD)
        return max(high - low, _NARROWEST)

    def quantile(self, chance: float) -> float:
        """Return the time that such a part of them stay within, between two of them straight."""
        place = chance * (len(self.minutes) - 1)
        low = int(place)
        high = min(low + 1, len(self.minutes) - 1)
        step = self.minutes[high] - self.minutes[low]
        return float(self.minutes[low] + (place - low) * step)


def forecasts(
    columns: Columns,
    outlines: Outlines,
    catalogue: Catalogue,
    calibration: Calibration | None = None,
) -> tuple[Expected, ...]:
    """Return when each goal of each outlined project that still runs is expected.

    Args:
        outlines: What is to be had of each, as (unit, item): done, running and to come.
        calibration: What to adjust by; None = the times as they were drawn.
    """
    past = learned(columns, catalogue)
    adjustments = {} if calibration is None else by_goal(calibration.adjustments)
    found = samples(columns, outlines, past, Layouts(catalogue, past))
    return tuple(_expected(each, adjustments) for each in found)


def _expected(sample: Sample, adjustments: Mapping[tuple[Goal, int, bool], Adjustment]) -> Expected:
    return Expected(
        project=sample.project,
        target=sample.target,
        at=bounds_of(sample, adjustments),
    )


def bounds_of(
    sample: Sample, adjustments: Mapping[tuple[Goal, int, bool], Adjustment]
) -> tuple[int, ...]:
    """Return the minutes by which a goal is reached, by level; adjusted where that was learned."""
    near = adjustments.get((sample.target.goal, sample.target.stage, False))
    if near is None:
        return tuple(int(sample.quantile(level)) for level in LEVELS)
    far = adjustments.get((sample.target.goal, sample.target.stage, True), near)
    chosen = far if sample.median > near.border else near
    found = (sample.median + score * sample.spread for score in chosen.scores)
    return tuple(np.maximum.accumulate([max(int(at), 1) for at in found]).tolist())


def by_goal(
    adjustments: tuple[Adjustment, ...],
) -> dict[tuple[Goal, int, bool], Adjustment]:
    """Return adjustments by goal, stage and whether it is far off."""
    return {(each.goal, each.stage, each.far): each for each in adjustments}


def samples(
    columns: Columns, outlines: Outlines, past: Past, layouts: Layouts, count: int = COUNT
) -> Iterator[Sample]:
    """Yield what luck makes of each goal that is not reached yet; *count* times."""
    desk = Desk(columns, past)
    for project, code in enumerate(columns.names.projects):
        running = columns.cases.filed[project] != NEVER and columns.cases.ended[project] == NEVER
        if running and code in outlines:
            layout = layouts.of(outlines[code])
            stream = np.uint64(Draws(SEED, crc32(code.encode())).stream)
            present = desk.present(project, layout, stream, count)
            yield from _goals(code, present, layout, play(desk.world, present, stream, count))


def _goals(code: str, present: Present, layout: Layout, played: Floats) -> Iterator[Sample]:
    """Yield the goals that still lie ahead."""
    size = len(layout.runs_at)

    def sample(target: Target, at: int) -> Sample:
        return Sample(project=code, target=target, minutes=np.sort(played[:, at]))

    for (stage, unit), at in layout.runs_at.items():
        if present.runs[at, Stage.TO_REACH] > 0:
            target = Target(stage=stage, unit=unit, goal=Goal.MILESTONE)
            if np.isfinite(played[:, at]).all():
                yield sample(target, at)
        if present.runs[at, Stage.OPEN] and np.isfinite(played[:, size + at]).all():
            yield sample(Target(stage=stage, unit=unit, goal=Goal.STAGE), size + at)
    yield sample(Target(stage=0, unit=0, goal=Goal.PROJECT), 2 * size)
