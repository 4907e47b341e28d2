"""What is expected of running projects, and how often what was expected held.

The values stand here so that who forecasts (simulation) and who keeps forecasts (engine) need not
know each other. Times are working minutes from the instant of the forecast.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis._intervals import FEWEST, bounds, ratio, sums
from analysis.columns import NONE
from analysis.worktime import DAY, NEVER, date_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analysis.columns import Columns
    from analysis.worktime import WorkTime

LEVELS = (0.5, 0.8, 0.95)


class Goal(StrEnum):
    """What is forecast."""

    MILESTONE = "milestone"  # of a stage: it opens the next one
    STAGE = "stage"  # nothing of the stage is open or wanted any more
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Target:
    """One goal of one unit; *stage* is 0 for the whole project."""

    stage: int
    unit: int
    goal: Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When a project is expected to reach a goal.

    Attributes:
        at: Working minutes from the forecast on, by level.
    """

    project: str
    target: Target
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A forecast that was made at a minute of the line of working time."""

    made: int
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often the truth came no later than a level said; None where nothing is known.

    Attributes:
        low, high: Bounds (95 %) over projects; None with fewer than FEWEST.
    """

    nominal: float
    observed: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How forecasts of one goal held; *goal* None = all goals together.

    Attributes:
        open: Forecasts whose truth is not known yet. One counts at a level only once the level's
            time has passed, whether or not the truth came before: else quick ones would count more.
    """

    goal: Goal | None
    stage: int
    forecasts: int
    projects: int
    open: int
    levels: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """How far the truth lay from simulated medians, in simulated spreads, by level.

    Attributes:
        far: For goals farther off than *border* minutes; else for nearer ones.
        scores: By level.   forecasts: That it rests on.
    """

    goal: Goal
    stage: int
    far: bool
    border: int
    scores: tuple[float, ...]
    forecasts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What replaying the past taught: what to adjust by, and how often adjusted forecasts held.

    Attributes:
        since, until: Days between which history was learned from for the adjustments.
        split: Up to this day the replay learned; what came after is what *coverage* is about.
    """

    since: date
    until: date
    split: date
    forecasts: int
    adjustments: tuple[Adjustment, ...]
    coverage: tuple[Coverage, ...]


def truth(columns: Columns) -> Mapping[tuple[str, Target], int]:
    """Return the minute at which each goal was reached, of those that were."""
    runs, cases, names = columns.runs, columns.cases, columns.names.projects
    found: dict[tuple[str, Target], int] = {}
    words = zip(
        runs.project.tolist(),
        runs.stage.tolist(),
        runs.unit.tolist(),
        runs.milestone.tolist(),
        runs.ended.tolist(),
        strict=True,
    )
    for project, stage, unit, milestone, ended in words:
        for goal, at in ((Goal.MILESTONE, milestone), (Goal.STAGE, ended)):
            if at != NEVER:
                found[names[project], Target(stage=stage, unit=unit, goal=goal)] = at
    whole = Target(stage=0, unit=0, goal=Goal.PROJECT)
    for project, ended in enumerate(cases.ended.tolist()):
        if ended != NEVER:
            found[names[project], whole] = ended
    return found


def coverage(
    told: Iterable[Told], reached: Mapping[tuple[str, Target], int], now: int
) -> tuple[Coverage, ...]:
    """Return how forecasts held: all together first, then by goal and stage.

    A goal that was given up (its project ended without it) is as if it never came.

    Args:
        reached: As `truth` says.   now: Minute up to which the truth is known.
    """
    groups: defaultdict[tuple[int, Goal | None], list[Told]] = defaultdict(list)
    for each in told:
        target = each.expected.target
        groups[0, None].append(each)
        groups[target.stage, target.goal].append(each)
    order = sorted(groups, key=lambda key: (key[1] is not None, key[0] or 99, str(key[1])))
    return tuple(_covered(goal, stage, groups[stage, goal], reached, now) for stage, goal in order)


def _covered(
    goal: Goal | None,
    stage: int,
    told: list[Told],
    reached: Mapping[tuple[str, Target], int],
    now: int,
) -> Coverage:
    names = sorted({each.expected.project for each in told})
    number = {name: at for at, name in enumerate(names)}
    projects = np.array([number[each.expected.project] for each in told])
    made = np.array([each.made for each in told])
    bound = made[:, None] + np.array([each.expected.at for each in told])
    came = np.array(
        [reached.get((each.expected.project, each.expected.target), NONE) for each in told]
    )
    known = came != NONE
    inside = known[:, None] & (came[:, None] <= bound)
    counted = bound <= now
    return Coverage(
        goal=goal,
        stage=stage,
        forecasts=len(told),
        projects=len(names),
        open=int((~known).sum()),
        levels=tuple(
            _share(level, projects, inside[:, at], counted[:, at], len(names))
            for at, level in enumerate(LEVELS)
        ),
    )


def _share(
    nominal: float,
    projects: np.ndarray[tuple[int], np.dtype[np.int64]],
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]],
    counted: np.ndarray[tuple[int], np.dtype[np.bool_]],
    size: int,
) -> Share:
    above = sums(projects, inside & counted, size)[:, None]
    below = sums(projects, counted, size)[:, None]
    if not below.any():
        return Share(nominal=nominal, observed=None, low=None, high=None)
    value, influences = ratio(above, below)
    low = high = None
    if int((below > 0).sum()) >= FEWEST:
        lows, highs = bounds(value, influences, int((below > 0).sum()))
        low, high = max(float(lows[0]), 0.0), min(float(highs[0]), 1.0)
    return Share(nominal=nominal, observed=float(value[0]), low=low, high=high)


def day_after(line: WorkTime, minute: int) -> date | None:
    """Return the legal date on which a minute of the line ends; None beyond the calendar."""
    whole = max(minute - 1, 0) // DAY
    at = int(np.searchsorted(line.before, whole, side="right")) - 1
    return date_of(line.first + at) if 0 <= at < len(line.works) else None
