"""Open tasks and timers, as work lists and workers read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam

from engine.store import rights, slots
from engine.store.queries._pages import (
    bounded,
    equal,
    every_column,
    in_order,
    made,
    merged,
    most_rows,
    types_of,
    usual,
)
from engine.store.tables import TaskRow, TimerRow
from workflows import rows
from workflows.access import Scope, is_turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from workflows.facts import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """An open task in a work-list."""

    project: str
    unit: int
    path: str
    stage: int
    item: str | None
    attempt: int
    step: str
    performer: str
    department: str | None
    outcomes: tuple[str, ...]
    person: str | None
    opened_at: datetime
    township: str
    agent: str | None
    owner: str

    @property
    def id(self) -> str:
        """Return the id on the outside, "UNIT/ITEM/ATTEMPT/STEP"."""
        return f"{self.unit}/{self.item or f'stage_{self.stage}'}/{self.attempt}/{self.step}"

    def is_turn_of(self, actor: Actor) -> bool:
        """Tell whether the actor may complete it; see workflows.access.is_turn."""
        scope = Scope(
            owner=self.owner,
            township=self.township,
            agent=self.agent,
            department=self.department,
        )
        performer = None if self.item is None else self.performer
        return is_turn(actor, performer, self.person, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; None = any.

    Attributes:
        performers: Empty = any.
        unclaimed: Only those that nobody holds.
        viewer: Only tasks of projects that this actor sees.
        doer: Only tasks for this actor: those they hold; those that their roles and relations
            permit them to do and nobody else holds.
        follows: Beside them, where the doer is an agent, every task of the agent's projects.
    """

    project: str | None = None
    performers: tuple[str, ...] = ()
    department: str | None = None
    township: str | None = None
    agent: str | None = None
    owner: str | None = None
    person: str | None = None
    unclaimed: bool = False
    viewer: Actor | None = None
    doer: Actor | None = None
    follows: bool = False


# Where the last line stood: its values of the columns that the order names.
TaskCursor = tuple["datetime | str | int", ...]  # by default (opened_at, project, unit, path)

# How lists may be sorted, both ways; the last columns make every place the only one.
TASK_ORDERS: Mapping[str, tuple[str, ...]] = {
    "opened_at": ("opened_at", "project", "unit", "path"),
    "project": ("project", "unit", "path"),
    "due": ("due", "project", "unit", "path"),  # see engine/store/work_list.py
}


def tasks(
    connection: Connection,
    which: TaskFilter | None = None,
    *,
    after: TaskCursor | None = None,
    limit: int = 50,
    order: str = "opened_at",
) -> tuple[TaskLine, ...]:
    """Return a page of open tasks, the longest open first; see TASK_ORDERS for other orders."""
    shape, told = emptied(which or TaskFilter())
    most = bounded(limit)
    query = page_of_tasks(shape, order, usual(most), further=after is not None)
    found = connection.execute(query, {**told, **place_of(after), "most": most})
    return tuple(task_line(row) for row in found.mappings())


def place_of(after: TaskCursor | None) -> dict[str, object]:
    """Return where the last page ended, as `page_of_tasks` asks for it."""
    return {f"after_{at}": cell for at, cell in enumerate(after or ())}


def emptied(which: TaskFilter) -> tuple[TaskFilter, dict[str, object]]:
    """Return a filter with slots for its texts, and the texts."""
    shape, told = slots.emptied(which)
    for name in ("viewer", "doer"):
        actor = getattr(which, name)
        if actor is not None:
            anybody, texts = slots.emptied(actor, f"{name}_")
            shape, told = replace(shape, **{name: anybody}), {**told, **texts}
    return shape, {**told}


@lru_cache(maxsize=256)
def page_of_tasks(shape: TaskFilter, order: str, limit: int | None, *, further: bool) -> Any:  # noqa: ANN401 - a select
    """Return the question for a page of tasks, which is the same for all of a role.

    Its parameters are the slots of the shape, `most`, and with *further* `place_of`.

    Args:
        limit: As `most_rows`.
        further: Not the first page: `after_0`, `after_1` ... say where the last one ended.
    """
    names = TASK_ORDERS[order.removeprefix("-")]
    types = types_of(*(getattr(TaskRow, name) for name in names))
    place = tuple(bindparam(f"after_{at}", type_=type_) for at, type_ in enumerate(types))
    most = most_rows(limit)

    def page(*more: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select
        query = every_column(TaskRow).where(*task_conditions(shape), *more)
        return in_order(query, names, place if further else None, order).limit(most)

    if shape.doer is None:
        return page()
    ways = rights.tasks_for(shape.doer, follows=shape.follows)
    return merged([page(way) for way in ways], names, order).limit(most)


def due_timers(
    connection: Connection, now: datetime, limit: int = 100
) -> tuple[rows.TimerRow, ...]:
    """Return timers due at *now*, the longest due first."""
    query = every_column(TimerRow).where(TimerRow.due_at <= now)
    query = query.order_by(TimerRow.due_at, TimerRow.project, TimerRow.unit, TimerRow.path)
    return made(rows.TimerRow, connection.execute(query.limit(bounded(limit))))


def task_line(row: Mapping[Any, Any]) -> TaskLine:
    """Return a row of the table as a line."""
    return TaskLine(**{**row, "outcomes": tuple(row["outcomes"].split())})


def task_conditions(which: TaskFilter) -> list[ColumnElement[bool]]:
    """Return what the filter asks of a task's row; *doer* stands for several ways, see rights."""
    conditions = equal(TaskRow, which, but=("performers", "unclaimed", "viewer", "doer", "follows"))
    if which.performers:
        conditions.append(TaskRow.performer.in_(which.performers))
    if which.unclaimed:
        conditions.append(TaskRow.person.is_(None))
    if which.viewer is not None:
        conditions.append(rights.seen(TaskRow, which.viewer))
    return conditions
