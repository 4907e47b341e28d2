"""The work-list by urgency: the colour of each task's clock, and lists and counts by it.

Colours are told from rows alone, so that a list asks no project: from the due rows of what was
accepted (see workflows.dues.Marks), and from the timers of silence of what waits for acceptance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select, tuple_

from engine.store import rights
from engine.store.fact_tables import ItemPauseRow
from engine.store.queries import RUNNING, task_conditions, task_line
from engine.store.slots import few_lengths
from engine.store.tables import DueRow, ItemRunRow, NoteRow, ProjectRow, TaskRow, TimerRow
from workflows.catalogue.values import DayUnit
from workflows.clock import ACCEPTANCE, NEARLY, Lamp
from workflows.dues import Marks
from workflows.moments import end_of, last_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, MappingResult, Select

    from engine.store.queries import TaskCursor, TaskFilter, TaskLine

NO_DAY = ""  # stands for the day in the place of a task that has none
_SHARE = 3  # a clock turns yellow in the last third of a short limit; workflows.clock.lamp
_WORST = (Lamp.RED, Lamp.YELLOW, Lamp.PAUSED, Lamp.GREEN, Lamp.NONE)
_DATED = DueRow.committed_due.is_not(None)
# Waits for acceptance; where silence is about to accept it, its last day is the timer's.
_WAITS = and_(ItemRunRow.filed_at.is_not(None), ItemRunRow.accepted_at.is_(None))
_SILENCE_RUNS = TimerRow.due_at.is_not(None)
_ACCEPTED_IN = DayUnit(ACCEPTANCE.unit)
_ACCEPTANCE_NEAR = min(NEARLY, ACCEPTANCE.days // _SHARE)  # days left at which it is yellow
_PLACE = (TaskRow.project, TaskRow.unit, TaskRow.path)
_Late = tuple[DayUnit, date]
_Near = tuple[DayUnit, tuple[date, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A column that holds the last day of something, and how it spells one."""

    column: Any
    cell: Callable[[date], Any]
    day: Callable[[Any], str]


