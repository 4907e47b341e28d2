"""Projects: filed, listed, looked at, changed as a whole, given up."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors, forecasts, present, remembered, sight, trail
from api.called import named, names_of
from api.contract import orders, reads
from api.cursors import page_of, place_of, read_cursor, write_cursor
from api.desk import Done, carry_out, tag
from api.notes import Notes
from api.parser import Nouns
from api.parts import parts
from api.schemas.history import HistorySchema
from api.schemas.orders import AgentSchema, ProjectFilingSchema, ReasonSchema, UnitAddingSchema
from api.schemas.progress import ProgressSchema
from api.schemas.projects import (
    HistoryQuerySchema,
    ProjectCountsSchema,
    ProjectFilterSchema,
    ProjectPageSchema,
    ProjectQuerySchema,
)
from engine.store import queries, searching, work_list
from workflows import commands as c
from workflows import dues
from workflows.clock import Lamp
from workflows.moments import local_date
from workflows.project import ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Response

nouns = Nouns("projects", __name__, description="Projects: filing, progress, history, end")
Row = dict[str, Any]
_PROJECT = "/projects/<project:code>"
_NAMED = ("township", "owner", "agent")


@nouns.route("/projects", methods=["GET"])
@reads(nouns, "listProjects", ProjectPageSchema, query=ProjectQuerySchema)
def list_projects(query: Row) -> Row:
    """List projects.

    Those within the sender's sight, the newest first.
    """
    limit, order = query.pop("limit"), query.pop("sort")
    more = _conditions(query)
    place = queries.PROJECT_ORDERS[order.removeprefix("-")]
    after = read_cursor(query.pop("cursor", None), place)
    which = queries.ProjectFilter(viewer=actors.current(), **query)
    with parts().new_uow() as uow:
        lines = queries.projects(
            uow.connection,
            which,
            more=more,
            after=after,
            limit=limit + 1,
            order=order,
        )
    page, last = page_of(lines, limit)
    return {
        "data": named(_lines(page), _NAMED),
        "next": None if last is None else write_cursor(place_of(last, place)),
    }


@nouns.route("/projects/counts", methods=["GET"])
@reads(nouns, "countProjects", ProjectCountsSchema, query=ProjectFilterSchema)
def count_projects(query: Row) -> Row:
    """Count projects.

    Those within the sender's sight, by where they stand; those that run by their worst clock.
    """
    which = queries.ProjectFilter(viewer=actors.current(), **query)
    with parts().new_uow() as uow:
        stand = queries.statuses(uow.connection, which)
        conditions = queries.project_conditions(which)
        lamps = work_list.projects_by_colour(uow.connection, conditions, _marks())
    return {
        **{status.value: stand.get(status.value, 0) for status in ProjectStatus},
        "lamps": {lamp.value: count for lamp, count in lamps.items()},
    }


@nouns.route("/projects", methods=["POST"])
@orders(nouns, "fileProject", ProjectFilingSchema, status=HTTPStatus.CREATED)
def file_project(body: Row) -> Done:
    """File a project.

    Every fact that matters must be stated. An agent of the township is assigned by load and
    absence; stage 1 opens for its joint application, and utilities alongside.
    """
    trail.mention(body["code"])
    notes = Notes()
    name = notes.note(body.pop("name"))
    done, headers = carry_out(body["code"], c.FileProject(name=name, **body), notes)
    return done, {**headers, "Location": f"/api/v1/projects/{body['code']}"}


@nouns.route(_PROJECT, methods=["GET"])
@reads(nouns, "getProject", ProgressSchema, etag=True)
def show_project(code: str) -> tuple[Response, dict[str, str]]:
    """Show a project's progress.

    Per unit and stage what is done, running, held or wanted, with clocks; what blocks the next
    milestone, whose turn it is and since when.
    """
    project = sight.project(code, actors.current())
    return remembered.progress_of(project), {"ETag": tag(project.number)}


@nouns.route(f"{_PROJECT}/events", methods=["GET"])
@reads(nouns, "listEvents", HistorySchema, query=HistoryQuerySchema)
def list_events(query: Row, code: str) -> Row:
    """Show a project's history.

    Its log with the hash chain, by number; free texts stand in it by reference only.
    """
    sight.project(code, actors.current())
    known, history = query["after"], parts().handle.history(code)
    if query["sort"] == "-number":
        ahead = [e for e in reversed(history) if not known or e.number < known]
    else:
        ahead = [e for e in history if e.number > known]
    page, last = page_of(ahead, query["limit"])
    names = names_of(("agent", each.actor) for each in page)
    people = parts().people.some(sorted({each.actor for each in page}))
    departments = {each.id: each.actor.department for each in people}
    return {
        "data": [
            {
                **present.envelope(each),
                "actor_name": names.get(("agent", each.actor)),
                "actor_department": departments.get(each.actor),
            }
            for each in page
        ],
        "next": None if last is None else last.number,
    }


@nouns.route(f"{_PROJECT}/withdraw", methods=["POST"])
@orders(nouns, "withdrawProject", ReasonSchema)
def withdraw_project(body: Row, code: str) -> Done:
    """Withdraw a project.

    The owner gives it up; every open attempt ends with it.
    """
    notes = Notes()
    return carry_out(code, c.WithdrawProject(reason=notes.note(body["reason"])), notes)


@nouns.route(f"{_PROJECT}/terminate", methods=["POST"])
@orders(nouns, "terminateProject", ReasonSchema)
def terminate_project(body: Row, code: str) -> Done:
    """Terminate a project.

    The authority ends it; every open attempt ends with it.
    """
    notes = Notes()
    return carry_out(code, c.TerminateProject(reason=notes.note(body["reason"])), notes)


@nouns.route(f"{_PROJECT}/units", methods=["POST"])
@orders(nouns, "addUnit", UnitAddingSchema)
def add_unit(body: Row, code: str) -> Done:
    """Add a unit.

    A building or phase that runs the stages from its first one on by itself.
    """
    notes = Notes()
    name = notes.note(body.pop("name"))
    return carry_out(code, c.AddUnit(name=name, **body), notes)


@nouns.route(f"{_PROJECT}/agent", methods=["POST"])
@orders(nouns, "assignAgent", AgentSchema, seen=True)
def assign_agent(body: Row, code: str) -> Done:
    """Give a project to another agent.

    A supervisor or administrator does so, with a reason.
    """
    notes = Notes()
    reason = notes.note(body["reason"])
    return carry_out(code, c.AssignAgent(agent=body["agent"], reason=reason), notes)


def _conditions(query: Row) -> tuple[Any, ...]:
    """Take out of *query*, and return, what is asked of more than the project's own row."""
    lamp, words = query.pop("lamp", None), query.pop("q", "").strip()
    coloured = () if lamp is None else (work_list.of_colour(Lamp(lamp), _marks()),)
    return (*coloured, *((searching.of_words(words),) if words else ()))


def _lines(page: Sequence[queries.ProjectLine]) -> Iterator[Row]:
    """Yield projects, the running ones with their worst clock and when they will be done."""
    codes = [each.project for each in page if each.status == ProjectStatus.RUNNING]
    with parts().new_uow() as uow:
        lamps = work_list.worst_colours(uow.connection, codes, _marks()) if codes else {}
    ends = forecasts.ends_of(codes) if codes else {}
    for each in page:
        end = ends.get(each.project, {})
        lamp = lamps.get(each.project, Lamp.NONE) if each.project in codes else None
        days = {level: end.get(level) for level in ("p50", "p80")}
        yield {**present.line(each), "lamp": lamp, **days}


def _marks() -> dues.Marks:
    return dues.marks(local_date(parts().clock.now()), parts().library.calendar)
