"""Which attempts a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE
from analysis.worktime import NEVER, number_of

if TYPE_CHECKING:
    from datetime import date

    from analysis.columns import Columns, Ints, Truths
    from analysis.worktime import WorkTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from *since* to *until*, both with; None = without a bound."""

    since: date | None = None
    until: date | None = None

    def holds(self, days: Ints) -> Truths:
        """Tell which day numbers lie in it; NEVER lies in none but the one without bounds."""
        within: Truths = np.full(len(days), fill_value=True)
        if self == EVER:
            return within
        within &= days != NEVER
        if self.since is not None:
            within &= days >= number_of(self.since)
        if self.until is not None:
            within &= days <= number_of(self.until)
        return within

    def minutes(self, line: WorkTime, now: int) -> tuple[int | None, int]:
        """Return the minute with which it begins, None without a bound, and its last, or *now*.

        Raises:
            OutsideCalendarError: If the calendar does not hold one of its days.
        """
        low = None if self.since is None else line.morning(number_of(self.since))
        high = now if self.until is None else line.morning(number_of(self.until) + 1)
        return low, min(high, now)


EVER = Period()


def chosen(
    columns: Columns,
    period: Period = EVER,
    township: str | None = None,
    project: str | None = None,
) -> Columns:
    """Return the attempts that ended in *period*, of one township or project.

    Without bounds the open ones are among them. Stage runs and what stands before the departments
    are of a period in other ways: `report` takes all attempts, and the period.
    """
    which = period.holds(columns.ended_day)
    if township is not None:
        which &= columns.township == _code(columns.names.townships, township)
    if project is not None:
        which &= columns.project == _code(columns.names.projects, project)
    return columns if bool(which.all()) else columns.chosen(which)


def chosen_runs(columns: Columns, period: Period) -> Columns:
    """Return the attempts of the stage runs of which the last attempt ended in *period*."""
    if period == EVER or not len(columns):
        return columns
    last = np.full(len(columns.runs), NEVER, dtype=np.int32)
    np.maximum.at(last, columns.run, columns.ended_day)
    still = np.zeros(len(columns.runs), dtype=np.bool_)
    still[columns.run[~columns.over]] = True
    return columns.chosen((period.holds(last) & ~still)[columns.run])


def _code(words: tuple[str, ...], word: str) -> int:
    return words.index(word) if word in words else NONE - 1
