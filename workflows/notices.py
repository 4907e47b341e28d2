"""Notices on working days: the stream `calendar`, which goes before the shipped table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from workflows.adjustment import check_keeper
from workflows.calendar import DATA, LATE_DECEMBER, SATURDAY, load, shipped
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.calendar import Calendar
    from workflows.facts import Actor

# Days off by regulation that lie in the solar year: no notice can have them worked. Those of the
# lunar year, and the weekdays off for a holiday on a weekend, are in the shipped table.
# Source: 全国年节及纪念日放假办法 (2 May since 2025).
BY_LAW = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
SECOND_OF_MAY = 2025  # the first year that has it
LONGEST_SOURCE = 100
LONGEST_FILE = 64 * 1024
MOST_DAYS = 120  # a notice names a few dozen days; a year has 104 weekend days


class BadNoticeError(Refusal):
    """A notice names a year, its source, weekdays off and weekend days worked.

    They are of that year or of the last days of the one before (`calendar.LATE_DECEMBER`).
    """

    code = "calendar.bad_notice"


class PastNoticeError(Refusal):
    """A notice changes no day that has passed: clocks have counted it."""

    code = "calendar.past_days"


class WorkedHolidayError(Refusal):
    """A day that the regulation on holidays has off stays off: it is named, never worked."""

    code = "calendar.worked_holiday"


class FarNoticeError(Refusal):
    """A notice is for a year of the calendar, or for the one after its last."""

    code = "calendar.far_year"


class SameNoticeError(Refusal):
    """The notice says of every day what the calendar says already, and the year is final."""

    code = "calendar.same"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptNotice:
    """Take a notice on one year's days over.

    Attributes:
        off: Days off; those on weekends are off anyway. Here and in *worked*: of the year, or of
            the last days of the one before.
        worked: Weekend days that are worked in exchange.
        source: Number of the notice, e.g. 国办发明电〔2025〕7号.
    """

    year: int
    off: tuple[date, ...]
    worked: tuple[date, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAdopted:
    """A year whose days are final: these weekdays are off, these weekend days worked.

    Attributes:
        calendar: Version of the calendar with this notice in it.
    """

    year: int
    off: tuple[date, ...]
    worked: tuple[date, ...]
    source: str
    calendar: str


KINDS: dict[str, type[NoticeAdopted]] = {"NoticeAdopted": NoticeAdopted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of a calendar: how many days are worked, weekdays off, weekend days worked."""

    working: int
    off: tuple[date, ...]
    worked: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """The adopted notices by year, the last of a year alone; *number* is the last event's."""

    number: int = 0
    by_year: Mapping[int, NoticeAdopted] = field(default_factory=dict)


def decide(notices: Notices, command: AdoptNotice, actor: Actor, today: date) -> NoticeAdopted:
    """Return what comes of *command*.

    Raises:
        NotAllowedError: If the actor neither plans nor administers.
        BadNoticeError: If a day is not of the year, or of the wrong kind.
        WorkedHolidayError: If a day off by regulation would be worked, a lunar holiday too.
        FarNoticeError: If years would be left out.
        PastNoticeError: If a day up to *today* would become another.
        SameNoticeError: If nothing would change.
    """
    check_keeper(actor, "calendar")
    return offered(notices, command, today)


def offered(notices: Notices, command: AdoptNotice, today: date) -> NoticeAdopted:
    """Return the notice as it would be adopted, for a preview too; raises like `decide`."""
    before = calendar(notices)
    _check(command, before)
    off = tuple(sorted({day for day in command.off if day.weekday() < SATURDAY}))
    worked = tuple(sorted(set(command.worked)))
    body = NoticeAdopted(
        year=command.year, off=off, worked=worked, source=command.source, calendar=""
    )
    after = calendar(evolve(notices, notices.number + 1, body))
    if after.version == before.version:
        raise SameNoticeError(year=command.year)
    changed = [day for day in changed_days(before, after) if day <= today]
    if changed:
        raise PastNoticeError(days=[day.isoformat() for day in changed], today=today.isoformat())
    return replace(body, calendar=after.version)


def evolve(notices: Notices, number: int, body: NoticeAdopted) -> Notices:
    """Return the notices after event *number*."""
    return Notices(number=number, by_year={**notices.by_year, body.year: body})


def calendar(notices: Notices) -> Calendar:
    """Return the shipped calendar with every notice in the place of its year.

    What a notice says of the last days before its year stands beside what that year's own says.

    >>> from workflows.calendar import shipped
    >>> calendar(Notices()).version == shipped().version
    True
    """
    table = json.loads(DATA.read_text(encoding="utf-8"))
    for year, notice in notices.by_year.items():
        table["years"][str(year)] = {
            "off": [_short(day) for day in notice.off if day.year == year],
            "worked": [_short(day) for day in notice.worked if day.year == year],
            "provisional": False,
        }
    for year, notice in notices.by_year.items():
        for kind, days in (("off", notice.off), ("worked", notice.worked)):
            early = {_short(day) for day in days if day.year < year}
            if early:
                entry = table["years"][str(year - 1)]
                entry[kind] = sorted(early.union(entry[kind]))
    return load(json.dumps(table))


