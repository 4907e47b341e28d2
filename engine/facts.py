"""Keeps the facts of all projects as columns in memory, for reports that answer at once.

They are read from the store's columns once. Before each report it asks which projects moved on
since: of a few of them it takes what the projects say, after many it reads everything anew.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from analysis.filling import filled
from analysis.ledger import Ledger, columns_of
from engine.roll_up import RollUp
from engine.store import derived, fact_cells, facts
from workflows.item_runs import case_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.columns import Columns
    from engine.clock import Clock
    from engine.in_force import InForce
    from engine.store.facts import MonthFigure
    from engine.unit_of_work import UnitOfWork
    from workflows.calendar import Calendar
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project

FEW = 20  # projects that are read one by one, however few there are
SHARE = 8  # how much longer a project takes by itself than among all


class FactBook:
    """The facts of one office; any thread may ask."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        known: InForce,
        project: Callable[[str], Project],
    ) -> None:
        """Read nothing yet.

        Args:
            project: Returns a project as it stands.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._known = known
        self._project = project
        self._lock = Lock()
        self._versions: dict[str, int] = {}
        self._ledger: Ledger | None = None
        self._seen: Columns | None = None  # as they were asked for last, if nothing moved since

    @property
    def is_read(self) -> bool:
        """Tell whether everything was read once: from then on only what moves is."""
        return self._ledger is not None

    def columns(self, told: Callable[[float], None] = lambda _: None) -> Columns:
        """Return the columns of all projects as they stand now; nothing changes them afterwards.

        They are the same object for as long as no project moves on, and the minute does not.

        Args:
            told: Called with the part that is read, 0 to 1.

        Raises:
            OutsideCalendarError: If something happened beyond the calendar.
            EngineError: If the database fails.
        """
        with self._lock:
            ledger, now = self._refreshed(told), self._clock.now()
            at = ledger.worktime.minute(now), ledger.worktime.day(now)
            if self._seen is None or (self._seen.now, self._seen.today) != at:
                self._seen = ledger.columns(now, copied=True)
            return self._seen

    def of(self, project: Project) -> Columns:
        """Return the columns of one project as it stands now, read by itself.

        Raises:
            OutsideCalendarError: If something happened beyond the calendar.
        """
        case = case_of(project, self._catalogue(project.catalogue))
        return columns_of((case,), self._known.current().calendar, self._clock.now())

    def reviewers(self) -> dict[str, int]:
        """Return how many people may take work in hand, by department."""
        with self._new_uow() as uow:
            return facts.reviewers(uow.connection)

    def months(self, dimension: str = "department") -> tuple[MonthFigure, ...]:
        """Return the figures by month that were made last, by month and key."""
        with self._new_uow() as uow:
            return facts.months(uow.connection, dimension)

    def roll_up(self) -> None:
        """Make the figures of every month now, as the job does."""
        maker = RollUp(new_uow=self._new_uow, clock=self._clock, book=self)
        for month in maker.lines({}):
            maker.do({}, month, month)

    def _refreshed(self, told: Callable[[float], None]) -> Ledger:
        calendar = self._known.current().calendar
        ledger = self._ledger
        with self._new_uow() as uow:
            versions = facts.versions(uow.connection)
        moved = [code for code, at in versions.items() if self._versions.get(code) != at]
        stale = ledger is None or ledger.worktime.calendar.version != calendar.version
        if ledger is None or stale or len(moved) > max(FEW, len(versions) // SHARE):
            return self._read(calendar, told)
        for done, code in enumerate(moved, start=1):
            self._seen = None
            project = self._project(code)
            ledger.put(case_of(project, self._catalogue(project.catalogue)))
            self._versions[code] = project.number
            told(done / len(moved))
        return ledger

    def _read(self, calendar: Calendar, told: Callable[[float], None]) -> Ledger:
        """Read everything as of one instant."""
        with self._new_uow() as uow:
            derived.steady(uow.connection)
            versions = facts.versions(uow.connection)
            cells = fact_cells.cells(uow.connection)
        told(0.5)
        ledger = Ledger(calendar)
        ledger.fill(filled(cells, ledger.worktime, self._catalogue))
        self._ledger, self._versions, self._seen = ledger, versions, None
        told(1.0)
        return ledger

    def _catalogue(self, hash_: str) -> Catalogue:
        return self._known.edition(hash_).catalogue
