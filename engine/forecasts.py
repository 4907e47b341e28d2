"""Keeps what is expected of running projects: made by a job, read with its age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analysis.expected import Told, coverage, truth
from engine.store import forecasts
from engine.store.jobs import Line
from workflows.moments import local_date
from workflows.wiring import STAGES, declined, wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from analysis.columns import Columns
    from analysis.expected import Calibration, Coverage, Expected
    from engine.clock import Clock
    from engine.facts import FactBook
    from engine.following import Following
    from engine.handle import Handle
    from engine.in_force import InForce
    from engine.store.forecasts import End, Forecast
    from engine.unit_of_work import UnitOfWork
    from workflows.catalogue.values import Catalogue
    from workflows.facts import Actor
    from workflows.project import Project

    # What is to be had of each running project, as (unit, item).
    Outlines = Mapping[str, frozenset[tuple[int, str]]]

FORECAST = "forecast"
_REPLAY, _PROJECTS = "calibration", "projects"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasting:
    """Forecasts of every running project; first it replays the past to see how far off they are.

    Attributes:
        replay: Replays the past; None where there is too little of it.
        foresee: Forecasts the running projects.
    """

    new_uow: Callable[[], UnitOfWork]
    clock: Clock
    book: FactBook
    handle: Handle
    following: Following
    known: InForce
    replay: Callable[[Columns, Outlines, Catalogue], Calibration | None]
    foresee: Callable[[Columns, Outlines, Catalogue, Calibration | None], Sequence[Expected]]

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the replay, then the projects."""
        return (_REPLAY, _PROJECTS)

    def make(self) -> None:
        """Replay the past and forecast now, as the job does, however new the last replay is."""
        columns, catalogue = self.book.columns(), self.known.current().catalogue
        outlines, numbers = self._running()
        self._replay(columns, outlines, catalogue)
        self._forecast(columns, outlines, catalogue, numbers)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Do one of them; the second time the same comes of the same facts."""
        if line == _REPLAY and self._is_new():
            return Line(line=line, ok=True, detail={"forecasts": 0})
        columns, catalogue = self.book.columns(), self.known.current().catalogue
        outlines, numbers = self._running()
        if line == _REPLAY:
            count = self._replay(columns, outlines, catalogue)
            return Line(line=line, ok=True, detail={"forecasts": count})
        count = self._forecast(columns, outlines, catalogue, numbers)
        return Line(line=line, ok=True, detail={"projects": len(outlines), "forecasts": count})

    def _is_new(self) -> bool:
        """Tell whether the past was replayed this week: a day more or less teaches nothing new."""
        with self.new_uow() as uow:
            learned = forecasts.calibration(uow.connection)
        return learned is not None and self.clock.now() - learned[0] < _WEEK

    def _replay(self, columns: Columns, outlines: Outlines, catalogue: Catalogue) -> int:
        """Replay the past, keep what it teaches, and return how many forecasts that rests on."""
        learned = self.replay(columns, outlines, catalogue)
        if learned is None:
            return 0
        with self.new_uow() as uow:
            uow.begin()
            forecasts.put_calibration(uow.connection, self.clock.now(), learned)
            uow.commit()
        return learned.forecasts

    def _forecast(
        self,
        columns: Columns,
        outlines: Outlines,
        catalogue: Catalogue,
        numbers: Mapping[str, int],
    ) -> int:
        """Forecast the running projects, keep it, and return how many forecasts that were."""
        with self.new_uow() as uow:
            learned = forecasts.calibration(uow.connection)
        found = self.foresee(columns, outlines, catalogue, learned[1] if learned else None)
        now = self.clock.now()
        with self.new_uow() as uow:
            uow.begin()
            forecasts.put(uow.connection, now, local_date(now), found, numbers)
            uow.commit()
        return len(found)

    def _running(self) -> tuple[Outlines, Mapping[str, int]]:
        """Return what is to be had of each running project, and the number of its last event."""
        outlines: dict[str, frozenset[tuple[int, str]]] = {}
        numbers: dict[str, int] = {}
        for code in self.following.running_codes():
            project = self.handle.project(code)
            outlines[code] = outline(project, self.known.of(project).catalogue)
            numbers[code] = project.number
        return outlines, numbers


class Forecasts:
    """What is expected, as it was made last; any thread may ask."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], book: FactBook) -> None:
        """Read nothing yet."""
        self._new_uow = new_uow
        self._book = book

    def of(self, code: str) -> tuple[Forecast, ...]:
        """Return the newest forecasts of a project, by goal; none before the first were made."""
        with self._new_uow() as uow:
            return forecasts.of_project(uow.connection, code)

    def ends(self, viewer: Actor) -> tuple[End, ...]:
        """Return when each running project that somebody sees is expected to be done."""
        with self._new_uow() as uow:
            return forecasts.ends(uow.connection, viewer)

    def ends_of(self, codes: Collection[str]) -> tuple[Forecast, ...]:
        """Return when each of some projects is expected to be done; those untold are left out."""
        with self._new_uow() as uow:
            return forecasts.ends_of(uow.connection, codes)

    def calibration(self) -> tuple[datetime, Calibration] | None:
        """Return when the past was replayed and what it taught; None before the first time."""
        with self._new_uow() as uow:
            return forecasts.calibration(uow.connection)

    def held(self) -> tuple[Coverage, ...]:
        """Return how often the truth came no later than people were told, once a month.

        Raises:
            OutsideCalendarError: If something happened beyond the calendar.
        """
        columns = self._book.columns()
        with self._new_uow() as uow:
            kept = forecasts.monthly(uow.connection)
        minute = columns.worktime.minute
        told = [Told(made=minute(each.made_at), expected=each.expected) for each in kept]
        return coverage(told, truth(columns), columns.now)


def outline(project: Project, catalogue: Catalogue) -> frozenset[tuple[int, str]]:
    """Return what is to be had of a project, as (unit, item): done, running or to come."""
    pulled = wiring(catalogue, project.applicable).pulled
    found: set[tuple[int, str]] = set()
    for number, unit in project.units.items():
        gone = declined(project, number, pulled)
        found.update(
            (number, code)
            for code in project.applicable
            if code not in gone
            and (number == 0 or unit.stage <= catalogue.items[code].stage <= STAGES)
        )
    return frozenset(found)
