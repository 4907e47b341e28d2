"""External tasks: fetched and held, completed, failed, extended; as Camunda's pattern goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api import actors
from api.contract import orders, reads
from api.desk import Done, carry_out, idempotency_key, order
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.schemas.external import (
    ExtendHoldSchema,
    ExternalCompletionSchema,
    ExternalTasksSchema,
    FailureSchema,
    FetchSchema,
    HeldSchema,
    IncidentsSchema,
)
from engine.external import Held
from workflows import commands as c
from workflows.access import PERFORMERS
from workflows.errors import NotAllowedError

if TYPE_CHECKING:
    from engine.external import Fetched
    from workflows.facts import Actor

nouns = Nouns("external", __name__, description="Steps that a department's own system does")
Row = dict[str, Any]
_TASK = "/external-tasks/<project:code>/<number:unit>/<item:item>/<number:attempt>/<word:step>"
_DEED = "ExternalTask"


@nouns.route("/external-tasks/fetch", methods=["POST"])
@orders(nouns, "fetchExternalTasks", FetchSchema, answer=ExternalTasksSchema, tagged=False)
def fetch(body: Row) -> Row:
    """Fetch and hold tasks.

    Up to `most` open external tasks of the sender's department, the longest open first; nobody
    else gets them while they are held. The same key gives the same tasks again.
    """
    actor = _external()
    found = parts().external.fetch(
        order("fetchExternalTasks", body),
        actor,
        body["worker"],
        body["most"],
        timedelta(seconds=body["seconds"]),
    )
    return {"data": [_task(each) for each in found]}


@nouns.route(f"{_TASK}/complete", methods=["POST"])
@orders(nouns, "completeExternalTask", ExternalCompletionSchema)
def complete(body: Row, code: str, unit: int, item: str, attempt: int, step: str) -> Done:  # noqa: PLR0913, PLR0917 - the parts of a task id
    """Complete a held task.

    With one of its outcomes. Refused when the time is over or another has taken it.
    """
    at = _held(code, f"{unit}/{item}/{attempt}/{step}", body)
    parts().external.hold(at, idempotency_key())
    notes = Notes()
    command = c.CompleteStep(
        unit=unit,
        item=item,
        attempt=attempt,
        step=step,
        outcome=body["outcome"],
        reason=notes.maybe(body.get("reason")),
    )
    done = carry_out(code, command, notes)
    parts().external.done(code, at.task)
    return done


@nouns.route(f"{_TASK}/extend", methods=["POST"])
@orders(nouns, "extendExternalTask", ExtendHoldSchema, answer=HeldSchema, tagged=False)
def extend(body: Row, code: str, unit: int, item: str, attempt: int, step: str) -> Row:  # noqa: PLR0913, PLR0917 - the parts of a task id
    """Hold a task longer.

    For so many seconds from now.
    """
    at = _held(code, f"{unit}/{item}/{attempt}/{step}", body)
    span = timedelta(seconds=body["seconds"])
    extended = order("extendExternalTask", body, project=at.project, task=at.task)
    until = parts().external.extend(extended, at, span)
    return {"project": code, "task": at.task, "until": until, "retries": None}


@nouns.route(f"{_TASK}/fail", methods=["POST"])
@orders(nouns, "failExternalTask", FailureSchema, answer=HeldSchema, tagged=False)
def fail(body: Row, code: str, unit: int, item: str, attempt: int, step: str) -> Row:  # noqa: PLR0913, PLR0917 - the parts of a task id
    """Let a task fail.

    It may be taken again after the pause, unless no retry is left: then a person must look.
    """
    at = _held(code, f"{unit}/{item}/{attempt}/{step}", body)
    failed = parts().external.fail(
        order("failExternalTask", body, project=at.project, task=at.task),
        at,
        body["error"],
        body.get("retries"),
        timedelta(seconds=body["pause"]),
    )
    return {"project": code, "task": at.task, "until": failed.until, "retries": failed.retries}


@nouns.route("/external-tasks/incidents", methods=["GET"])
@nouns.doc(responses={"403": "FORBIDDEN"})
@reads(nouns, "listIncidents", IncidentsSchema)
def list_incidents() -> Row:
    """List tasks that no retry is left for.

    For administrators. People can complete them like any task.
    """
    actors.administrator("ReadIncidents")
    return {
        "data": [
            {
                "project": each.project,
                "task": each.task,
                "worker": each.worker,
                "error": each.error,
                "until": each.until,
            }
            for each in parts().external.failed()
        ]
    }


def _held(code: str, task: str, body: Row) -> Held:
    return Held(actor=_external().id, project=code, task=task, fence=body["fence"])


def _external() -> Actor:
    """Return the sender, whose role lets them do external steps.

    Raises:
        NotAllowedError: If none of their roles does.
    """
    actor = actors.current()
    if not {role for role, _ in PERFORMERS["external"]} & actor.roles:
        raise NotAllowedError(command=_DEED, actor=actor.id)
    return actor


def _task(one: Fetched) -> Row:
    line, hold = one.line, one.hold
    return {
        "project": line.project,
        "task": line.id,
        "item": line.item,
        "step": line.step,
        "department": line.department,
        "outcomes": line.outcomes,
        "opened_at": line.opened_at,
        "worker": hold.worker,
        "fence": hold.fence,
        "until": hold.until,
        "retries": hold.retries,
    }
