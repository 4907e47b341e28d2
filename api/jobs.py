"""Work in the background: ordered with 202, asked for until it is done, called off."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request

from api import actors, trail
from api.contract import orders, reads
from api.desk import order
from api.locales import preferred
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError
from api.schemas.jobs import BulkSchema, JobLinesSchema, JobSchema, JobsSchema
from api.schemas.orders import EmptySchema
from engine.errors import UnknownJobError
from engine.kinds import COMMANDS
from engine.store import searching
from workflows.errors import UnknownProjectError
from workflows.facts import Role
from workflows.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.store.jobs import Job, Line
    from workflows.facts import Actor

nouns = Nouns("jobs", __name__, description="Work in the background, and many orders at once")
Row = dict[str, Any]
Accepted = tuple[Row, dict[str, str]]
_NAMES = {"complete": "CompleteStep", "claim": "ClaimTask", "release": "ReleaseTask"}
_STAGE = "stage_"
_FILED = "filed"


@nouns.route("/tasks/bulk", methods=["POST"])
@orders(
    nouns,
    "orderTasks",
    BulkSchema,
    status=HTTPStatus.ACCEPTED,
    answer=JobSchema,
    tagged=False,
    queued=True,
)
def order_tasks(body: Row) -> Accepted:
    """Do one thing to many tasks.

    Answers 202 and a job: each task is a transaction and has a result of its own, what is refused
    stops none of the others. What the sender may not see is answered like what does not exist.
    """
    actor = actors.current()
    _check(body)
    identity = parts().bulk.order(order("orderTasks", body), _commands(actor, body))
    trail.mention(identity)
    told = row_of(parts().jobs.get(identity))
    return told, {"Location": told["link"]}


@nouns.route("/jobs", methods=["GET"])
@reads(nouns, "listJobs", JobsSchema)
def list_jobs() -> Row:
    """List jobs.

    Those that the sender ordered; administrators are shown all. The newest hundred, the newest
    first.
    """
    actor = actors.reader()
    everything = Role.ADMINISTRATOR in actor.roles
    found = parts().jobs.listed() if everything else parts().bulk.of(actor.id)
    wrong = parts().jobs.wrong(*(job.id for job in found))
    return {"data": [row_of(job, wrong) for job in found]}


@nouns.route("/jobs/<word:job>", methods=["GET"])
@reads(nouns, "getJob", JobSchema)
def show_job(job: str) -> Row:
    """Show how far a job is.

    Of how many lines so many have a result; it ends as done, failed or cancelled.
    """
    return row_of(ordered(job))


@nouns.route("/jobs/<word:job>/lines", methods=["GET"])
@reads(nouns, "listJobLines", JobLinesSchema)
def list_job_lines(job: str) -> Row:
    """List what became of each line.

    Lines without a result yet, and those with nothing to tell, are left out; none that could not
    be done is. Lines of what the office does by itself have names, and stand in their order.
    """
    found = ordered(job)
    results = parts().jobs.lines(found.id)
    told = [
        _line(found, line, place)
        for place, line in enumerate(results)
        if not line.ok or _is_told(line)
    ]
    return {"data": sorted(told, key=lambda line: line["line"])}


@nouns.route("/jobs/<word:job>/cancel", methods=["POST"])
@orders(nouns, "cancelJob", EmptySchema, answer=JobSchema, tagged=False)
def cancel_job(body: Row, job: str) -> Row:
    """Call a job off.

    Lines that are done stay done. A job that has ended is left as it is.
    """
    found = ordered(job)
    return row_of(parts().bulk.cancel(order("cancelJob", body, job=job), found.id))


def ordered(identity: str) -> Job:
    """Return a job that the sender ordered, or any for an administrator.

    Raises:
        UnknownJobError: If there is none such; others' look the same.
    """
    actor = actors.reader()
    found = parts().jobs.get(identity)
    if Role.ADMINISTRATOR not in actor.roles and found.parameters.get("actor") != actor.id:
        raise UnknownJobError(job=identity)
    return found


def _check(body: Row) -> None:
    """Refuse what does not belong together.

    Raises:
        InvalidError: Pointing at what is missing.
    """
    needed = {"complete": "outcome", "assign": "person"}.get(body["action"])
    if needed is not None and body.get(needed) is None:
        raise InvalidError.at(f"/{needed}", "api.field.required")
    extra = {"outcome", "person"} & {name for name in body if body[name] is not None} - {needed}
    if extra:
        raise InvalidError.at(f"/{min(extra)}", "api.field.unknown")


def _commands(actor: Actor, body: Row) -> list[Row]:
    hidden = _hidden(actor, {each["project"] for each in body["tasks"]})
    return [
        _refused(each) if each["project"] in hidden else _command(body, each)
        for each in body["tasks"]
    ]


def _hidden(actor: Actor, codes: set[str]) -> set[str]:
    """Return which projects do not exist for the actor."""
    with parts().new_uow() as uow:  # one question, however many projects somebody names
        return codes - searching.visible(uow.connection, codes, actor)


def _refused(order: Row) -> Row:
    code = order["project"]
    return {**order, "problem": UnknownProjectError.code, "params": {"project": code}}


def _command(body: Row, order: Row) -> Row:
    """Return one order as engine.kinds.Commands takes it."""
    unit, item, attempt, step = order["task"].split("/")
    if item.startswith(_STAGE):
        return _of_stage(body, order, int(unit), item)
    fields: Row = {"unit": int(unit), "item": item, "attempt": int(attempt), "step": step}
    if body["action"] == "assign":
        return {**order, "name": "AssignTask", "fields": {**fields, "person": body["person"]}}
    if body["action"] == "complete":
        fields["outcome"] = body["outcome"]
    return {**order, "name": _NAMES[body["action"]], "fields": fields}


def _of_stage(body: Row, order: Row, unit: int, item: str) -> Row:
    """Return the filing that the task of a joint application stands for."""
    if body["action"] == "complete" and body["outcome"] == _FILED:
        fields = {"unit": unit, "stage": int(item.removeprefix(_STAGE))}
        return {**order, "name": "FileStage", "fields": fields}
    return {**order, "problem": "task.not_open", "params": {"task": order["task"]}}


def row_of(job: Job, wrong: Mapping[str, int] | None = None) -> Row:
    """Return a job for JobSchema.

    Args:
        wrong: How many lines of each job could not be done; None = look it up.
    """
    if wrong is None:
        wrong = parts().jobs.wrong(job.id)
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status.value,
        "done": job.done,
        "total": len(job.parameters["commands"]) if job.kind == COMMANDS else job.total,
        "wrong": wrong.get(job.id, 0),
        "created_at": job.created_at,
        "ended_at": job.ended_at,
        "link": f"/api/v1/jobs/{job.id}",
    }


def _is_told(line: Line) -> bool:
    return line.line.isdigit() and bool(line.detail)


def _line(job: Job, line: Line, place: int) -> Row:
    """Return a line for JobLineSchema; *place* is that of one that has a name."""
    commands = job.parameters.get("commands", [])
    place = int(line.line) if line.line.isdigit() else place
    order = commands[place] if place < len(commands) else {}
    problem = line.detail.get("problem")
    return {
        "line": place,
        "name": line.line,
        "project": order.get("project"),
        "task": order.get("task"),
        "ok": line.ok,
        "problem": problem,
        "detail": None if problem is None else _words(problem, line.detail.get("params", {})),
        "number": line.detail.get("number"),
    }


def _words(code: str, params: Row) -> str:
    """Say a refusal in the sender's language, as far as its parameters were kept."""
    locale = preferred(request.accept_languages)
    if code not in texts():
        return code
    try:
        said = text(code, locale, **params)
    except KeyError:
        return code
    if "count" not in params:
        return said
    examples = ", ".join(map(str, params["examples"]))
    return text("exchange.counted", locale, said=said, count=params["count"], examples=examples)
