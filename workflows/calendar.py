"""Chinese working days with 调休, from a published table; legal dates are counted here only.

A day d counts when start < d <= end and d is a day of the unit (DESIGN.md, "Time").
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from workflows.catalogue.values import DayUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DATA = Path(__file__).with_name("calendar_data.json")
SATURDAY = 5
# First day that the next year's notice may still move: New Year 2006, 2007, 2008, 2012 and 2019
# moved 29 to 31 December of the year before; a week, to be sure.
LATE_DECEMBER = (12, 24)


class OutsideCalendarError(ValueError):
    """A working day was asked for beyond the published table; no rule could be right there."""

    code = "calendar.outside"

    def __init__(self, day: date | None, first: date, last: date) -> None:
        """Keep the day (None = somewhere after the last) and the borders of the table."""
        self.params = {
            "day": f"> {last.isoformat()}" if day is None else day.isoformat(),
            "first": first.isoformat(),
            "last": last.isoformat(),
        }
        super().__init__("{day} lies outside {first} to {last}".format(**self.params))


class CalendarDataError(ValueError):
    """A table that contradicts itself: a weekday said to be worked, a year left out ..."""

    code = "calendar.wrong_data"

    def __init__(self, problem: str) -> None:
        """Keep what is wrong."""
        self.params = {"problem": problem}
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days are worked, from *first* to *last*. Every question is answered in O(1).

    Attributes:
        days: One truth value a day, from *first*: is it worked?
        version: Changes when any day does; kept with every due date that was computed by it.
        provisional_years: Years without a State Council notice, where only the holidays fixed by
            law are known and worked weekends are not.

    >>> calendar = shipped()
    >>> calendar.add(date(2025, 9, 30), 1, DayUnit.WORKING_DAY)  # the National Day week is off
    datetime.date(2025, 10, 9)
    >>> calendar.is_working(date(2025, 10, 11))  # a Saturday worked in exchange
    True
    """

    first: date
    last: date
    version: str
    days: tuple[bool, ...] = field(repr=False)
    provisional_years: frozenset[int] = frozenset()
    _counts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _worked: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out the two tables: worked days up to each day, and the n-th worked day."""
        if len(self.days) != (self.last - self.first).days + 1:
            raise CalendarDataError(f"{len(self.days)} days from {self.first} to {self.last}")
        worked = tuple(at for at, works in enumerate(self.days) if works)
        object.__setattr__(self, "_counts", tuple(accumulate(self.days)))
        object.__setattr__(self, "_worked", worked)

    def is_working(self, day: date) -> bool:
        """Return whether *day* is worked.

        Raises:
            OutsideCalendarError: If the table does not hold *day*.
        """
        return self.days[self._at(day)]

    def reach(self, day: date, unit: DayUnit = DayUnit.WORKING_DAY) -> date:
        """Return *day*, or the last day up to which days of *unit* can be counted.

        >>> shipped().reach(date(2999, 1, 1)) == shipped().last
        True
        """
        return min(day, self.last) if unit is DayUnit.WORKING_DAY else day

    def provisional(self, day: date) -> bool:
        """Return whether a State Council notice that may still move *day* is missing.

        That is its year's own, and from 24 December on the next year's: it has weekends of late
        December worked and weekdays off in exchange, as in 2006, 2007, 2011 and 2018.

        Raises:
            OutsideCalendarError: If the table does not hold *day*.

        >>> shipped().provisional(date(2026, 12, 23)), shipped().provisional(date(2026, 12, 24))
        (False, True)
        """
        self._at(day)
        return self.unsettled(day, day)

    def unsettled(self, start: date, end: date) -> bool:
        """Return whether a missing notice may still move a day from *start* to *end*."""
        late = (end.month, end.day) >= LATE_DECEMBER
        years = range(start.year, end.year + late + 1)
        # Of a year after the table nobody has seen a notice.
        return years.stop - 1 > self.last.year or not self.provisional_years.isdisjoint(years)

    def add(self, start: date, days: int, unit: DayUnit) -> date:
        """Return the day on which a limit of *days* that began on *start* falls due.

        That is the n-th counted day after *start*; *start* itself for 0, worked or not.

        Raises:
            OutsideCalendarError: If working days begin or run beyond the table, or any beyond the
                last date.
            ValueError: If *days* is negative.

        >>> shipped().add(date(2024, 2, 8), 5, DayUnit.WORKING_DAY)
        datetime.date(2024, 2, 21)
        >>> shipped().add(date(2024, 2, 8), 5, DayUnit.CALENDAR_DAY)
        datetime.date(2024, 2, 13)
        """
        if days < 0:
            raise ValueError(f"a limit of {days} days")
        match unit:
            case DayUnit.CALENDAR_DAY:
                if days > (date.max - start).days:
                    raise OutsideCalendarError(None, self.first, self.last)
                return start + timedelta(days=days)
            case DayUnit.WORKING_DAY:
                at = self._at(start)
                return self._nth_after(at, days) if days else start
            case _:
                assert_never(unit)

    def count(self, start: date, end: date, unit: DayUnit) -> int:
        """Return how many days of *unit* lie after *start*, up to and with *end*; 0 if none.

        Raises:
            OutsideCalendarError: If the table does not hold both (working days only).

        >>> shipped().count(date(2024, 2, 8), date(2024, 2, 21), DayUnit.WORKING_DAY)
        5
        """
        if end <= start:
            return 0
        match unit:
            case DayUnit.CALENDAR_DAY:
                return (end - start).days
            case DayUnit.WORKING_DAY:
                return self._counts[self._at(end)] - self._counts[self._at(start)]
            case _:
                assert_never(unit)

    def _nth_after(self, at: int, days: int) -> date:
        number = self._counts[at] + days - 1
        if number >= len(self._worked):
            raise OutsideCalendarError(None, self.first, self.last)
        return self.first + timedelta(days=self._worked[number])

    def _at(self, day: date) -> int:
        at = (day - self.first).days
        if not 0 <= at < len(self.days):
            raise OutsideCalendarError(day, self.first, self.last)
        return at


@functools.cache
def shipped() -> Calendar:
    """Return the calendar that comes with the product."""
    return load(DATA.read_text(encoding="utf-8"))


def load(text: str) -> Calendar:
    """Read a table: by year, the weekdays off, the weekend days worked, and whether it is final.

    Raises:
        CalendarDataError: If it is no such table, leaves out a year, or contradicts the weekdays.
    """
    try:
        return _calendar({int(year): each for year, each in json.loads(text)["years"].items()})
    except CalendarDataError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalendarDataError(f"{type(error).__name__}: {error}") from error


def _calendar(years: Mapping[int, Mapping[str, Any]]) -> Calendar:
    first, last = min(years), max(years)
    if len(years) != last - first + 1:
        raise CalendarDataError("the years are not one after the other")
    return Calendar(
        first=date(first, 1, 1),
        last=date(last, 12, 31),
        version=hashlib.sha256(_canonical(years).encode()).hexdigest()[:16],
        days=tuple(works for year in sorted(years) for works in _year(year, years[year])),
        provisional_years=frozenset(year for year in years if years[year]["provisional"] is True),
    )


def _canonical(years: Mapping[int, object]) -> str:
    return json.dumps(years, sort_keys=True, separators=(",", ":"))


def _year(year: int, entry: Mapping[str, Sequence[str]]) -> Iterator[bool]:
    off = _days(year, entry["off"], weekend=False)
    worked = _days(year, entry["worked"], weekend=True)
    day = date(year, 1, 1)
    while day.year == year:
        yield day in worked or (day.weekday() < SATURDAY and day not in off)
        day += timedelta(days=1)


def _days(year: int, texts: Sequence[str], *, weekend: bool) -> frozenset[date]:
    days = frozenset(date.fromisoformat(f"{year}-{text}") for text in texts)
    wrong = sorted(day for day in days if (day.weekday() >= SATURDAY) is not weekend)
    if wrong:
        kind = "a weekday" if weekend else "a weekend day"
        raise CalendarDataError(f"{wrong[0]} is {kind}")
    return days
