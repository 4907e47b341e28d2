"""Days that somebody was told, beside the limits: for an answer, a procedure, missing papers.

They stop or end nothing by themselves. Once such a day is there those whom it concerns are told,
and from the day after it shows that it has passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from workflows.catalogue.values import DayUnit
from workflows.clock import NEARLY, Lamp
from workflows.events import PauseKind
from workflows.moments import local_date
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.calendar import Calendar
    from workflows.project import Attempt, ItemState, Pause, Project, Suspension, Tolerance
    from workflows.spans import Span

_DAY = timedelta(days=1)


class DeadlineKind(StrEnum):
    """What is to be there by the day."""

    ANSWER = "answer"  # the owner's to a supplement (补正)
    PROCEDURE = "procedure"  # the end of a special procedure or a joint visit, as it was told
    TOLERANCE = "tolerance"  # materials that an item was let do without (容缺)
    ISSUE = "issue"  # the document of a default grant, from the late department (超时默认)


# Under which kind the told end of a pause goes; a suspension has none.
_TOLD = {
    PauseKind.SUPPLEMENT: DeadlineKind.ANSWER,
    PauseKind.PROCEDURE: DeadlineKind.PROCEDURE,
    PauseKind.JOINT: DeadlineKind.PROCEDURE,
}


# Counted in working days; the others were told as dates, and move by calendar days alone.
_COUNTED = frozenset({DeadlineKind.ISSUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """One day that somebody was told and that is not met yet.

    Attributes:
        attempt: May be the item's next one, for materials tolerated before it is filed.
        department: Whose item it is; None before its first attempt.
        due: ISO date, as the days of suspensions have moved it; None while the project stands
            still, for nobody can know.
    """

    table: ClassVar[str] = "deadline"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "item", "attempt", "kind")

    project: str
    unit: int
    item: str
    attempt: int
    kind: str
    stage: int
    department: str | None
    due: str | None

    def passed(self, today: date) -> bool:
        """Tell whether the day lies behind."""
        return self.due is not None and self.due < today.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A told day as it stands on a date.

    Attributes:
        due: None while the project stands still.
        passed_since: The first day after it, once it has passed.
        materials: What is to be handed in by then; empty where the day is the office's.
    """

    kind: DeadlineKind
    due: date | None
    passed: bool
    passed_since: date | None
    lamp: Lamp
    provisional: bool
    materials: tuple[str, ...] = ()


def told(
    row: DeadlineRow, calendar: Calendar, today: date, materials: tuple[str, ...] = ()
) -> Told:
    """Return how a told day stands: red once it has passed, yellow in its last working days."""
    due = None if row.due is None else date.fromisoformat(row.due)
    passed = row.passed(today)
    lamp = Lamp.NONE
    if passed:
        lamp = Lamp.RED
    elif due is not None:
        seen = calendar.reach(due)
        near = calendar.count(min(today, seen), seen, DayUnit.WORKING_DAY) <= NEARLY
        lamp = Lamp.YELLOW if near else Lamp.GREEN
    return Told(
        kind=DeadlineKind(row.kind),
        due=due,
        passed=passed,
        passed_since=due + _DAY if passed and due is not None else None,
        lamp=lamp,
        provisional=due is not None and row.kind in _COUNTED and calendar.unsettled(due, due),
        materials=materials,
    )


def deadlines(project: Project, state: ItemState) -> tuple[DeadlineRow, ...]:
    """Return the days told about one item that are not met yet; none in a project called off."""
    if project.status in {ProjectStatus.WITHDRAWN, ProjectStatus.TERMINATED}:
        return ()
    found = dict(_days(project, state))
    return tuple(
        DeadlineRow(
            project=project.code,
            unit=state.unit,
            item=state.item,
            attempt=attempt,
            kind=kind.value,
            stage=state.stage,
            department=state.attempts[-1].department if state.attempts else None,
            due=None if due is None else due.isoformat(),
        )
        for (attempt, kind), due in sorted(found.items())
    )


def last_day(told: date, since: date, stood: Iterable[Span]) -> date:
    """Return the last day to do something: the one told, and the days that the project stood since.

    Nobody may do it while the project is suspended. Whoever could not on the last day has one more.

    Args:
        since: When the day was told.
        stood: The suspensions, each from and to a date, in any order.

    >>> from datetime import date as d
    >>> last_day(d(2026, 3, 10), d(2026, 3, 2), [(d(2026, 3, 4), d(2026, 3, 23))])
    datetime.date(2026, 3, 29)
    """
    last, done = told, since
    for begun, end in sorted(stood):
        begin = max(done, begun)
        if begin <= last and begin <= end:
            last, done = max(last + (end - begin), end + _DAY), end
    return last


def stood(suspensions: Iterable[Pause | Suspension], on: date | None = None) -> Iterator[Span]:
    """Yield the dates between which each of *suspensions* lasted.

    Args:
        on: Those begun later are left out, and an open one lasted up to this date; None = all
            that have ended.
    """
    for each in suspensions:
        until = on if each.until is None else local_date(each.until)
        begin = local_date(each.since)
        if until is not None and (on is None or begin <= on):
            yield begin, until


def tolerated_until(project: Project, tolerance: Tolerance, on: date | None = None) -> date:
    """Return the last day for what a tolerance lets do without, as it is known on the date *on*."""
    told, since = date.fromisoformat(tolerance.due), local_date(tolerance.since)
    return last_day(told, since, stood(project.suspensions, on))


def owed(state: ItemState, tolerance: Tolerance) -> bool:
    """Tell whether a tolerance still binds: its attempt runs, was granted, or may yet be filed."""
    last = state.attempts[-1] if state.attempts else None
    if last is not None and last.number == tolerance.attempt:
        return last.result in {None, "granted"}
    ahead = not state.granted and not state.declined
    return ahead and tolerance.attempt == len(state.attempts) + 1


def answer_by(attempt: Attempt, pause: Pause) -> date | None:
    """Return the last day told for a pause, as suspensions moved it; None if none was told."""
    if pause.expected_end is None:
        return None
    suspended = (each for each in attempt.pauses if each.kind is PauseKind.SUSPENSION)
    told = date.fromisoformat(pause.expected_end)
    return last_day(told, local_date(pause.since), stood(suspended))


_Days = tuple[tuple[int, DeadlineKind], "date | None"]


def _days(project: Project, state: ItemState) -> Iterator[_Days]:
    attempt = state.open
    if attempt is not None:
        yield from _told(attempt, suspended=project.suspended)
    for each in state.tolerances:
        if each.met_at is None and owed(state, each):
            due = None if project.suspended else tolerated_until(project, each)
            yield (each.attempt, DeadlineKind.TOLERANCE), due
    last = state.attempts[-1] if state.attempts else None
    if last is None or last.issue_by is None or last.issued_at is not None:
        return
    if last.result == "granted":  # and not taken back
        yield (last.number, DeadlineKind.ISSUE), date.fromisoformat(last.issue_by)


def _told(attempt: Attempt, *, suspended: bool) -> Iterator[_Days]:
    """Yield the told ends of the open pauses, the latest first: of a kind the earliest counts.

    What was begun after the decision, as an old log may hold it, waits for nothing.
    """
    decided = attempt.decided_at
    found = [
        (_TOLD[pause.kind], day)
        for pause in attempt.open_pauses
        if (decided is None or pause.since < decided)
        and pause.kind in _TOLD
        and (day := answer_by(attempt, pause)) is not None
    ]
    for kind, day in sorted(found, key=lambda each: each[1], reverse=True):
        yield (attempt.number, kind), None if suspended else day
