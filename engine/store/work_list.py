"""The work-list by urgency: the colour of each task's clock, and lists and counts by it.

Colours are told from the due rows alone, so that a list asks no project: see workflows.dues.Marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select, tuple_

from engine.store import rights
from engine.store.fact_tables import ItemPauseRow
from engine.store.queries import RUNNING, task_conditions, task_line
from engine.store.slots import few_lengths
from engine.store.tables import DueRow, ItemRunRow, NoteRow, ProjectRow, TaskRow
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp
from workflows.dues import Marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from engine.store.queries import TaskCursor, TaskFilter, TaskLine

NO_DAY = ""  # stands for the day in the place of a task that has none
_SHARE = 3  # a clock turns yellow in the last third of a short limit; workflows.clock.lamp
_WORST = (Lamp.RED, Lamp.YELLOW, Lamp.PAUSED, Lamp.GREEN, Lamp.NONE)
_DATED = DueRow.committed_due.is_not(None)
_PLACE = (TaskRow.project, TaskRow.unit, TaskRow.path)
_Late = tuple[DayUnit, date]
_Near = tuple[DayUnit, tuple[date, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How a task's clock stands.

    Attributes:
        due: The last day inside the item's committed limit; None without one, before acceptance,
            after the decision, or while nobody knows how long a pause will last.
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

    Each part walks an index of its own: one order over both would sort every task there is.
    """
    conditions = [*_asked(which), *_coloured(lamp, marks)]
    found: list[TaskLine] = []
    if after is None or after[0] != NO_DAY:
        query = _joined(*TaskRow.__table__.c).where(_DATED, *conditions)
        found += _page(connection, query, (DueRow.committed_due, *_PLACE), after, limit)
        after = None
    if len(found) < limit:
        query = _joined(*TaskRow.__table__.c).where(~_DATED, *conditions)
        rest = None if after is None else after[1:]
        found += _page(connection, query, _PLACE, rest, limit - len(found))
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
        (project, unit, path): Urgency(
            due=None if due is None else date.fromisoformat(due),
            unit=None if counted is None else DayUnit(counted),
            provisional=bool(provisional),
            lamp=Lamp(lamp),
            source=source,
            name=name,
        )
        for project, unit, path, due, counted, provisional, lamp, source, name in (
            connection.execute(query, asked)
        )
    }


@lru_cache(maxsize=4)
def _urgent(late: tuple[_Late, ...], near: tuple[_Near, ...]) -> Select[Any]:
    """Return the question of `urgencies`, which is the same for everybody for a whole day."""
    columns = (DueRow.committed_due, ItemRunRow.committed_unit, DueRow.provisional)
    colour = _lamp(Marks(late=dict(late), near=dict(near))).label("lamp")
    return (
        _joined(*_PLACE, *columns, colour, DueRow.committed_source, NoteRow.text)
        .outerjoin(ProjectRow, ProjectRow.project == TaskRow.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
        # A project has far more open tasks than a page has of it: the paths keep the rest out.
        .where(
            TaskRow.project.in_(bindparam("projects", expanding=True)),
            TaskRow.path.in_(bindparam("paths", expanding=True)),
        )
    )


def _joined(*columns: Any) -> Select[Any]:  # noqa: ANN401 - mapped columns
    """Select tasks beside the due row and the attempt of their item, where there are such."""
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
    return select(*columns).select_from(TaskRow).outerjoin(DueRow, due).outerjoin(ItemRunRow, run)


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


def _coloured(lamp: Lamp | None, marks: Marks) -> list[ColumnElement[bool]]:
    """Ask for a colour; bounds of the day, where there are such, let the index find it."""
    last = {Lamp.RED: max(marks.late.values()), Lamp.YELLOW: max(map(max, marks.near.values()))}
    if lamp is None:
        return []
    bounds = [DueRow.committed_due <= last[lamp].isoformat()] if lamp in last else []
    if lamp is Lamp.YELLOW:  # what is overdue lies before it, and may be long
        bounds.append(DueRow.committed_due >= min(marks.late.values()).isoformat())
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
    return case(
        (DueRow.committed_due < late, literal(Lamp.RED.value)),
        (
            and_(DueRow.project.is_not(None), ItemRunRow.committed_days.is_not(None), stopped),
            literal(Lamp.PAUSED.value),
        ),
        (DueRow.committed_due.is_(None), literal(Lamp.NONE.value)),
        (DueRow.committed_due <= _near(marks), literal(Lamp.YELLOW.value)),
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
    after: TaskCursor | None,
    limit: int,
) -> list[TaskLine]:
    if after is not None:
        types = [column.type for column in columns]
        query = query.where(tuple_(*columns) > tuple_(*after, types=types))
    found = connection.execute(query.order_by(*columns).limit(limit))
    return [task_line(row) for row in found]
