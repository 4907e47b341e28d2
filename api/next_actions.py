"""What the sender had best do first, out of their open tasks and what their projects wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import actors, present
from api.contract import reads
from api.parser import Nouns
from api.parts import parts
from api.schemas.next_actions import NextActionsSchema
from api.tasks import marks_of_today, rows_of
from engine.store import queries, work_list
from workflows import next_actions
from workflows.facts import Role
from workflows.progress import progress
from workflows.project import ProjectStatus
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.store.queries import TaskLine
    from engine.store.urgency import Standing
    from workflows.facts import Actor
    from workflows.next_actions import Action

nouns = Nouns("next", __name__, description="What to do first")
Row = dict[str, Any]
SHOWN = 3
_CONSIDERED = 40  # tasks, those due first
_PROJECTS = 12  # of which the state is looked at
_LANGUAGES = (("zh", "zh-CN"), ("en", "en"))


@nouns.route("/tasks/next", methods=["GET"])
@reads(nouns, "listNextActions", NextActionsSchema)
def list_next() -> Row:
    """Show what to do first.

    Of what the sender can do now: the task with the fewest legal days left, then what the next
    milestone waits for, then what lets most items begin; each with its reasons. Of the tasks those
    due first are looked at, of an agent's or owner's projects the newest that run.
    """
    actor = actors.current()
    which = queries.TaskFilter(viewer=actor, doer=actor)
    with parts().new_uow() as uow:
        tasks = work_list.by_due(uow.connection, which, marks_of_today(), limit=_CONSIDERED)
    lines = [each.line for each in tasks]
    own = (line.project for line in _own(actor))
    codes = tuple(dict.fromkeys((*(line.project for line in lines), *own)))[:_PROJECTS]
    found = [each for code in codes for each in _actions(actor, code, lines)]
    best = sorted(found, key=next_actions.rank)[:SHOWN]
    return {"actions": [_row(each, _task(each, tasks), actor) for each in best]}


def _own(actor: Actor) -> tuple[queries.ProjectLine, ...]:
    """Return the newest running projects for which the actor hands things in, or may have to."""
    asked = queries.ProjectFilter(status=ProjectStatus.RUNNING, viewer=actor, agent=actor.id)
    if Role.AGENT not in actor.roles:
        if Role.OWNER not in actor.roles or actor.organisation is None:
            return ()
        asked = queries.ProjectFilter(
            status=ProjectStatus.RUNNING, viewer=actor, owner=actor.organisation
        )
    with parts().new_uow() as uow:
        return queries.projects(uow.connection, asked, limit=_PROJECTS)


def _actions(actor: Actor, code: str, lines: Sequence[TaskLine]) -> Iterator[Action]:
    project = parts().handle.project(code)
    library = parts().in_force.of(project)
    rule = parts().settings.rules.materials
    seen = progress(project, library.catalogue, library.calendar, parts().clock.now(), rule)
    turns = [(line.unit, line.stage, line.item) for line in lines if line.project == code]
    owns = project.agent is None and project.owner == actor.organisation
    pushes = project.agent == actor.id or (owns and Role.OWNER in actor.roles)
    return next_actions.actions(seen, library.catalogue, turns, pushes=pushes)


def _task(action: Action, tasks: Sequence[Standing]) -> Standing | None:
    """Return the open task that an action is, or None where it is another thing."""
    if action.cause is not next_actions.TASK:
        return None
    place = (action.project, *action.place)
    return next((each for each in tasks if _stands_at(each.line) == place), None)


def _stands_at(line: TaskLine) -> tuple[str, int, int, str | None]:
    return line.project, line.unit, line.stage, line.item


def _row(action: Action, task: Standing | None, actor: Actor) -> Row:
    why = [
        {
            "code": each.code,
            "text": {key: text(each.code, locale, **each.params) for key, locale in _LANGUAGES},
        }
        for each in next_actions.reasons(action)
    ]
    with parts().new_uow() as uow:
        found = queries.project(uow.connection, action.project)
    name = None if found is None else found.name or None
    row = None if task is None else rows_of((task,), actor)[0]
    return {**present.members(action), "name": name, "why": why, "task": row}
