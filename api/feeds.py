"""A person's due dates for their calendar program, behind a link that they can revoke."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from api import pages, trail
from api.parts import parts
from engine.errors import BadLinkError
from engine.links import Purpose
from engine.store import agenda, queries
from exchange import ical
from workflows.facts import Role
from workflows.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from engine.store.agenda import Due
    from engine.store.queries import TaskLine
    from workflows.facts import Actor

feeds = Blueprint("feeds", __name__)
_MOST = 500  # tasks, and days


@feeds.route("/calendar.ics")
def calendar() -> Response:
    """Answer the feed of the person whose link it is; without a good one, nothing is there."""
    try:
        link = parts().links.find(request.args.get("t", ""), Purpose.CALENDAR)
    except BadLinkError:
        return Response(status=HTTPStatus.NOT_FOUND)
    person = parts().people.get(link.person)
    if person is None or not person.active:
        return Response(status=HTTPStatus.NOT_FOUND)
    g.signed_in = person.id
    trail.mention(link.id)
    locale = pages.locale()
    with parts().new_uow() as uow:
        which = queries.TaskFilter(viewer=person.actor, doer=person.actor)
        tasks = queries.tasks(uow.connection, which, limit=_MOST)
        dues = agenda.of_tasks(uow.connection, sorted({line.project for line in tasks}))
        days = (
            agenda.of_person(uow.connection, person.actor, _MOST) if _follows(person.actor) else ()
        )
    written = ical.feed(
        text("calendar.title", locale),
        (_duty(line, dues.get((line.project, line.unit, line.item or "")), locale)
         for line in tasks),
        _days(days, locale),
        parts().clock.now(),
    )  # fmt: skip
    answer = Response(written, content_type=ical.TYPE)
    answer.headers["Content-Disposition"] = 'inline; filename="abreast.ics"'
    return answer


def _follows(person: Actor) -> bool:
    return bool({Role.OWNER, Role.AGENT} & person.roles)


def _duty(line: TaskLine, due: date | None, locale: str) -> ical.Duty:
    step = f"page.step.{line.step}"
    doing = text(step if step in texts() else "page.step.other", locale)
    what = _item(line.item, locale) or text("calendar.stage", locale, stage=line.stage)
    return ical.Duty(
        id=f"{line.project}-{line.id.replace('/', '-')}",
        title=text("calendar.duty", locale, what=what, doing=doing),
        text=text("calendar.text", locale, project=line.project),
        due=due,
        since=line.opened_at,
        link=f"{parts().settings.address}/projects/{line.project}",
    )


def _days(dues: tuple[Due, ...], locale: str) -> Iterator[ical.Day]:
    for due in dues:
        yield ical.Day(
            id=f"{due.project}-{due.unit}-{due.item}-{due.attempt}-due",
            title=text("calendar.due", locale, what=_item(due.item, locale)),
            text=text("calendar.text", locale, project=due.project),
            on=due.on,
            since=due.since,
            link=f"{parts().settings.address}/projects/{due.project}",
        )


def _item(code: str | None, locale: str) -> str:
    item = parts().library.catalogue.items.get(code or "")
    if item is None:
        return code or ""
    return f"{item.code} {item.name.en if locale == 'en' else item.name.zh}"
