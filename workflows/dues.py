"""When the running attempts fall due, by one calendar: rows that a notice makes anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from workflows.calendar import OutsideCalendarError
from workflows.catalogue.values import DayUnit
from workflows.clock import NEARLY, reading
from workflows.moments import local_date
from workflows.spans import stretches, used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from workflows.calendar import Calendar
    from workflows.events import Limit
    from workflows.project import Attempt, ItemState, Project
    from workflows.spans import Stop


# All of an attempt that `reading` looks at.
_BASIS = attrgetter(
    "number",
    "filed_at",
    "accepted_at",
    "decided_at",
    "ended_at",
    "committed",
    "statutory",
    "extension",
    "pauses",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """The due dates of one running attempt that is accepted and not decided.

    Attributes:
        committed_due, statutory_due: The last day inside each limit, ISO; None without such a
            limit, while an open pause keeps it from being known, or beyond the calendar.
        provisional: Days on the way to either are not published yet.
        calendar_version: Of the calendar that it was computed by.
        committed_source: Of the rule that the committed limit rests on.
    """

    table: ClassVar[str] = "due"
    key: ClassVar[tuple[str, ...]] = ("project", "unit", "item")

    project: str
    unit: int
    item: str
    attempt: int
    committed_due: str | None
    statutory_due: str | None
    provisional: bool
    calendar_version: str
    committed_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChange:
    """A due date that another calendar moves.

    Attributes:
        what: "committed" or "statutory", or the name of an armed timer's node.
        provisional: Days on the way to *after* are not published yet.
    """

    project: str
    unit: int
    item: str
    attempt: int
    what: str
    before: str | None
    after: str | None
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Where the colours of clocks change on one date, so that rows can be told apart by due day.

    Attributes:
        late: By unit: what was due before this day is overdue.
        near: By unit: what has at most 0, 1, 2 days left is due on these days or before.
    """

    late: Mapping[DayUnit, date]
    near: Mapping[DayUnit, tuple[date, ...]]

    @property
    def today(self) -> date:
        """Return the date whose marks they are: every calendar day counts."""
        return self.late[DayUnit.CALENDAR_DAY]


def marks(today: date, calendar: Calendar) -> Marks:
    """Return the marks of *today*.

    Raises:
        OutsideCalendarError: If the calendar does not know the days around it.
    """
    return Marks(
        late={unit: _last_counted(today, unit, calendar) for unit in DayUnit},
        near={
            unit: tuple(
                calendar.add(today, left + 1, unit) - timedelta(days=1)
                for left in range(NEARLY + 1)
            )
            for unit in DayUnit
        },
    )


def days_left(
    due: date,
    today: date,
    unit: DayUnit,
    calendar: Calendar,
    stops: Iterable[Stop] = (),
) -> int:
    """Return the days from *today* to *due*; negative when overdue.

    The same as a clock's own figure while it runs.

    Args:
        stops: When the clock stood still.

    Raises:
        OutsideCalendarError: If the calendar does not know the days between.
    """
    if due >= today:
        return calendar.count(today, due, unit)
    return -used(due, today, stretches(stops, due, today), calendar, unit)


def _last_counted(day: date, unit: DayUnit, calendar: Calendar) -> date:
    """Return the last day that *unit* counts, *day* itself or before."""
    while unit is DayUnit.WORKING_DAY and not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


def due_rows(project: Project, calendar: Calendar) -> tuple[DueRow, ...]:
    """Return the rows of every attempt of *project* that waits for its decision, sorted."""
    rows = (due_row(project.code, state, calendar) for _, state in sorted(project.items.items()))
    return tuple(row for row in rows if row is not None)


def has_due(state: ItemState) -> bool:
    """Tell whether an item has a row: whether its running attempt is accepted and undecided."""
    attempt = state.open
    return attempt is not None and attempt.accepted_at is not None and attempt.decided_at is None


def due_row(code: str, state: ItemState, calendar: Calendar) -> DueRow | None:
    """Return the row of an item's running attempt; None without one.

    None before acceptance, and after the decision: what is decided falls due no more.
    """
    attempt = state.open
    if attempt is None or not has_due(state):
        return None
    committed, early = _due(attempt, attempt.committed, calendar)
    statutory, unsure = _due(attempt, attempt.statutory, calendar)
    return DueRow(
        project=code,
        unit=state.unit,
        item=state.item,
        attempt=attempt.number,
        committed_due=committed,
        statutory_due=statutory,
        provisional=early or unsure,
        calendar_version=calendar.version,
        committed_source=None if attempt.committed is None else attempt.committed.source,
    )


def same_dues(before: ItemState, after: ItemState) -> bool:
    """Tell whether two states of an item fall due alike by any calendar, seen from what they hold.

    May say no too often, never yes.
    """
    old, new = before.open, after.open
    if old is None or new is None:
        return old is new
    return _BASIS(old) == _BASIS(new)


def changes(before: tuple[DueRow, ...], after: tuple[DueRow, ...]) -> tuple[DueChange, ...]:
    """Return which dates differ between the rows of the same project by two calendars."""
    return tuple(
        DueChange(
            project=old.project,
            unit=old.unit,
            item=old.item,
            attempt=old.attempt,
            what=what,
            before=getattr(old, f"{what}_due"),
            after=getattr(new, f"{what}_due"),
            provisional=new.provisional,
        )
        for old, new in zip(before, after, strict=True)
        for what in ("committed", "statutory")
        if getattr(old, f"{what}_due") != getattr(new, f"{what}_due")
    )


def touched(before: Project | None, after: Project) -> Iterator[tuple[ItemState | None, ItemState]]:
    """Yield the items whose state is another, before (None = not there) and after."""
    old = {} if before is None else before.items
    for key in [key for key, state in after.items.items() if old.get(key) is not state]:
        yield old.get(key), after.items[key]


def _due(attempt: Attempt, limit: Limit | None, calendar: Calendar) -> tuple[str | None, bool]:
    """Return the due day, and whether days on the way to it are not published yet."""
    on = local_date(attempt.accepted_at or attempt.filed_at)  # the due day hangs on no date
    try:
        read = reading(attempt, limit, calendar, on)
    except OutsideCalendarError:
        return None, True
    if read is None:
        return None, False
    return (None if read.due is None else read.due.isoformat()), read.provisional
