"""Due dates against an oracle that has nothing in common with ours.

Day table: the library chinesecalendar. Algorithm: every case walks on day by day, all of them at
once, and pays one day of its limit on each day that counts; nothing is added, merged or looked up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar
import numpy as np

from workflows.calendar import shipped
from workflows.catalogue.values import DayUnit
from workflows.spans import due

FIRST, LAST = date(2016, 1, 1), date(2026, 12, 31)
DAYS = (LAST - FIRST).days + 1
EACH = 275  # cases a day; those that fall due beyond the table are left out
LEAST = 1_000_000
UNITS = (DayUnit.WORKING_DAY, DayUnit.CALENDAR_DAY)
PAUSES = 3
Integers = np.ndarray[Any, np.dtype[np.int64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]


def _cases(rng: np.random.Generator) -> tuple[Integers, Integers, Integers, Integers]:
    """Return start, days, unit (n,) and pauses (n, PAUSES, 2), all as days since FIRST.

    A third of the cases has no pause, a third one, the rest up to three that may touch, overlap,
    hold each other, begin before the start, be empty, or lie wholly after the due date.
    """
    starts = np.repeat(np.arange(DAYS), EACH)
    number = len(starts)
    days = np.where(rng.random(number) < 0.9, rng.integers(0, 46, number), 0)
    days = np.where(days == 0, rng.integers(0, 250, number), days)
    days[::EACH] = 0  # one case of each day falls due at once: so the last day has one, too
    units = rng.integers(0, 2, number)
    begin = starts[:, None] + rng.integers(-20, 60, (number, PAUSES))
    length = rng.integers(0, 40, (number, PAUSES))
    used = rng.integers(0, 3, number)[:, None] > np.arange(PAUSES)
    used[:, 2] |= rng.random(number) < 0.2
    end = np.where(used, begin + length, begin)
    return starts, days, units, np.stack([begin, end], axis=2)


def _walked(starts: Integers, days: Integers, units: Integers, pauses: Integers) -> Integers:
    """Return the due day of each case, -1 where it lies beyond the table."""
    works: Truths = np.array(
        [chinese_calendar.is_workday(FIRST + timedelta(days=at)) for at in range(DAYS)]
    )
    found = np.full(len(starts), -1)
    found[days == 0] = starts[days == 0]
    open_ = np.flatnonzero(days)
    today, left = starts[open_].copy(), days[open_].copy()
    while len(open_):
        today += 1
        inside = today < DAYS
        open_, today, left = open_[inside], today[inside], left[inside]
        spans = pauses[open_]
        paused = ((spans[:, :, 0] < today[:, None]) & (today[:, None] <= spans[:, :, 1])).any(
            axis=1
        )
        left -= (works[today] | (units[open_] == 1)) & ~paused
        over = left == 0
        found[open_[over]] = today[over]
        open_, today, left = open_[~over], today[~over], left[~over]
    return found


def test_equals_an_oracle_on_a_million_cases_over_eleven_years() -> None:
    starts, days, units, pauses = _cases(np.random.default_rng(20161231))
    expected = _walked(starts, days, units, pauses)
    inside = np.flatnonzero(expected >= 0)
    dates = [FIRST + timedelta(days=at) for at in range(-30, DAYS + 400)]
    calendar = shipped()
    wrong = []
    rows = zip(
        starts[inside].tolist(),
        days[inside].tolist(),
        units[inside].tolist(),
        pauses[inside].tolist(),
        expected[inside].tolist(),
        strict=True,
    )
    for start, limit, unit, spans, day in rows:
        stops = [(dates[a + 30], dates[b + 30]) for a, b in spans if a != b]
        ours = due(dates[start + 30], limit, stops, calendar, UNITS[unit])
        if ours != dates[day + 30]:
            wrong.append((dates[start + 30], limit, UNITS[unit], stops, ours, dates[day + 30]))

    assert wrong == []
    assert len(inside) >= LEAST
    assert set(starts[inside].tolist()) == set(range(DAYS))


def test_walks_as_one_counts_by_hand() -> None:
    """The oracle itself, on 28 September 2026: 1 to 7 October are off, Saturday 10 is worked."""
    at = (date(2026, 9, 28) - FIRST).days
    pause = [[(date(2026, 10, 8) - FIRST).days, (date(2026, 10, 9) - FIRST).days]]
    pause += [[0, 0], [0, 0]]

    found = _walked(np.array([at]), np.array([5]), np.array([0]), np.array([pause]))

    assert FIRST + timedelta(days=int(found[0])) == date(2026, 10, 12)
