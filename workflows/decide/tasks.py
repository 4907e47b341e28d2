"""Who holds a task: claiming, assigning, releasing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import commands as c
from workflows import events as e
from workflows.access import Scope, grants_of, may
from workflows.decide.open_tasks import check_separate, find_task, id_of
from workflows.errors import NotAllowedError, TaskTakenError, WrongPersonError
from workflows.facts import Role

if TYPE_CHECKING:
    from workflows.decide.draft import Draft
    from workflows.project import StageRun

_LEADERS = {Role.DEPARTMENT_LEAD, Role.STAGE_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR}


def claim(draft: Draft, command: c.ClaimTask) -> None:
    """Take an open task for oneself.

    Raises:
        TaskTakenError: If another person holds it.
        SamePersonError: If the actor did another of the separate duties on this attempt.
    """
    run, found = find_task(draft, command)
    draft.allow(command, found.task.department, found.task.performer)
    actor = draft.facts.actor.id
    if found.person not in (None, actor):
        raise TaskTakenError(task=id_of(command), person=found.person)
    _check_duty(draft, command, run, actor)
    body = e.TaskClaimed(
        unit=run.unit,
        stage=run.stage,
        item=command.item,
        attempt=command.attempt,
        path=found.task.path,
        person=actor,
    )
    draft.record(body)


def assign(draft: Draft, command: c.AssignTask) -> None:
    """Give an open task to a person who may do it, whoever holds it.

    Raises:
        WrongPersonError: If there is no such person, or they may never do the task.
        SamePersonError: If they did another of the separate duties on this attempt.
    """
    run, found = find_task(draft, command)
    draft.allow(command, found.task.department, found.task.performer)
    assignee = draft.facts.assignee
    doing = grants_of(c.ClaimTask, found.task.performer)
    scope = Scope.of(draft.project, found.task.department)
    if assignee is None or not may(assignee, doing, scope):
        raise WrongPersonError(task=id_of(command), person=command.person)
    _check_duty(draft, command, run, command.person)
    body = e.TaskAssigned(
        unit=run.unit,
        stage=run.stage,
        item=command.item,
        attempt=command.attempt,
        path=found.task.path,
        person=command.person,
    )
    draft.record(body)


def release(draft: Draft, command: c.ReleaseTask) -> None:
    """Give a task back; only its holder or a leader may.

    Raises:
        NotAllowedError: If another person holds it and the actor leads nobody.
    """
    run, found = find_task(draft, command)
    draft.allow(command, found.task.department, found.task.performer)
    actor = draft.facts.actor
    if found.person not in (None, actor.id) and not actor.roles & _LEADERS:
        raise NotAllowedError(command="ReleaseTask", actor=actor.id)
    body = e.TaskReleased(
        unit=run.unit,
        stage=run.stage,
        item=command.item,
        attempt=command.attempt,
        path=found.task.path,
    )
    draft.record(body)


def _check_duty(
    draft: Draft, command: c.ClaimTask | c.AssignTask, run: StageRun, person: str
) -> None:
    """Refuse to give a task to whom completing it would be refused."""
    found = find_task(draft, command)[1]
    attempt = draft.state(command.item, run.unit).attempts[-1]
    check_separate(attempt, found.task.performer, person)
