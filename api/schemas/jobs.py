"""Work in the background, and many orders at once."""

from __future__ import annotations

from marshmallow import fields, validate

from api.schemas.base import Strict, choice, coded, figure, instant, lines, said, truth, words
from engine.store.jobs import JobStatus

MOST_ORDERS = 500
TASK_PATTERN = r"^[0-9]{1,9}/(S[1-5]-[0-9]{2,3}|stage_[1-5])/[0-9]{1,9}/[0-9A-Za-z_.-]{1,64}$"


class TaskOrderSchema(Strict):
    """One task among many."""

    project = words("Project code", longest=40, pattern=r"^[0-9A-Za-z-]{1,40}$")
    task = words("UNIT/ITEM/ATTEMPT/STEP, as the task's id says", longest=100, pattern=TASK_PATTERN)


class BulkSchema(Strict):
    """One deed, done to many tasks."""

    action = choice("What is done to each", ["complete", "claim", "release", "assign"])
    tasks = fields.List(
        fields.Nested(TaskOrderSchema),
        required=True,
        validate=validate.Length(
            min=1, max=MOST_ORDERS, error=f"api.field.length?min=1&max={MOST_ORDERS}"
        ),
        metadata={"description": "Tasks; each is one transaction with a result of its own"},
    )
    outcome = words("For complete: with which outcome", required=False, longest=64)
    person = coded("For assign: to whom", required=False)


class JobSchema(Strict):
    """A piece of work in the background."""

    id = said("Id")
    kind = said("What kind of work")
    status = choice("Where it stands", [each.value for each in JobStatus])
    done = figure("Lines that have a result")
    total = figure("Lines there are; null until it was begun", none=True)
    wrong = figure("Lines that could not be done")
    created_at = instant("Ordered at, UTC")
    ended_at = instant("Ended at, UTC", none=True)
    link = said("Address to ask again")


class ListedJobSchema(JobSchema):
    """A job in a list."""


class JobsSchema(Strict):
    """Jobs, the newest first."""

    data = lines(ListedJobSchema, "Jobs")


class JobLineSchema(Strict):
    """What became of one line."""

    line = figure("Place in the list that was ordered, from 0")
    name = said("Name of the line; its place where it has none")
    project = said("Project code", none=True)
    task = said("Task", none=True)
    ok = truth("Whether it was done")
    problem = said("Code of what stood in the way", none=True)
    detail = said("The same in words", none=True)
    number = figure("Number of the project's last event after it", none=True)


class JobLinesSchema(Strict):
    """Results so far, in the order of the list."""

    data = lines(JobLineSchema, "Lines")
