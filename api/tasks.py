"""Open tasks: the work-list, and what is done with one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, present
from api.contract import orders, reads
from api.cursors import page_of, place_of, read_cursor, write_cursor
from api.desk import Done, carry_out
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.schemas.orders import AssignmentSchema, CompletionSchema, EmptySchema
from api.schemas.tasks import TaskPageSchema, TaskQuerySchema
from engine.store import queries
from workflows import commands as c
from workflows import intake
from workflows.facts import Role

if TYPE_CHECKING:
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
    everyone's tasks unless `mine` is true; everyone else sees their own unless it is false.
    """
    limit, order = query.pop("limit"), query.pop("sort")
    place = queries.TASK_ORDERS[order.removeprefix("-")]
    after = read_cursor(query.pop("cursor", None), place)
    with parts().new_uow() as uow:
        lines = queries.tasks(
            uow.connection,
            _which(query, actors.current()),
            after=after,
            limit=limit + 1,
            order=order,
        )
    page, last = page_of(lines, limit)
    return {
        "data": [{**present.members(each), "id": each.id} for each in page],
        "next": None if last is None else write_cursor(place_of(last, place)),
    }


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


def _which(query: Row, actor: Actor) -> queries.TaskFilter:
    """Return the filter for what was asked, within the actor's sight."""
    asked = dict(query)
    mine = asked.pop("mine", not actor.roles & _OVERSEEING)
    performer = asked.pop("performer", None)
    return queries.TaskFilter(
        performers=(performer,) if performer else (),
        viewer=actor,
        doer=actor if mine else None,
        **asked,
    )
