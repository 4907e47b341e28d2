"""The work-list with the colour and the days of each task's clock, and lists and counts by them.

See urgency.py for how a clock is told from rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from engine.store import queries, rights
from engine.store.queries import RUNNING, TASK_ORDERS, task_conditions
from engine.store.tables import DueRow, ProjectRow, TaskRow, TimerRow
from engine.store.urgency import (
    DATED,
    SILENCE_RUNS,
    Standing,
    asked,
    joined,
    lamp_of,
    standing,
    with_stops,
)
from workflows.catalogue.values import DayUnit
from workflows.clock import Lamp
from workflows.dues import Marks
from workflows.moments import end_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from engine.store.queries import TaskCursor, TaskFilter

BY_DUE = "due"
NO_DAY = ""  # stands for the day in the place of a task that has none
_WORST = (Lamp.RED, Lamp.YELLOW, Lamp.PAUSED, Lamp.GREEN, Lamp.NONE)
_TIMED = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN)  # tell of a day, which is there
_PLACE = (TaskRow.project, TaskRow.unit, TaskRow.path)
_KEPT = 256  # questions: of each role, first page and others
# The marks of a day, as the key of what is kept for it.
_Key = tuple[tuple[tuple[DayUnit, date], ...], tuple[tuple[DayUnit, tuple[date, ...]], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """A column that holds the last day of something, and how it spells one.

    Attributes:
        known: A day is there. Said as a range, so that a database knows that its index serves.
    """

    column: Any
    cell: Callable[[date], Any]

    @property
    def known(self) -> ColumnElement[bool]:
        found: ColumnElement[bool] = self.column >= self.cell(date.min)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which tasks are asked for by due day, without the values that differ from person to person.

    Attributes:
        limit: As queries.most_rows.
        further: Not the first page.
    """

    shape: TaskFilter
    lamp: Lamp | None
    key: _Key
    limit: int | None
    further: bool


_DUE = _Day(column=DueRow.committed_due, cell=date.isoformat)
_SILENT = _Day(column=TimerRow.due_at, cell=end_of)


def page(  # noqa: PLR0913 - who asks, and which page
    connection: Connection,
    which: TaskFilter,
    marks: Marks,
    *,
    after: TaskCursor | None = None,
    limit: int = 50,
    order: str = "opened_at",
) -> tuple[Standing, ...]:
    """Return a page of open tasks with their clocks, as queries.tasks does without them."""
    shape, told = queries.emptied(which)
    most = queries.usual(limit)
    query = _page(shape, order, most, _key(marks), further=after is not None)
    given = {**told, **queries.place_of(after), "most": limit}
    return with_stops(connection, tuple(map(standing, connection.execute(query, given))))


def by_due(  # noqa: PLR0913 - who asks, and which page
    connection: Connection,
    which: TaskFilter,
    marks: Marks,
    *,
    lamp: Lamp | None = None,
    after: TaskCursor | None = None,
    limit: int = 50,
) -> tuple[Standing, ...]:
    """Return a page of open tasks: those with a due day, the earliest first, then all others.

    Each part walks an index of its own: one order over all would sort every task there is. A
    colour may say already that a part has none of it.
    """
    shape, told = queries.emptied(which)
    question = _Asked(
        shape=shape,
        lamp=lamp,
        key=_key(marks),
        limit=queries.usual(limit),
        further=after is not None,
    )
    found: list[Standing] = []
    if lamp is not Lamp.NONE and (after is None or after[0] != NO_DAY):
        for kind in (_DUE, _SILENT):
            place = after and (kind.cell(date.fromisoformat(str(after[0]))), *after[1:])
            given = {**told, **queries.place_of(place), "most": limit}
            found += map(standing, connection.execute(_with_day(question, kind), given))
        found = sorted(found, key=place_by_due)[:limit]
        after = None
    if lamp not in _TIMED and len(found) < limit:
        query = _without_day(replace(question, limit=None, further=after is not None))
        place = after and after[1:]
        given = {**told, **queries.place_of(place), "most": limit - len(found)}
        found += map(standing, connection.execute(query, given))
    return with_stops(connection, found)


def place_by_due(task: Standing) -> tuple[str, str, int, str]:
    """Return where a task stands in the list by due day."""
    due, line = task.urgency.due, task.line
    day = NO_DAY if due is None else due.isoformat()
    return day, line.project, line.unit, line.path


