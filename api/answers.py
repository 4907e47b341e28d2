"""The page behind a link: one question, one answer, no account and no script."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request

from api import pages, trail
from api.notes import Notes
from api.parts import parts
from api.strict import is_clean
from engine.errors import BadLinkError
from engine.links import Purpose
from engine.store import queries
from workflows import commands as c
from workflows.errors import Refusal
from workflows.facts import SYSTEM
from workflows.texts import refusal_text, text, texts

if TYPE_CHECKING:
    from engine.store.links import Link

answers = Blueprint("answers", __name__)
LARGEST_FORM = 16 * 1024  # bytes
LONGEST_REASON = 2000  # characters, as the page's own field has it
_PURPOSES = (Purpose.COMPLETE, Purpose.SUPPLEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a link asks; *outcomes* are empty for a supplement."""

    link: Link
    item: str
    step: str
    outcomes: tuple[str, ...]


@answers.before_request
def small() -> None:
    """Take no more of a form than it can need."""
    request.max_content_length = LARGEST_FORM


@answers.route("/answer")
def question() -> Response:
    """Show what is asked; looking answers nothing, for mail programs look at links too."""
    token = request.args.get("t", "")
    try:
        link = parts().links.find(token, *_PURPOSES)
    except BadLinkError:
        return _closed("bad", HTTPStatus.NOT_FOUND)
    g.claimed = _named(link)  # whoever looks proves nothing but that they hold it
    if link.used_at is not None:
        return _closed("done", HTTPStatus.OK)
    asked = _asked(link)
    if asked is None or not _active(link.issuer):
        return _closed("bad", HTTPStatus.NOT_FOUND)
    return _shown(asked, token)


@answers.route("/answer", methods=["POST"])
def answer() -> Response:
    """Take the answer, once: the link's own key makes a second one a repetition or a refusal."""
    token = request.form.get("t", "")
    try:
        link = parts().links.find(token, *_PURPOSES)
    except BadLinkError:
        return _closed("bad", HTTPStatus.NOT_FOUND)
    person = parts().people.get(link.person)
    if link.used_at is not None:
        return _closed("done", HTTPStatus.OK)
    issued = _active(link.issuer)  # what somebody handed out ends when they leave
    if person is None or not person.active or not issued or link.project is None:
        return _closed("bad", HTTPStatus.NOT_FOUND)
    g.signed_in = link.person
    trail.mention(_named(link))
    try:
        notes = Notes()
        command = _command(link, notes)
        parts().handle.execute(
            link.project, command, person.actor, f"link-{link.id}", tuple(notes.texts)
        )
    except Refusal as refusal:
        return _refused(link, token, refusal)
    parts().links.use(link)
    return _closed("done", HTTPStatus.OK)


def _active(person: str) -> bool:
    found = parts().people.get(person)
    return found is not None and found.active


def _named(link: Link) -> str:
    """Return a link as the audit trail names it."""
    return f"{link.project} link {link.id} by {link.issuer}"


def _command(link: Link, notes: Notes) -> c.Command:
    """Return what the link's holder orders; outcome and reason are the form's."""
    unit, item, attempt, *step = (link.task or "").split("/")
    named: dict[str, Any] = {"unit": int(unit), "item": item, "attempt": int(attempt)}
    if link.purpose == Purpose.SUPPLEMENT:
        return c.AnswerSupplement(**named)
    outcome = request.form.get("outcome", "")
    said = request.form.get("reason", "").strip()[:LONGEST_REASON]
    reason = "".join(each for each in said if is_clean(each)) or None
    return c.CompleteStep(**named, step=step[0], outcome=outcome[:64], reason=notes.maybe(reason))


def _asked(link: Link) -> Asked | None:
    """Return what is still asked; None when it was settled in another way."""
    item = (link.task or "").split("/")[1]
    if link.purpose == Purpose.SUPPLEMENT:
        return Asked(link=link, item=item, step="", outcomes=())
    which = queries.TaskFilter(project=link.project, viewer=SYSTEM)
    with parts().new_uow() as uow:
        found = queries.tasks(uow.connection, which, limit=queries.LARGEST_PAGE)
    for line in found:
        if line.id == link.task:
            return Asked(link=link, item=item, step=line.step, outcomes=line.outcomes)
    return None


def _shown(asked: Asked, token: str, trouble: str | None = None, status: int = 200) -> Response:
    catalogue, locale = parts().library.catalogue, pages.locale()
    item = catalogue.items[asked.item]
    step = f"page.step.{asked.step}"
    written = pages.page(
        "answer.html",
        state="asked",
        link=asked.link,
        token=token,
        trouble=trouble,
        name=_name(asked.link),
        item=item,
        department=catalogue.departments[item.department],
        outcomes=asked.outcomes,
        step=text(step if step in texts() else "page.step.other", locale),
        words={each: _outcome(each, locale) for each in asked.outcomes},
    )
    return Response(written, status=status)


def _refused(link: Link, token: str, refusal: Refusal) -> Response:
    asked = _asked(link)
    if asked is None:
        return _closed("bad", HTTPStatus.NOT_FOUND)
    trouble = refusal_text(refusal, pages.locale())
    return _shown(asked, token, trouble, HTTPStatus.CONFLICT)


def _closed(state: str, status: int) -> Response:
    return Response(pages.page("answer.html", state=state), status=status)


def _outcome(word: str, locale: str) -> str:
    code = f"page.outcome.{word}"
    return text(code, locale) if code in texts() else word


def _name(link: Link) -> str | None:
    with parts().new_uow() as uow:
        line = queries.project(uow.connection, link.project or "")
    return None if line is None else line.name or None
