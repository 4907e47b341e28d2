"""Links that speak for a person without an account: made, listed, revoked; the calendar's too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors, present, sight, trail
from api.contract import orders, reads
from api.desk import order
from api.parser import Nouns
from api.parts import parts
from api.schemas.links import LinkOrderSchema, LinksSchema, NewLinkSchema
from api.schemas.orders import EmptySchema
from engine import refusals
from engine.links import Purpose
from engine.store import queries
from workflows import commands as c
from workflows.access import Grant, Scope, grants_of, may
from workflows.errors import (
    NotAllowedError,
    OfficialLinkError,
    TaskNotOpenError,
    WrongPersonError,
)
from workflows.events import PauseKind
from workflows.project import SEPARATE

if TYPE_CHECKING:
    from engine.links import Issued
    from engine.store.links import Link
    from workflows.facts import Actor
    from workflows.project import Project

nouns = Nouns("links", __name__, description="Links that speak for a person without an account")
Row = dict[str, Any]
_DEED = "IssueLink"
_SUPPLEMENT_PARTS = 3
_CALENDAR = timedelta(days=366)


@nouns.route("/links", methods=["GET"])
@reads(nouns, "listLinks", LinksSchema)
def list_links() -> Row:
    """List my links.

    Those that the sender made, the newest first; their addresses are shown once only, when they
    are made.
    """
    return {"data": [_told(each) for each in parts().links.of(actors.current().id)]}


@nouns.route("/links", methods=["POST"])
@orders(
    nouns,
    "addLink",
    LinkOrderSchema,
    status=HTTPStatus.CREATED,
    answer=NewLinkSchema,
    tagged=False,
)
def add_link(body: Row) -> Row:
    """Make a link for one answer.

    For a person without an account: a leader lets them complete one task outside the office, or a
    supplement be answered. It is good for one answer and some days; whoever holds it answers as
    that person, so it never stands for receiving, examining or inspecting.
    """
    actors.in_person()
    issued = parts().links.issue(
        order("addLink", body),
        Purpose(body["purpose"]),
        body["person"],
        project=body["project"],
        task=body["task"],
        lifetime=timedelta(days=body["days"]),
        against=refusals.against(partial(_check, body)),
    )
    return _issued(issued, "/answer")


@nouns.route("/people/me/calendar", methods=["POST"])
@orders(
    nouns,
    "addCalendar",
    EmptySchema,
    status=HTTPStatus.CREATED,
    answer=NewLinkSchema,
    tagged=False,
)
def add_calendar(body: Row) -> Row:
    """Subscribe to my due dates.

    An iCalendar feed for any calendar program: what the sender has to do, and the days on which
    limits end. It is good for a year, until it is revoked, or until the sender's sessions are all
    ended by an administrator or a new password.
    """
    actor = actors.in_person()
    issued = parts().links.issue(
        order("addCalendar", body), Purpose.CALENDAR, actor.id, lifetime=_CALENDAR
    )
    return _issued(issued, "/calendar.ics")


@nouns.route("/links/<word:link>/revoke", methods=["POST"])
@orders(nouns, "revokeLink", EmptySchema, answer=LinksSchema, tagged=False)
def revoke_link(body: Row, link: str) -> Row:
    """Revoke a link.

    At once. Answers those that are left.
    """
    left = parts().links.revoke(order("revokeLink", body, link=link), link)
    return {"data": [_told(each) for each in left]}


def _check(body: Row) -> None:
    """Check that the sender may give the person what the link is for.

    Raises:
        UnknownProjectError, TaskNotOpenError, NotAllowedError, WrongPersonError: Naming it.
    """
    actor = actors.current()
    project = sight.project(body["project"], actor)
    check = _check_task if body["purpose"] == Purpose.COMPLETE else _check_supplement
    check(actor, project, body["task"], body["person"])


def _check_task(actor: Actor, project: Project, task: str, person: str) -> None:
    """Check that the actor may give an open task to the person.

    Raises:
        TaskNotOpenError, NotAllowedError, WrongPersonError: Naming task or person.
    """
    which = queries.TaskFilter(project=project.code, viewer=actor)
    with parts().new_uow() as uow:
        found = queries.tasks(uow.connection, which, limit=queries.LARGEST_PAGE)
    line = next((each for each in found if each.id == task and each.item is not None), None)
    if line is None:
        raise TaskNotOpenError(task=task)
    if line.performer in SEPARATE:
        raise OfficialLinkError(task=task)
    scope = Scope.of(project, line.department)
    _check_both(actor, person, grants_of(c.AssignTask), grants_of(c.CompleteStep, line.performer),
                scope, task)  # fmt: skip


def _check_supplement(actor: Actor, project: Project, task: str, person: str) -> None:
    """Check that the supplement is open, and that both may have to do with it.

    Raises:
        TaskNotOpenError, NotAllowedError, WrongPersonError: Naming task or person.
    """
    if task.count("/") != _SUPPLEMENT_PARTS - 1:
        raise TaskNotOpenError(task=task)
    unit, item, attempt = task.split("/")
    open_now = [
        state.open
        for state in project.items.values()
        if (state.unit, state.item) == (int(unit), item)
        and state.open is not None
        and state.open.number == int(attempt)
        and any(pause.kind is PauseKind.SUPPLEMENT for pause in state.open.open_pauses)
    ]
    if not open_now or open_now[0] is None:
        raise TaskNotOpenError(task=task)
    scope = Scope.of(project, open_now[0].department)
    asking = (*grants_of(c.AskSupplement), *grants_of(c.AnswerSupplement))
    _check_both(actor, person, asking, grants_of(c.AnswerSupplement), scope, task)


def _check_both(  # noqa: PLR0913, PLR0917 - two people, what each must be permitted, and where
    actor: Actor,
    person: str,
    giving: tuple[Grant, ...],
    doing: tuple[Grant, ...],
    scope: Scope,
    task: str,
) -> None:
    if not may(actor, giving, scope):
        raise NotAllowedError(command=_DEED, actor=actor.id)
    found = parts().people.get(person)
    if found is None or not found.active or not may(found.actor, doing, scope):
        raise WrongPersonError(task=task, person=person)


def _issued(issued: Issued, path: str) -> Row:
    trail.mention(issued.link.id)
    token = issued.token
    link = None if token is None else f"{parts().settings.address}{path}?t={token}"
    return {**_told(issued.link), "link": link}


def _told(link: Link) -> Row:
    told = present.members(link)
    del told["issuer"]  # the sender
    return told
