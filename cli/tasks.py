"""`abreast tasks` and `abreast stages`: open tasks, and doing one of them."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.acting import acting, of_unit, order, tell
from cli.office import opened
from cli.speech import SpokenGroup, as_json, option
from cli.terminal import Failed, Terminal, terminal
from engine.notes import write
from engine.store import queries
from workflows import commands as c
from workflows import intake
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.queries import TaskLine
    from wire import Parts
    from workflows.catalogue.values import Catalogue

PAGE = 200
_TASK = re.compile(
    r"(?P<project>[0-9A-Za-z-]{1,40})/(?P<unit>[0-9]{1,9})/(?P<item>S[1-5]-[0-9]{2,3}|stage_[1-5])"
    r"/(?P<attempt>[0-9]{1,9})/(?P<step>[0-9A-Za-z_.-]{1,64})"
)


@click.group("tasks", cls=SpokenGroup, help="help.tasks")
def group() -> None:
    """Hold the commands about tasks."""


@click.group("stages", cls=SpokenGroup, help="help.stages")
def stages() -> None:
    """Hold the commands about stages."""


@group.command("list", help="help.tasks_list")
@option("--project", help="tasks_project")
@option("--department", help="tasks_department")
@option("--person", help="tasks_person")
@as_json()
def list_(project: str | None, department: str | None, person: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands flags over by name
    """List the open tasks, the longest open first."""
    speaker = terminal()
    which = queries.TaskFilter(project=project, department=department, person=person)
    with closing(opened()) as parts:
        lines = list(_lines(parts, which))
        catalogue = parts.library.catalogue
    if as_json:
        speaker.data({"tasks": [_told(line) for line in lines]})
        return
    columns = ("task", "name", "who", "outcomes", "since")
    table = speaker.table("tasks.title", columns, whole=("task", "since"))
    for line in lines:
        table.add_row(*_cells(speaker, catalogue, line))
    speaker.out.print(table)


@group.command("complete", help="help.tasks_complete")
@click.argument("task", metavar="TASK")
@click.argument("outcome")
@option("--reason", help="reason")
@acting()
@as_json()
def complete(task: str, outcome: str, reason: str | None, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Complete a task with one of its outcomes; a refusal needs a reason."""
    speaker = terminal()
    texts = [] if reason is None else [write(reason)]
    code, command = completion(task, outcome, texts[0].note if texts else None)
    with closing(opened()) as parts:
        answer = order(parts, code, command, person, texts)
    tell(speaker, answer, as_json=as_json)


@stages.command("file", help="help.stages_file")
@click.argument("code")
@click.argument("stage", type=click.IntRange(1, 5))
@of_unit()
@acting()
@as_json()
def file(code: str, stage: int, unit: int, person: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """File the joint application of a stage."""
    speaker = terminal()
    with closing(opened()) as parts:
        answer = order(parts, code, c.FileStage(stage=stage, unit=unit), person)
    tell(speaker, answer, as_json=as_json)


def completion(task: str, outcome: str, reason: c.Note | None = None) -> tuple[str, c.Command]:
    """Return the project of *task*, PROJECT/UNIT/ITEM/ATTEMPT/STEP, and what completes it.

    The task of a joint application (stage_3) is completed as "filed".

    Raises:
        Failed: If *task* is not of the form.
        TaskNotOpenError, UnknownOutcomeError: If a joint application has no such task or outcome.
    """
    found = _TASK.fullmatch(task)
    if found is None:
        raise Failed("tasks.bad_id", task=task)
    code, item, step = found["project"], found["item"], found["step"]
    unit, attempt = int(found["unit"]), int(found["attempt"])
    if not item.startswith(intake.STAGE):
        command = c.CompleteStep(
            unit=unit, item=item, attempt=attempt, step=step, outcome=outcome, reason=reason
        )
        return code, command
    return code, intake.filing(unit, item, attempt, step, outcome)


def _lines(parts: Parts, which: queries.TaskFilter) -> Iterator[TaskLine]:
    """Yield every task of the filter, page by page."""
    after = None
    while True:
        with parts.new_uow() as uow:
            page = queries.tasks(uow.connection, which, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]
        after = (last.opened_at, last.project, last.unit, last.path)


def _task(line: TaskLine) -> str:
    return f"{line.project}/{line.id}"


def _told(line: TaskLine) -> dict[str, object]:
    return {
        "task": _task(line),
        "project": line.project,
        "unit": line.unit,
        "stage": line.stage,
        "item": line.item,
        "attempt": line.attempt,
        "step": line.step,
        "performer": line.performer,
        "department": line.department,
        "person": line.person,
        "outcomes": list(line.outcomes),
        "opened_at": line.opened_at.isoformat(),
        "township": line.township,
        "agent": line.agent,
    }


def _cells(speaker: Terminal, catalogue: Catalogue, line: TaskLine) -> tuple[str, ...]:
    name = speaker.say("project.joint_application", stage=line.stage)
    if line.item is not None:
        known = catalogue.items.get(line.item)
        name = line.item if known is None else speaker.name(known.name)
    who = speaker.say(f"performer.{line.performer}")
    if line.department is not None:
        office = catalogue.departments.get(line.department)
        who = line.department if office is None else speaker.name(office.name)
    held = "" if line.person is None else f" ({line.person})"
    since = local_date(line.opened_at).isoformat()
    return _task(line), name, who + held, " ".join(line.outcomes), since