def counts(connection: Connection, which: TaskFilter, marks: Marks) -> dict[Lamp, int]:
    """Return how many tasks have a clock of each colour."""
    shape, told = queries.emptied(which)
    found = connection.execute(_counted(shape, _key(marks)), told)
    return dict.fromkeys(Lamp, 0) | {Lamp(lamp): count for lamp, count in found}


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


def _key(marks: Marks) -> _Key:
    return tuple(marks.late.items()), tuple(marks.near.items())


def _marks(key: _Key) -> Marks:
    late, near = key
    return Marks(late=dict(late), near=dict(near))


@lru_cache(maxsize=_KEPT)
def _page(
    shape: TaskFilter, order: str, limit: int | None, key: _Key, *, further: bool
) -> Select[Any]:
    """Return the question of `page`, which is the same for all of a role for a whole day.

    The clocks are looked up of the page alone, once it is cut.
    """
    cut = queries.page_of_tasks(shape, order, limit, further=further).subquery("page")
    task = aliased(TaskRow, cut)
    down = order.startswith("-")
    columns = [getattr(task, name) for name in TASK_ORDERS[order.removeprefix("-")]]
    return asked(_marks(key), task).order_by(
        *(column.desc() if down else column for column in columns)
    )


@lru_cache(maxsize=_KEPT)
def _with_day(question: _Asked, kind: _Day) -> Select[Any]:
    """Return the question for tasks that have a day of a kind, the earliest first."""
    marks = _marks(question.key)
    coloured = _coloured(kind, question.lamp, marks)
    query = asked(marks).where(kind.known, *_conditions(question.shape), *coloured)
    return _cut(query, (kind.column, *_PLACE), question)


@lru_cache(maxsize=_KEPT)
def _without_day(question: _Asked) -> Select[Any]:
    """Return the question for tasks that have no day."""
    marks, lamp = _marks(question.key), question.lamp
    query = asked(marks).where(~DATED, ~SILENCE_RUNS, *_conditions(question.shape))
    query = query if lamp is None else query.where(lamp_of(marks) == lamp.value)
    return _cut(query, _PLACE, question)


def _cut(query: Select[Any], columns: Sequence[Any], question: _Asked) -> Select[Any]:
    """Sort by the columns and cut, as `queries.page_of_tasks`."""
    if question.further:
        places = (bindparam(f"after_{at}", type_=each.type) for at, each in enumerate(columns))
        query = query.where(tuple_(*columns) > tuple_(*places))
    return query.order_by(*columns).limit(queries.most_rows(question.limit))


@lru_cache(maxsize=_KEPT)
def _counted(shape: TaskFilter, key: _Key) -> Select[Any]:
    coloured = joined(lamp_of(_marks(key)).label("lamp")).where(*_conditions(shape)).subquery()
    return select(coloured.c.lamp, func.count()).group_by(coloured.c.lamp)


def _conditions(shape: TaskFilter) -> list[ColumnElement[bool]]:
    conditions = task_conditions(shape)
    if shape.doer is not None:
        conditions.append(or_(*rights.tasks_for(shape.doer, follows=shape.follows)))
    return conditions


def _worst(marks: Marks) -> Any:  # noqa: ANN401 - a subquery
    return _worst_places(marks).subquery()


def _worst_places(marks: Marks) -> Select[Any]:
    """Select projects with open tasks, and the place of their worst clock's colour in _WORST."""
    places = {lamp.value: place for place, lamp in enumerate(_WORST)}
    place = case(places, value=lamp_of(marks))
    return joined(TaskRow.project, func.min(place).label("place")).group_by(TaskRow.project)


def _coloured(kind: _Day, lamp: Lamp | None, marks: Marks) -> list[ColumnElement[bool]]:
    """Ask for a colour; bounds of the day, where there are such, let the index find it."""
    last = {Lamp.RED: max(marks.late.values()), Lamp.YELLOW: max(map(max, marks.near.values()))}
    if lamp is None:
        return []
    bounds = [kind.column <= kind.cell(last[lamp])] if lamp in last else []
    if lamp is Lamp.YELLOW:  # what is overdue lies before it, and may be long
        bounds.append(kind.column >= kind.cell(min(marks.late.values())))
    return [*bounds, lamp_of(marks) == lamp.value]
