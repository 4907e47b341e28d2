"""An independent reader of a log: dates in sets, read off the events with none of the rules' code.

It keeps of every attempt what was entered last of each moment, and answers by walking from date to
date: slow, and too simple to be wrong in the ways in which the clock could be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from workflows import events as e
from workflows.evolve import ACCEPTED, DECIDING
from workflows.moments import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Key = tuple[int, str, int]
DAY = timedelta(days=1)


def day_of(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def after(begin: date, end: date) -> set[date]:
    """Return the dates d with begin < d <= end."""
    return {begin + DAY * n for n in range(1, (end - begin).days + 1)}


@dataclass(slots=True)
class Stop:
    """One pause as it was entered and corrected."""

    begun: datetime
    ended: datetime | None
    kind: e.PauseKind
    counted: bool
    bound: date | None
    told: date | None


@dataclass(slots=True)
class Entry:
    """One attempt as it was entered and corrected."""

    filed: datetime
    limit: e.Limit | None
    law: e.Limit | None
    accepted: datetime | None = None
    decided: datetime | None = None
    ended: datetime | None = None
    extension: int = 0
    stops: dict[int, Stop] = field(default_factory=dict)

    def stopped(self, on: date) -> set[date]:
        """Return every date that some pause leaves out, up to *on*."""
        found: set[date] = set()
        for stop in self.stops.values():
            if stop.counted:
                continue
            last = on if stop.ended is None else day_of(stop.ended)
            last = last if stop.bound is None else min(last, stop.bound)
            found |= after(day_of(stop.begun), min(last, on))
        return found

    def ran(self, on: date) -> set[date]:
        """Return the dates on which the clock ran."""
        if self.accepted is None:
            return set()
        ends = [at for at in (self.decided, self.ended) if at is not None]
        last = min([on, *(day_of(at) for at in ends)])
        return after(day_of(self.accepted), max(last, day_of(self.accepted))) - self.stopped(on)


@dataclass(slots=True)
class Promise:
    """Materials that an attempt was let do without."""

    since: date
    due: date
    met: date | None = None


@dataclass(slots=True)
class DateBook:
    """Every attempt, suspension and tolerance of one project."""

    attempts: dict[Key, Entry] = field(default_factory=dict)
    suspended: dict[int, list[datetime | None]] = field(default_factory=dict)
    promises: dict[Key, Promise] = field(default_factory=dict)

    @classmethod
    def of(cls, log: Iterable[e.Event]) -> DateBook:
        """Read a whole log."""
        book = cls()
        for event in log:
            book.read(event)
        return book

    def read(self, event: e.Event) -> None:  # noqa: C901, PLR0912 - one case an event
        """Read one entry."""
        at, body = event.happened_at, event.body
        match body:
            case e.StageFiled() | e.PairStarted():
                for filing in body.filings:
                    self._file(body.unit, filing, at)
            case e.ItemFiled():
                self._file(body.unit, body.filing, at)
            case e.StepCompleted():
                self._step(body, at)
            case e.TimerFired():
                entry = self._entry(body)
                entry.accepted = entry.accepted or body.accepted_at
            case e.ItemEnded():
                self._end(self._entry(body), at)
            case e.ProjectWithdrawn() | e.ProjectTerminated():
                for closed in body.closed:
                    self._end(self.attempts[closed.unit, closed.item, closed.attempt], at)
            case e.LimitExtended():
                self._entry(body).extension = body.days
            case e.ExtensionReverted():
                self._entry(body).extension = 0
            case e.Tolerated():
                key = (body.unit, body.item, body.attempt)
                self.promises[key] = Promise(day_of(at), date.fromisoformat(body.due))
            case e.ToleranceMet():
                self.promises[body.unit, body.item, body.attempt].met = day_of(at)
            case _:
                self._stand(event)

    def _stand(self, event: e.Event) -> None:  # noqa: C901 - one case an event
        """Read an entry of pauses and corrections."""
        at, body = event.happened_at, event.body
        match body:
            case e.ProjectSuspended():
                self.suspended[event.number] = [at, None]
            case e.ProjectResumed():
                last = max(self.suspended)
                self.suspended[last][1] = at
            case e.ItemPaused():
                for one in body.paused:
                    self._pause((body.unit, one.item, one.attempt), one.pause, body, at)
            case e.ItemResumed():
                for one in body.resumed:
                    key = (body.unit, one.item, one.attempt)
                    self.attempts[key].stops[one.pause].ended = at
            case e.TimeCorrected():
                self._correct(body)
            case e.PauseCorrected():
                self._correct_stop(body)
            case e.StepReverted():
                entry = self._entry(body)
                entry.accepted, entry.decided = body.accepted_at, body.decided_at
            case e.LapseReverted():
                entry = self._entry(body)
                entry.ended = None
                for number in body.pauses:
                    entry.stops[number].ended = None
                self._lasted(entry, event.recorded_at)
            case _:
                return

    def _entry(self, body: object) -> Entry:
        return self.attempts[body.unit, body.item, body.attempt]  # type: ignore[attr-defined]

    def _file(self, unit: int, filing: e.Filing, at: datetime) -> None:
        key = (unit, filing.item, filing.attempt)
        self.attempts[key] = Entry(at, filing.committed, filing.statutory)

    def _step(self, body: e.StepCompleted, at: datetime) -> None:
        entry = self._entry(body)
        if entry.accepted is None and body.status in ACCEPTED and body.outcome != "refused":
            entry.accepted = at
        if body.step in DECIDING:
            entry.decided = at

    @staticmethod
    def _end(entry: Entry, at: datetime) -> None:
        entry.ended = at
        for stop in entry.stops.values():
            stop.ended = stop.ended or at

    def _pause(self, key: Key, number: int, body: e.ItemPaused, at: datetime) -> None:
        told, bound = body.expected_end, body.bound
        self.attempts[key].stops[number] = Stop(
            at,
            None,
            body.kind,
            body.counted,
            None if bound is None else date.fromisoformat(bound),
            None if told is None else date.fromisoformat(told),
        )

    def _correct(self, body: e.TimeCorrected) -> None:
        entry = self._entry(body)
        setattr(entry, body.moment, body.now)
        for stop in entry.stops.values():
            if body.moment == "ended" and stop.ended == body.was:
                stop.ended = body.now
        if body.moment == "ended":
            self._lasted(entry, body.now)

    def _lasted(self, entry: Entry, until: datetime) -> None:
        """Let an attempt that was not closed count the suspensions that it lasted through."""
        kind = e.PauseKind.SUSPENSION
        known = {stop.begun for stop in entry.stops.values() if stop.kind is kind}
        for begun, ended in self.suspended.values():
            if begun is not None and begun not in known and entry.filed <= begun < until:
                number = len(entry.stops) + 1
                entry.stops[number] = Stop(begun, ended, kind, False, None, None)

    def _correct_stop(self, body: e.PauseCorrected) -> None:
        stop = self._entry(body).stops[body.pause]
        place = 0 if body.moment == "paused" else 1
        if body.moment == "paused":
            stop.begun = body.now
            stop.bound = None if body.bound is None else date.fromisoformat(body.bound)
        else:
            stop.ended = body.now
        for pair in self.suspended.values():
            if stop.kind is e.PauseKind.SUSPENSION and pair[place] == body.was:
                pair[place] = body.now

    def stood(self, on: date) -> list[tuple[date, date]]:
        """Return the dates from and to which the project stood still, by *on*."""
        found = []
        for begun, ended in self.suspended.values():
            assert begun is not None
            found.append((day_of(begun), on if ended is None else day_of(ended)))
        return sorted(found)


def last_day(told: date, since: date, stood: list[tuple[date, date]]) -> date:
    """Return the last day to do something, walking from date to date.

    A date on which the project stood still is no date for it, and whoever was stopped on the last
    one has the next after the resumption.
    """
    covered = set().union(*(after(begin, end) for begin, end in stood))
    ahead, day = (told - since).days, since
    while ahead > 0:
        day += DAY
        ahead -= day not in covered
    for begin, end in stood:
        if begin == day <= end and begin >= since:
            day = end + DAY
            while day in covered:
                day += DAY
    return day


def counted(dates: Iterable[date], unit: str, works: Callable[[date], bool]) -> int:
    """Return how many of *dates* a unit counts."""
    return sum(unit == "calendar_day" or works(day) for day in dates)
