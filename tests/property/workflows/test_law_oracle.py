"""Histories through the rules, held at every few steps against dates read off the bare log."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.date_books import DateBook, counted, last_day
from tests.support.law_histories import LawStory
from tests.support.law_office import CALENDAR, LawOffice
from tests.support.memory_office import SYSTEM
from workflows import commands as c
from workflows.changes import changes
from workflows.clock import clock
from workflows.deadlines import DeadlineKind, deadlines
from workflows.derivation import rows
from workflows.facts import Rules
from workflows.materials import Shelf
from workflows.moments import local_date
from workflows.project import ProjectStatus
from workflows.rows import key_of

if TYPE_CHECKING:
    from workflows.project import Attempt, ItemState, Project
    from workflows.rows import Row

SEEDS = int(os.environ.get("ABREAST_LAW_SEEDS", "2"))
EVERY = 12  # steps between two looks
DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Watched(LawStory):
    """A life that is looked at again and again, in a district where lateness grants.

    Attributes:
        stored: The rows as a database would hold them: kept by differences alone.
        looks: How often an attempt's clock was compared.
    """

    steps: int = 0
    looks: int = 0
    seen: Project | None = None
    stored: dict[object, Row] = field(default_factory=dict)

    def step(self) -> None:
        """Do one thing, and look."""
        LawStory.step(self)  # super() fails on a class with slots
        self.steps += 1
        if self.happens(0.1):
            self._grant_late()
        self._store()
        if self.steps % EVERY == 0:
            self.look()

    def look(self) -> None:
        """Compare every figure with the date book's."""
        book = DateBook.of(self.office.log)
        today = local_date(self.office.now)
        for state in self.office.project.items.values():
            for attempt in state.attempts:
                for on in (today, today + 40 * DAY):
                    check_clock(book, state, attempt, on)
                self.looks += 1
            check_told(book, self.office.project, state)
            check_tolerances(book, self.law, state, today)
        assert self.stored == dict(rows(self.office.project).by_key)

    def _grant_late(self) -> None:
        for state, attempt in self._open():
            late = clock(attempt, CALENDAR, local_date(self.office.now)).committed
            if late is not None and late.overdue:
                grant = c.GrantByDefault(unit=state.unit, item=state.item, attempt=attempt.number)
                self.order(grant, SYSTEM)
                return

    def _store(self) -> None:
        found = changes(self.seen, self.office.project)
        for row in found.deletes:
            del self.stored[key_of(row)]
        for row in (*found.inserts, *found.updates):
            self.stored[key_of(row)] = row
        self.seen = self.office.project


def check_clock(book: DateBook, state: ItemState, attempt: Attempt, on: date) -> None:
    """Hold one clock against the dates."""
    entry = book.attempts[state.unit, state.item, attempt.number]
    seen = clock(attempt, CALENDAR, on)
    ran = entry.ran(on)
    for limit, read in ((entry.limit, seen.committed), (entry.law, seen.statutory)):
        if limit is None or entry.accepted is None:
            assert read is None
            continue
        assert read is not None
        longer = entry.limit is not None and limit.unit == entry.limit.unit
        allowed = limit.days + (entry.extension if longer else 0)
        used = counted(ran, limit.unit, CALENDAR.is_working)
        assert (read.limit, read.used, read.overdue) == (allowed, used, used > allowed)
        ends = [local_date(at) for at in (entry.decided, entry.ended) if at is not None]
        if read.due is not None and read.due <= min([on, *ends]):
            by_then = counted(entry.ran(read.due), limit.unit, CALENDAR.is_working)
            assert by_then == allowed or not allowed, (state.item, read)
        if read.overdue:
            assert read.due is not None, "what is overdue fell due on some day"


def check_told(book: DateBook, project: Project, state: ItemState) -> None:
    """Hold the told ends of the open pauses against the dates."""
    found = {row.kind: row for row in deadlines(project, state)}
    attempt = state.open
    for kind in (DeadlineKind.ANSWER, DeadlineKind.PROCEDURE):
        answering = kind is DeadlineKind.ANSWER
        told = []
        entry = None
        if attempt is not None:
            entry = book.attempts[state.unit, state.item, attempt.number]
            stood = [
                (local_date(stop.begun), local_date(stop.ended))
                for stop in entry.stops.values()
                if stop.kind == "suspension" and stop.ended is not None
            ]
            told = [
                last_day(stop.told, local_date(stop.begun), sorted(stood))
                for stop in entry.stops.values()
                if stop.ended is None
                and stop.told is not None
                and (stop.kind == "supplement") is answering
            ]
        row = found.get(kind.value)
        assert (row is not None) == bool(told), (state.item, kind)
        if row is not None and not project.suspended:
            assert row.due == str(min(told)), (state.item, kind, row)


def check_tolerances(book: DateBook, office: LawOffice, state: ItemState, on: date) -> None:
    """Hold what became of each tolerance against the dates."""
    shelf = Shelf(office.project, office.catalogue, state.unit, on)
    for each in state.tolerances:
        promise = book.promises[state.unit, state.item, each.attempt]
        last = last_day(promise.due, promise.since, book.stood(on))
        grace = shelf.grace(state.item, each.attempt)
        assert grace is not None
        assert grace.last == last, (state.item, grace)
        assert grace.met == promise.met
        if promise.met is not None:
            assert grace.overdue == (promise.met > last)
        elif grace.left:
            assert grace.overdue == (on > last)


@pytest.mark.parametrize("flow", [1, 3, 6])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_figure_is_what_the_dates_say(flow: int, seed: int) -> None:
    office = LawOffice(replays=False, rules=Rules(overdue_default=True))
    story = Watched(office=office, rng=Random(f"dates/{flow}/{seed}"))
    story.begin(flow)
    story.play()
    story.look()

    assert story.office.project.status is ProjectStatus.COMPLETED
    assert story.looks > EVERY
