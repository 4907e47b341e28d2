"""Bulk work after an adjustment: every running project, one transaction each, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import streams
from engine.errors import EngineError
from engine.store import definitions, dues
from engine.store import log as events
from workflows import commands as c
from workflows.calendar import OutsideCalendarError
from workflows.decide.adjust import rearmed
from workflows.dues import DueChange, changes, due_rows
from workflows.errors import Refusal
from workflows.events import CatalogueFollowed, TimersRearmed
from workflows.facts import SYSTEM
from workflows.impact import Impact, impact
from workflows.moments import last_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.clock import Clock
    from engine.editions import Edition
    from engine.handle import Handle
    from engine.in_force import InForce
    from engine.unit_of_work import UnitOfWork
    from workflows.calendar import Calendar
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one project; *problem* is the code of what stood in the way, if anything."""

    project: str
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    timers: int = 0
    problem: str | None = None


class Following:
    """Looks at, and moves, the running projects when catalogue or calendar are adjusted."""

    def __init__(
        self, new_uow: Callable[[], UnitOfWork], clock: Clock, handle: Handle, known: InForce
    ) -> None:
        """Keep how to reach the projects and what is in force."""
        self._new_uow = new_uow
        self._clock = clock
        self._handle = handle
        self._known = known

    def impacts(self, edition: Edition) -> tuple[Impact, ...]:
        """Return what a catalogue means for each running project that it touches."""
        self._known.add(edition)
        found = (
            impact(
                project,
                edition.catalogue,
                self._known.under(project, edition.hash).catalogue,
            )
            for project in self._running()
        )
        return tuple(each for each in found if each.affected)

    def follow(self) -> Iterator[Line]:
        """Let every running project follow the catalogue in force, and yield what became of it."""
        for project in self._running():
            catalogue = self._known.following(project)
            if catalogue is not None:
                yield self._follow(project.code, catalogue, project.number)

    def due_changes(self, calendar: Calendar) -> tuple[DueChange, ...]:
        """Return the due dates and timers of running projects that *calendar* would move."""
        return tuple(
            change
            for project in self._running()
            for change in (
                *self._due_changes(project, calendar),
                *self._timer_changes(project, calendar),
            )
        )

    def recompute(self) -> Iterator[Line]:
        """Compute due dates and timers by the calendar in force, and yield each project's line."""
        for code in self.running_codes():
            yield self.recompute_one(code)

    def _follow(self, code: str, catalogue: str, number: int) -> Line:
        command = c.FollowCatalogue(catalogue=catalogue)
        key = f"follow-{catalogue[:16]}-{number}"
        try:
            answer = self._handle.execute(code, command, SYSTEM, key)
        except (Refusal, EngineError) as error:
            return Line(project=code, problem=error.code)
        bodies = [e.body for e in answer.events if isinstance(e.body, CatalogueFollowed)]
        return Line(
            project=code,
            added=tuple(item for body in bodies for item in body.added),
            dropped=tuple(item for body in bodies for item in body.dropped),
        )

    def recompute_one(self, code: str) -> Line:
        """Compute due dates and timers of one project by the calendar in force."""
        calendar = self._known.current().calendar
        try:
            timers, problem = self._rearm(code, calendar), None
        except (Refusal, EngineError, OutsideCalendarError) as error:
            timers, problem = 0, error.code
        self._write_dues(code, calendar)
        return Line(project=code, timers=timers, problem=problem)

    def _rearm(self, code: str, calendar: Calendar) -> int:
        """Set the timers of one project by *calendar*, and return how many moved."""
        project = self._handle.project(code)
        nets = self._known.of(project).nets
        if not rearmed(project, nets, calendar, self._clock.now()):
            return 0
        key = f"rearm-{calendar.version}-{project.number}"
        answer = self._handle.execute(code, c.RearmTimers(), SYSTEM, key)
        bodies = [e.body for e in answer.events if isinstance(e.body, TimersRearmed)]
        return sum(len(run.armed) for body in bodies for run in body.runs)

    def _write_dues(self, code: str, calendar: Calendar) -> None:
        """Write the due dates under the project's lock, as the log has it then."""
        stream = streams.of_project(code)
        with self._new_uow() as uow:
            uow.load(stream, "", "")  # nothing is ever answered under an empty key
            project = streams.replay(events.envelopes(uow.connection, stream))
            dues.put_dues(uow.connection, code, due_rows(project, calendar))
            uow.commit()

    def _due_changes(self, project: Project, calendar: Calendar) -> tuple[DueChange, ...]:
        before = due_rows(project, self._known.current().calendar)
        return changes(before, due_rows(project, calendar))

    def _timer_changes(self, project: Project, calendar: Calendar) -> Iterator[DueChange]:
        nets, now = self._known.of(project).nets, self._clock.now()
        for run in rearmed(project, nets, calendar, now):
            armed = project.runs[f"{run.stage}/{run.unit}"].timers
            for timer in run.armed:
                yield DueChange(
                    project=project.code,
                    unit=run.unit,
                    item=timer.item,
                    attempt=timer.attempt,
                    what=timer.path.rpartition("/")[2],
                    before=last_day(armed[timer.path].due_at).isoformat(),
                    after=last_day(timer.due_at).isoformat(),
                    provisional=calendar.provisional(last_day(timer.due_at)),
                )

    def running_codes(self) -> tuple[str, ...]:
        """Return the codes of the running projects, sorted."""
        with self._new_uow() as uow:
            return definitions.running(uow.connection)

    def _running(self) -> Iterator[Project]:
        return (self._handle.project(code) for code in self.running_codes())
