"""Open tasks: the work-list, and what is done with one task."""

from __future__ import annotations

from datetime import date
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
from engine.store import deadlines, queries, work_list
from workflows import commands as c
from workflows import dues, intake
from workflows.clock import Lamp
from workflows.facts import Role
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.store.port import Connection
    from engine.store.queries import TaskLine
    from engine.store.work_list import Urgency
    from workflows.deadlines import DeadlineRow
    from workflows.facts import Actor

nouns = Nouns("tasks", __name__, description="Open tasks and their completion")
Row = dict[str, Any]
_Item = tuple[str, int, str, int]  # project, unit, item, attempt
BY_DUE = "due"
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
    if lamp is not None and order != BY_DUE:
        raise InvalidError.at("/sort", "api.field.choice", choices=BY_DUE)
    place = queries.TASK_ORDERS[order.removeprefix("-")]
    after = read_cursor(query.pop("cursor", None), place)
    which, marks = _which(query, actor), marks_of_today()
    with parts().new_uow() as uow:
        if order == BY_DUE:
            colour = None if lamp is None else Lamp(lamp)
            lines = work_list.by_due(
                uow.connection, which, marks, lamp=colour, after=after, limit=limit + 1
            )
        else:
            lines = queries.tasks(uow.connection, which, after=after, limit=limit + 1, order=order)
        page, last = page_of(lines, limit)
        urgent = work_list.urgencies(uow.connection, page, marks)
        told = deadlines.of_projects(uow.connection, {each.project for each in page})
    # What was completed between the two questions is no longer on the list.
    still = [each for each in page if (each.project, each.unit, each.path) in urgent]
    data = _rows(still, urgent, told, actor)
    more = last is not None and bool(still)
    end = write_cursor(_place(still[-1], urgent, place)) if more else None
    return {"data": data, "next": end}


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


def rows_of(connection: Connection, lines: Sequence[TaskLine], actor: Actor) -> list[Row]:
    """Return tasks for TaskSchema, as the actor sees them; what was completed is left out."""
    urgent = work_list.urgencies(connection, lines, marks_of_today())
    told = deadlines.of_projects(connection, {each.project for each in lines})
    still = [each for each in lines if (each.project, each.unit, each.path) in urgent]
    return _rows(still, urgent, told, actor)


def _rows(
    lines: Sequence[TaskLine],
    urgent: Mapping[tuple[str, int, str], Urgency],
    told: Mapping[_Item, Sequence[DeadlineRow]],
    actor: Actor,
) -> list[Row]:
    today = local_date(parts().clock.now())
    return [
        {
            **_told(each, urgent[each.project, each.unit, each.path], actor),
            **_days(each, told, today),
        }
        for each in lines
    ]


def _told(line: TaskLine, urgency: Urgency, actor: Actor) -> Row:
    return {
        **present.members(line),
        "id": line.id,
        "name": urgency.name,
        "due": urgency.due,
        "left": _left(urgency),
        "limit_unit": urgency.unit,
        "limit_source": urgency.source,
        "provisional": urgency.provisional,
        "may_complete": line.is_turn_of(actor),
        "lamp": urgency.lamp,
    }


def _days(line: TaskLine, told: Mapping[_Item, Sequence[DeadlineRow]], today: date) -> Row:
    """Return the earliest day that was told for a task's item, and whether one has passed."""
    rows = told.get((line.project, line.unit, line.item or "", line.attempt), ())
    days = [date.fromisoformat(each.due) for each in rows if each.due is not None]
    passed = any(each.passed(today) for each in rows)
    return {"told": min(days, default=None), "told_passed": passed}


def _left(urgency: Urgency) -> int | None:
    """Return the days left; nobody knows them while the clock stands still."""
    due, unit = urgency.due, urgency.unit
    if due is None or unit is None or urgency.lamp is Lamp.PAUSED:
        return None
    return dues.days_left(due, local_date(parts().clock.now()), unit, parts().library.calendar)


def _place(
    line: TaskLine, urgent: Mapping[tuple[str, int, str], Urgency], names: Sequence[str]
) -> tuple[Any, ...]:
    """Return where a line stands in the list."""
    due = urgent[line.project, line.unit, line.path].due
    day = work_list.NO_DAY if due is None else due.isoformat()
    return tuple(day if name == BY_DUE else getattr(line, name) for name in names)


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