def changed_days(before: Calendar, after: Calendar) -> Iterator[date]:
    """Yield the days that are worked in one calendar and off in the other, in order.

    Days that only *after* has are new, not changed.
    """
    day = max(before.first, after.first)
    while day <= min(before.last, after.last):
        if before.is_working(day) is not after.is_working(day):
            yield day
        day += timedelta(days=1)


def year_of(calendar: Calendar, year: int) -> Year:
    """Return the days of *year* that are not what their weekday says.

    Raises:
        OutsideCalendarError: If the calendar does not hold the year.
    """
    first = date(year, 1, 1)
    days = [first + timedelta(days=at) for at in range((date(year, 12, 31) - first).days + 1)]
    worked = {day for day in days if calendar.is_working(day)}
    return Year(
        working=len(worked),
        off=tuple(day for day in days if day.weekday() < SATURDAY and day not in worked),
        worked=tuple(day for day in days if day.weekday() >= SATURDAY and day in worked),
    )


def read_notice(text: str) -> AdoptNotice:
    """Read a notice from JSON: {"year": 2027, "source": "...", "off": [...], "worked": [...]}.

    Days are ISO dates, or month and day ("10-01").

    Raises:
        BadNoticeError: If it is no such notice.
    """
    try:
        if len(text) > LONGEST_FILE:
            raise BadNoticeError(problem=f"> {LONGEST_FILE} B")
        tree = json.loads(text)
        if not isinstance(tree, dict) or set(tree) != {"year", "source", "off", "worked"}:
            raise BadNoticeError(problem="year, source, off, worked")
        year, source = tree["year"], tree["source"]
        if type(year) is not int or not isinstance(source, str):
            raise BadNoticeError(problem="year, source")
        return AdoptNotice(
            year=year,
            off=_dates(year, tree["off"]),
            worked=_dates(year, tree["worked"]),
            source=source,
        )
    except (ValueError, RecursionError) as error:  # no JSON, or no date
        raise BadNoticeError(problem=str(error)) from error


def _check(command: AdoptNotice, before: Calendar) -> None:
    if not before.first.year <= command.year <= before.last.year + 1:
        raise FarNoticeError(year=command.year, first=before.first.year, last=before.last.year + 1)
    if not 0 < len(command.source.strip()) <= LONGEST_SOURCE or not command.source.isprintable():
        raise BadNoticeError(problem="source")
    if len(command.off) + len(command.worked) > MOST_DAYS:
        raise BadNoticeError(problem=f"> {MOST_DAYS}")
    wrong = _wrong(command, before.first)
    if wrong is not None:
        raise BadNoticeError(problem=wrong.isoformat())
    forgotten = [day.isoformat() for day in _by_law(command.year) if not _off(command, day)]
    if forgotten:
        raise WorkedHolidayError(days=forgotten)


def _by_law(year: int) -> tuple[date, ...]:
    days = BY_LAW if year >= SECOND_OF_MAY else tuple(day for day in BY_LAW if day != (5, 2))
    solar = {date(year, month, day) for month, day in days}
    table = shipped()
    # A provisional year of the table has the days of the regulation and no others.
    lunar = year_of(table, year).off if year in table.provisional_years else ()
    return tuple(sorted(solar.union(lunar)))


def _off(command: AdoptNotice, day: date) -> bool:
    return day not in command.worked and (day.weekday() >= SATURDAY or day in command.off)


def _wrong(command: AdoptNotice, first: date) -> date | None:
    """Return the first day of another year, or a weekday among those worked in exchange."""
    named = (*command.off, *command.worked)
    strangers = (d for d in named if not _near(command.year, d) or d < first)
    weekdays = (day for day in command.worked if day.weekday() < SATURDAY)
    both = sorted(set(command.off) & set(command.worked))
    return next(iter([*strangers, *weekdays, *both]), None)


def _near(year: int, day: date) -> bool:
    return day.year == year or (day.year == year - 1 and (day.month, day.day) >= LATE_DECEMBER)


def _dates(year: int, days: Any) -> tuple[date, ...]:  # noqa: ANN401 - whatever the JSON holds
    if not isinstance(days, list) or not all(isinstance(day, str) for day in days):
        raise BadNoticeError(problem="off, worked")
    return tuple(_day(year, day) for day in days)


def _day(year: int, day: str) -> date:
    whole = day if len(day) > len("MM-DD") else f"{year:04}-{day}"
    found = date.fromisoformat(whole)
    if found.isoformat() != whole:  # week dates and bare digits are no days of a notice
        raise BadNoticeError(problem=day)
    return found


def _short(day: date) -> str:
    return day.isoformat()[5:]