_DUE = _Day(column=DueRow.committed_due, cell=date.isoformat, day=str)
_SILENT = _Day(
    column=TimerRow.due_at, cell=end_of, day=lambda instant: last_day(instant).isoformat()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How a task's clock stands.

    Attributes:
        due: The last day inside the item's committed limit, before acceptance the last day for
            that; None without one, after the decision, or while nobody knows how long a pause will
            last.
        unit: What the limit counts.
        source: Of the limit; None where nothing falls due.
        provisional: Days on the way to *due* are not published yet.
        name: Of the project, shown beside the clock; None once it is erased.
    """

    due: date | None
    unit: DayUnit | None
    provisional: bool
    lamp: Lamp
    source: str | None = None
    name: str | None = None


def by_due(  # noqa: PLR0913 - who asks, and which page
    connection: Connection,
    which: TaskFilter,
    marks: Marks,
    *,
    lamp: Lamp | None = None,
    after: TaskCursor | None = None,
    limit: int = 50,
) -> tuple[TaskLine, ...]:
    """Return a page of open tasks: those with a due day, the earliest first, then all others.

    Each part walks an index of its own: one order over all would sort every task there is.
    """
    found: list[TaskLine] = []
    if after is None or after[0] != NO_DAY:
        found += _with_day(connection, which, marks, lamp, after, limit)
        after = None
    if len(found) < limit:
        query = _joined(*TaskRow.__table__.c).where(~_DATED, ~_SILENCE_RUNS, *_asked(which))
        query = query if lamp is None else query.where(_lamp(marks) == lamp.value)
        rest = None if after is None else after[1:]
        lines = _page(connection, query, _PLACE, rest, limit - len(found))
        found += [task_line(row) for row in lines]
    return tuple(found)


def counts(connection: Connection, which: TaskFilter, marks: Marks) -> dict[Lamp, int]:
    """Return how many tasks have a clock of each colour."""
    colour = _lamp(marks).label("lamp")
    coloured = _joined(colour).where(*_asked(which)).subquery()
    query = select(coloured.c.lamp, func.count()).group_by(coloured.c.lamp)
    found = {Lamp(lamp): count for lamp, count in connection.execute(query)}
    return {lamp: found.get(lamp, 0) for lamp in Lamp}


def of_colour(lamp: Lamp, marks: Marks) -> ColumnElement[bool]:
    """Say of a running project that the worst clock of its open tasks has a colour."""
    worst = _worst(marks)
    coloured = select(worst.c.project).where(worst.c.place == _WORST.index(lamp))
    return and_(ProjectRow.status == RUNNING, ProjectRow.project.in_(coloured))


def projects_by_colour(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], marks: Marks
) -> dict[Lamp, int]:
    """Return how many running projects have a worst clock of each colour."""
    worst = _worst(marks)
    query = select(worst.c.place, func.count().label("projects")).join_from(
        worst, ProjectRow, ProjectRow.project == worst.c.project
    )
    query = query.where(ProjectRow.status == RUNNING, *conditions).group_by(worst.c.place)
    found = {row.place: row.projects for row in connection.execute(query)}
    return {lamp: found.get(place, 0) for place, lamp in enumerate(_WORST)}


def worst_colours(connection: Connection, codes: Sequence[str], marks: Marks) -> Mapping[str, Lamp]:
    """Return the worst clock's colour of some projects; those without tasks are left out."""
    query = _worst_places(marks).where(TaskRow.project.in_(codes))
    return {row.project: _WORST[row.place] for row in connection.execute(query)}


def urgencies(
    connection: Connection, tasks: Sequence[TaskLine], marks: Marks
) -> Mapping[tuple[str, int, str], Urgency]:
    """Return how the clocks of *tasks* stand, by project, unit and path; none that is completed."""
    query = _urgent(tuple(marks.late.items()), tuple(marks.near.items()))
    asked = {
        "projects": few_lengths({each.project for each in tasks}),
        "paths": few_lengths({each.path for each in tasks}),
    }
    return {
        (row.project, row.unit, row.path): _urgency(row) for row in connection.execute(query, asked)
    }


def _urgency(row: Any) -> Urgency:  # noqa: ANN401 - a row of `_urgent`
    lamp = Lamp(row.lamp)
    if row.due_at is not None:
        return Urgency(
            due=last_day(row.due_at),
            unit=_ACCEPTED_IN,
            provisional=False,
            lamp=lamp,
            source=ACCEPTANCE.source,
            name=row.name,
        )
    due, counted = row.committed_due, row.committed_unit
    return Urgency(
        due=None if due is None else date.fromisoformat(due),
        unit=None if counted is None else DayUnit(counted),
        provisional=bool(row.provisional),
        lamp=lamp,
        source=row.committed_source,
        name=row.name,
    )


@lru_cache(maxsize=4)
def _urgent(late: tuple[_Late, ...], near: tuple[_Near, ...]) -> Select[Any]:
    """Return the question of `urgencies`, which is the same for everybody for a whole day."""
    columns = (
        *(DueRow.committed_due, DueRow.committed_source, DueRow.provisional),
        *(ItemRunRow.committed_unit, TimerRow.due_at, NoteRow.text.label("name")),
    )
    colour = _lamp(Marks(late=dict(late), near=dict(near))).label("lamp")
    return (
        _joined(*_PLACE, *columns, colour)
        .outerjoin(ProjectRow, ProjectRow.project == TaskRow.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
        # A project has far more open tasks than a page has of it: the paths keep the rest out.
        .where(
            TaskRow.project.in_(bindparam("projects", expanding=True)),
            TaskRow.path.in_(bindparam("paths", expanding=True)),
        )
    )


def _joined(*columns: Any) -> Select[Any]:  # noqa: ANN401 - mapped columns
    """Select tasks beside the due row, the attempt and the timer of their item, if there are."""
    due = and_(
        DueRow.project == TaskRow.project,
        DueRow.unit == TaskRow.unit,
        DueRow.item == TaskRow.item,
        DueRow.attempt == TaskRow.attempt,
    )
    run = and_(
        ItemRunRow.project == TaskRow.project,
        ItemRunRow.unit == TaskRow.unit,
        ItemRunRow.item == TaskRow.item,
        ItemRunRow.attempt == TaskRow.attempt,
    )
    silence = and_(
        TimerRow.project == TaskRow.project,
        TimerRow.unit == TaskRow.unit,
        TimerRow.item == TaskRow.item,
        TimerRow.attempt == TaskRow.attempt,
    )
    beside = select(*columns).select_from(TaskRow).outerjoin(DueRow, due).outerjoin(ItemRunRow, run)
    return beside.outerjoin(TimerRow, and_(silence, _WAITS))


def _worst(marks: Marks) -> Any:  # noqa: ANN401 - a subquery
    return _worst_places(marks).subquery()


def _worst_places(marks: Marks) -> Select[Any]:
    """Select projects with open tasks, and the place of their worst clock's colour in _WORST."""
    places = {lamp.value: place for place, lamp in enumerate(_WORST)}
    place = case(places, value=_lamp(marks))
    return _joined(TaskRow.project, func.min(place).label("place")).group_by(TaskRow.project)


def _asked(which: TaskFilter) -> list[ColumnElement[bool]]:
    conditions = task_conditions(which)
    if which.doer is not None:
        conditions.append(or_(*rights.tasks_for(which.doer, follows=which.follows)))
    return conditions


def _with_day(  # noqa: PLR0913, PLR0917 - which tasks, and which page of them
    connection: Connection,
    which: TaskFilter,
    marks: Marks,
    lamp: Lamp | None,
    after: TaskCursor | None,
    limit: int,
) -> list[TaskLine]:
    """Return the tasks that have a day, the earliest first, whichever of the two days it is."""
    found: list[tuple[TaskCursor, TaskLine]] = []
    for kind in (_DUE, _SILENT):
        query = _joined(*TaskRow.__table__.c, kind.column.label("day")).where(
            kind.column.is_not(None), *_asked(which), *_coloured(kind, lamp, marks)
        )
        place = None
        if after is not None:
            place = (kind.cell(date.fromisoformat(str(after[0]))), *after[1:])
        for row in _page(connection, query, (kind.column, *_PLACE), place, limit):
            cells = {**row}
            day = kind.day(cells.pop("day"))
            line = task_line(cells)
            found.append(((day, line.project, line.unit, line.path), line))
    return [line for _, line in sorted(found, key=itemgetter(0))[:limit]]


def _coloured(kind: _Day, lamp: Lamp | None, marks: Marks) -> list[ColumnElement[bool]]:
    """Ask for a colour; bounds of the day, where there are such, let the index find it."""
    last = {Lamp.RED: max(marks.late.values()), Lamp.YELLOW: max(map(max, marks.near.values()))}
    if lamp is None:
        return []
    bounds = [kind.column <= kind.cell(last[lamp])] if lamp in last else []
    if lamp is Lamp.YELLOW:  # what is overdue lies before it, and may be long
        bounds.append(kind.column >= kind.cell(min(marks.late.values())))
    return [*bounds, _lamp(marks) == lamp.value]


def _lamp(marks: Marks) -> ColumnElement[str]:
    """Say the colour of a task's clock, as workflows.clock.lamp does of a reading."""
    late = case(
        *(
            (ItemRunRow.committed_unit == unit.value, day.isoformat())
            for unit, day in marks.late.items()
        )
    )
    stopped = exists().where(
        ItemPauseRow.project == TaskRow.project,
        ItemPauseRow.unit == TaskRow.unit,
        ItemPauseRow.item == TaskRow.item,
        ItemPauseRow.attempt == TaskRow.attempt,
        ItemPauseRow.until.is_(None),
        ItemPauseRow.counted.is_(False),
    )
    limited = and_(DueRow.project.is_not(None), ItemRunRow.committed_days.is_not(None))
    silent_late = TimerRow.due_at < end_of(marks.late[_ACCEPTED_IN])
    silent_near = TimerRow.due_at <= end_of(marks.near[_ACCEPTED_IN][_ACCEPTANCE_NEAR])
    return case(
        (or_(DueRow.committed_due < late, silent_late), literal(Lamp.RED.value)),
        (and_(or_(limited, _WAITS), stopped), literal(Lamp.PAUSED.value)),
        (and_(DueRow.committed_due.is_(None), ~_SILENCE_RUNS), literal(Lamp.NONE.value)),
        (or_(DueRow.committed_due <= _near(marks), silent_near), literal(Lamp.YELLOW.value)),
        else_=literal(Lamp.GREEN.value),
    )


def _near(marks: Marks) -> ColumnElement[str]:
    """Say up to which due day a clock is yellow: the last days, or the last third of its limit."""
    limit = ItemRunRow.committed_days + ItemRunRow.extension
    return case(
        *(
            (
                and_(ItemRunRow.committed_unit == unit.value, limit >= _SHARE * left),
                days[left].isoformat(),
            )
            for unit, days in marks.near.items()
            for left in reversed(range(len(days)))
        )
    )


def _page(
    connection: Connection,
    query: Select[Any],
    columns: tuple[Any, ...],
    after: tuple[Any, ...] | None,
    limit: int,
) -> MappingResult:
    if after is not None:
        types = [column.type for column in columns]
        query = query.where(tuple_(*columns) > tuple_(*after, types=types))
    return connection.execute(query.order_by(*columns).limit(limit)).mappings()
