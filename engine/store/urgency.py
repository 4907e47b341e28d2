"""How the clock of an open task stands: its colour and its days, told from rows alone.

A list asks no project: what was accepted has a due row (see workflows.dues.Marks), and what waits
for acceptance the timer of its silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, case, exists, func, literal_column, or_, select

from engine.store.fact_tables import ItemPauseRow
from engine.store.queries import TaskLine, task_line
from engine.store.tables import DueRow, ItemRunRow, NoteRow, ProjectRow, TaskRow, TimerRow
from engine.store.work_tables import DeadlineRow
from workflows.catalogue.values import DayUnit
from workflows.clock import ACCEPTANCE, NEARLY, Lamp
from workflows.moments import end_of, last_day, last_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from workflows.dues import Marks
    from workflows.spans import Stop

_SHARE = 3  # a clock turns yellow in the last third of a short limit; workflows.clock.lamp
_ACCEPTED_IN = DayUnit(ACCEPTANCE.unit)
_ACCEPTANCE_NEAR = min(NEARLY, ACCEPTANCE.days // _SHARE)  # days left at which it is yellow
# Waits for acceptance; where silence is about to accept it, its last day is the timer's.
_WAITS = and_(ItemRunRow.filed_at.is_not(None), ItemRunRow.accepted_at.is_(None))
_NAMES = tuple(column.key for column in TaskRow.__table__.c)

_Attempt = tuple[str, int, str | None, int]  # project, unit, item, number
DATED = DueRow.committed_due.is_not(None)
SILENCE_RUNS = TimerRow.due_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How a task's clock stands.

    Attributes:
        due: The last day inside the item's committed limit, before acceptance the last day for
            that; None without one, after the decision, or while nobody knows how long a pause will
            last.
        unit: What the limit counts.
        source: Of the limit; None where nothing falls due.
        provisional: Days on the way to *due* are not published yet; not told before acceptance.
        told: The earliest day that somebody was told for the item beside its limit.
        name: Of the project, shown beside the clock; None once it is erased.
        stops: When the clock of what is overdue stood still.
    """

    due: date | None
    unit: DayUnit | None
    provisional: bool
    lamp: Lamp
    source: str | None = None
    told: date | None = None
    name: str | None = None
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An open task and how its clock stands."""

    line: TaskLine
    urgency: Urgency


def asked(marks: Marks, task: Any = TaskRow) -> Select[Any]:  # noqa: ANN401 - a mapped class, or such a subquery
    """Select tasks with all that `standings` reads of them."""
    told = select(func.min(DeadlineRow.due)).where(*_same(DeadlineRow, task)).scalar_subquery()
    return (
        joined(
            *(getattr(task, name) for name in _NAMES),
            *(DueRow.committed_due, DueRow.committed_source, DueRow.provisional),
            *(ItemRunRow.committed_unit, TimerRow.due_at, NoteRow.text.label("name")),
            *(told.label("told"), lamp_of(marks, task).label("lamp")),
            task=task,
        )
        .outerjoin(ProjectRow, ProjectRow.project == task.project)
        .outerjoin(NoteRow, NoteRow.ref == ProjectRow.name)
    )


def standing(row: Sequence[Any]) -> Standing:
    """Return a row of what `asked` selects."""
    line = task_line(dict(zip(_NAMES, row, strict=False)))
    return Standing(line=line, urgency=_urgency(*row[len(_NAMES) :]))


def _urgency(  # noqa: PLR0913, PLR0917 - the columns of `asked`, in their order
    due: str | None,
    source: str | None,
    provisional: bool | None,  # noqa: FBT001 - as above
    unit: str | None,
    silence: Any,  # noqa: ANN401 - an instant, or None
    name: str | None,
    told: str | None,
    lamp: str,
) -> Urgency:
    waits = silence is not None
    day = last_day(silence) if waits else None if due is None else date.fromisoformat(due)
    counted = None if unit is None else DayUnit(unit)
    return Urgency(
        due=day,
        unit=_ACCEPTED_IN if waits else counted,
        provisional=bool(provisional) and not waits,
        lamp=Lamp(lamp),
        source=ACCEPTANCE.source if waits else source,
        told=None if told is None else date.fromisoformat(told),
        name=name,
    )


def with_stops(connection: Connection, tasks: Sequence[Standing]) -> tuple[Standing, ...]:
    """Return tasks with what stopped the clocks of those that are overdue, asked for at once."""
    late: dict[_Attempt, list[Stop]] = {
        _attempt(each.line): [] for each in tasks if each.urgency.lamp is Lamp.RED
    }
    if not late:
        return tuple(tasks)
    columns = (ItemPauseRow.project, ItemPauseRow.unit, ItemPauseRow.item, ItemPauseRow.attempt)
    query = select(*columns, ItemPauseRow.since, ItemPauseRow.until).where(
        ItemPauseRow.project.in_({project for project, *_ in late}), ItemPauseRow.counted.is_(False)
    )
    for project, unit, item, attempt, since, until in connection.execute(query):
        late.get((project, unit, item, attempt), []).append((since, until))
    return tuple(
        replace(each, urgency=replace(each.urgency, stops=tuple(late[_attempt(each.line)])))
        if each.urgency.lamp is Lamp.RED
        else each
        for each in tasks
    )


def _attempt(line: TaskLine) -> _Attempt:
    return line.project, line.unit, line.item, line.attempt


def joined(*columns: Any, task: Any = TaskRow) -> Select[Any]:  # noqa: ANN401 - as `asked`
    """Select tasks beside the due row, the attempt and the timer of their item, if there are."""
    beside = select(*columns).select_from(task).outerjoin(DueRow, and_(*_same(DueRow, task)))
    beside = beside.outerjoin(ItemRunRow, and_(*_same(ItemRunRow, task)))
    return beside.outerjoin(TimerRow, and_(*_same(TimerRow, task), _WAITS))


def _same(table: Any, task: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - as `asked`
    """Say of a row that it is of the same attempt as a task."""
    return (
        table.project == task.project,
        table.unit == task.unit,
        table.item == task.item,
        table.attempt == task.attempt,
    )


def lamp_of(marks: Marks, task: Any = TaskRow) -> ColumnElement[str]:  # noqa: ANN401 - as `asked`
    """Say the colour of a task's clock, as workflows.clock.lamp does of a reading."""
    late = case(
        *(
            (ItemRunRow.committed_unit == _word(unit), _word(day.isoformat()))
            for unit, day in marks.late.items()
        )
    )
    lasts = or_(
        # What is not ended in time stops a clock up to its bound, which is in its row.
        ItemPauseRow.until.is_(None),
        ItemPauseRow.until >= last_moment(marks.today),
    )
    stopped = exists().where(*_same(ItemPauseRow, task), ItemPauseRow.counted.is_(False), lasts)
    limited = and_(DueRow.project.is_not(None), ItemRunRow.committed_days.is_not(None))
    silent_late = TimerRow.due_at < end_of(marks.late[_ACCEPTED_IN])
    silent_near = TimerRow.due_at <= end_of(marks.near[_ACCEPTED_IN][_ACCEPTANCE_NEAR])
    return case(
        (or_(DueRow.committed_due < late, silent_late), _word(Lamp.RED)),
        (and_(or_(limited, _WAITS), stopped), _word(Lamp.PAUSED)),
        (and_(DueRow.committed_due.is_(None), ~SILENCE_RUNS), _word(Lamp.NONE)),
        (or_(DueRow.committed_due <= _near(marks), silent_near), _word(Lamp.YELLOW)),
        else_=_word(Lamp.GREEN),
    )


def _near(marks: Marks) -> ColumnElement[str]:
    """Say up to which due day a clock is yellow: the last days, or the last third of its limit."""
    limit = ItemRunRow.committed_days + ItemRunRow.extension
    return case(
        *(
            (
                and_(
                    ItemRunRow.committed_unit == _word(unit),
                    limit >= literal_column(str(_SHARE * left)),
                ),
                _word(days[left].isoformat()),
            )
            for unit, days in marks.near.items()
            for left in reversed(range(len(days)))
        )
    )


def _word(text: str) -> ColumnElement[str]:
    """Return one of our own words as it stands in the statement, which is the same for a day.

    Two dozen parameters cost a client more at each question than all else about the colour.
    """
    return literal_column(f"'{text}'", String)
