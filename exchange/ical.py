"""A person's due dates as an iCalendar feed (RFC 5545): things to do, and days to know of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Todo

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPE = "text/calendar; charset=utf-8"
_ZONE = ZoneInfo("Asia/Shanghai")
_OFFICE_OPENS = 9  # o'clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that a person has to do.

    Attributes:
        id: The same in every edition of the feed.
        due: Last day; None = no day was set.
        since: When it came up.
    """

    id: str
    title: str
    text: str
    due: date | None
    since: datetime
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that a person should know of: an item's limit ends."""

    id: str
    title: str
    text: str
    on: date
    since: datetime
    link: str


def feed(title: str, duties: Iterable[Duty], days: Iterable[Day], made_at: datetime) -> bytes:
    """Return the feed; times are those of Asia/Shanghai, whose rules it carries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Abreast//CN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for duty in duties:
        calendar.add_component(_todo(duty, made_at))
    for day in days:
        calendar.add_component(_event(day, made_at))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _todo(duty: Duty, made_at: datetime) -> Todo:
    entry = Todo()
    entry.add("uid", f"{duty.id}@abreast")
    entry.add("dtstamp", made_at)
    entry.add("summary", duty.title)
    entry.add("description", duty.text)
    entry.add("url", duty.link)
    entry.add("dtstart", duty.since.astimezone(_ZONE))
    entry.add("status", "NEEDS-ACTION")
    if duty.due is not None:
        # The end of the last day: nothing is late before it is over.
        end = datetime(duty.due.year, duty.due.month, duty.due.day, 23, 59, tzinfo=_ZONE)
        entry.add("due", max(end, duty.since.astimezone(_ZONE) + timedelta(minutes=1)))
        entry.add_component(_alarm(duty.title, timedelta(hours=_OFFICE_OPENS - 24)))
    return entry


def _event(day: Day, made_at: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{day.id}@abreast")
    entry.add("dtstamp", made_at)
    entry.add("summary", day.title)
    entry.add("description", day.text)
    entry.add("url", day.link)
    entry.add("dtstart", day.on)
    entry.add("dtend", day.on + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    return entry


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", before, parameters={"related": "END"})
    return alarm
