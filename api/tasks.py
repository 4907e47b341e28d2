"""Open tasks: the work-list, and what is done with one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, present
from api.contract import orders, reads
from api.cursors import page_of, read_cursor, write_cursor
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError
from api.schemas.orders import AssignmentSchema, CompletionSchema, EmptySchema
from api.schemas.tasks import (
    TaskCountQuerySchema,
    TaskCountsSchema,
    TaskPageSchema,
    TaskQuerySchema,
)
from engine.store import queries, work_list
from workflows import commands as c
from workflows import dues, intake
from workflows.clock import Lamp
from workflows.facts import Role
from workflows.moments import local_date
from workflows.spans import provisional

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.store.urgency import Standing
    from workflows.calendar import Calendar
    from workflows.facts import Actor

nouns = Nouns("tasks", __name__, description="Open tasks and their completion")
Row = dict[str, Any]
_TASK = "/projects/<project:code>/tasks/<number:unit>/<item:item>/<number:attempt>/<word:step>"
# Whose work is other people's tasks: they are shown all of them unless they ask for their own.
_OVERSEEING = frozenset(
    {
        Role.DEPARTMENT_LEAD,
        Role.STAGE_LEAD,
        Role.SUPERVISOR,
        Role.PLANNER,
        Role.ADMINISTRATOR,
    }
)


@nouns.route("/tasks", methods=["GET"])
@reads(nouns, "listTasks", TaskPageSchema, query=TaskQuerySchema)
def list_tasks(query: Row) -> Row:
    """List open tasks.

    Those of projects within the sender's sight, the longest open first. Who leads or plans sees
    everyone's tasks unless `mine` is true; everyone else sees their own unless it is false, agents
    also those of their projects that are others' turn. `may_complete` says whose turn it is.
    """
    actor = actors.current()
    limit, order, lamp = query.pop("limit"), query.pop("sort"), query.pop("lamp", None)
    if lamp is not None and order != work_list.BY_DUE:
        raise InvalidError.at("/sort", "api.field.choice", choices=work_list.BY_DUE)
    place = queries.TASK_ORDERS[order.removeprefix("-")]
    after = read_cursor(query.pop("cursor", None), place)
    which, marks = _which(query, actor), marks_of_today()
    with parts().new_uow() as uow:
        if order == work_list.BY_DUE:
            colour = None if lamp is None else Lamp(lamp)
            tasks = work_list.by_due(
                uow.connection, which, marks, lamp=colour, after=after, limit=limit + 1
            )
        else:
            tasks = work_list.page(
                uow.connection, which, marks, after=after, limit=limit + 1, order=order
            )
    page, last = page_of(tasks, limit)
    end = None if last is None else write_cursor(_place(last, order, place))
    return {"data": rows_of(page, actor), "next": end}


@nouns.route("/tasks/counts", methods=["GET"])
@reads(nouns, "countTasks", TaskCountsSchema, query=TaskCountQuerySchema)
def count_tasks(query: Row) -> Row:
    """Count open tasks by the colour of their clocks.

    The same tasks as in the list with the same query.
    """
    with parts().new_uow() as uow:
        found = work_list.counts(uow.connection, _which(query, actors.current()), marks_of_today())
    return {lamp.value: count for lamp, count in found.items()}


@nouns.route(f"{_TASK}/complete", methods=["POST"])
@orders(nouns, "completeTask", CompletionSchema)
def complete_task(body: Row, code: str, unit: int, item: str, attempt: int, step: str) -> Done:  # noqa: PLR0913, PLR0917 - the parts of a task id
    """Complete a task.

    With one of its outcomes. The task of a joint application (stage_3) is completed as "filed".
    """
    notes = Notes()
    if item.startswith(intake.STAGE):
        command: c.Command = intake.filing(unit, item, attempt, step, body["outcome"])
    else:
        command = c.CompleteStep(
            unit=unit,
            item=item,
            attempt=attempt,
            step=step,
            outcome=body["outcome"],
            happened_at=body.get("happened_at"),
            reason=notes.maybe(body.get("reason")),
        )
    return carry_out(code, command, notes)


@nouns.route(f"{_TASK}/claim", methods=["POST"])
@orders(nouns, "claimTask", EmptySchema)
def claim_task(body: Row, code: str, **task: Any) -> Done:  # noqa: ANN401 - the parts of a task id
    """Claim a task.

    The sender takes it; nobody else may complete it until it is released or assigned.
    """
    del body
    return carry_out(code, c.ClaimTask(**task))


@nouns.route(f"{_TASK}/assign", methods=["POST"])
@orders(nouns, "assignTask", AssignmentSchema)
def assign_task(body: Row, code: str, **task: Any) -> Done:  # noqa: ANN401 - the parts of a task id
    """Assign a task.

    A leader gives it to a person who may do it, whoever holds it now.
    """
    return carry_out(code, c.AssignTask(person=body["person"], **task))


@nouns.route(f"{_TASK}/release", methods=["POST"])
@orders(nouns, "releaseTask", EmptySchema)
def release_task(body: Row, code: str, **task: Any) -> Done:  # noqa: ANN401 - the parts of a task id
    """Release a task.

    Its holder or a leader gives it back to everyone who may do it.
    """
    del body
    return carry_out(code, c.ReleaseTask(**task))


def marks_of_today() -> dues.Marks:
    """Return the days by which clocks are coloured today."""
    return dues.marks(local_date(parts().clock.now()), parts().library.calendar)


def rows_of(tasks: Sequence[Standing], actor: Actor) -> list[Row]:
    """Return tasks for TaskSchema, as the actor sees them."""
    today, calendar = local_date(parts().clock.now()), parts().library.calendar
    return [_row(each, actor, today, calendar) for each in tasks]


def _row(task: Standing, actor: Actor, today: date, calendar: Calendar) -> Row:
    line, urgency = task.line, task.urgency
    due, unit, told = urgency.due, urgency.unit, urgency.told
    # Of a day of acceptance nobody has stored it.
    unsure = due is not None and unit is not None and provisional(due, due, calendar, unit)
    # Nobody knows the days left while the clock stands still.
    known = due is not None and unit is not None and urgency.lamp is not Lamp.PAUSED
    return {
        **present.members(line),
        "id": line.id,
        "name": urgency.name,
        "due": None if due is None else due.isoformat(),
        "left": dues.days_left(due, today, unit, calendar, urgency.stops)
        if known and due and unit
        else None,
        "limit_unit": None if unit is None else unit.value,
        "limit_source": urgency.source,
        "provisional": urgency.provisional or unsure,
        "may_complete": line.is_turn_of(actor),
        "lamp": urgency.lamp.value,
        "told": told,
        "told_passed": told is not None and told < today,
    }


def _place(task: Standing, order: str, names: Sequence[str]) -> tuple[Any, ...]:
    """Return where a task stands in the list."""
    if order == work_list.BY_DUE:
        return work_list.place_by_due(task)
    return tuple(getattr(task.line, name) for name in names)


def _which(query: Row, actor: Actor) -> queries.TaskFilter:
    """Return the filter for what was asked, within the actor's sight."""
    asked = dict(query)
    follows = "mine" not in asked
    mine = asked.pop("mine", not actor.roles & _OVERSEEING)
    performer = asked.pop("performer", None)
    return queries.TaskFilter(
        performers=(performer,) if performer else (),
        viewer=actor,
        doer=actor if mine else None,
        follows=follows,
        **asked,
    )
