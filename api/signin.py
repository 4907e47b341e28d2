"""Signing in and out, and setting a password by link: pages of the server, without script."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, redirect, request, url_for

from api import cookies, oidc
from api.pages import locale, page
from api.parts import parts
from engine.account_errors import TooManyTriesError, VoucherError, WrongSignInError
from workflows.errors import Refusal
from workflows.texts import refusal_text

if TYPE_CHECKING:
    from engine.store.queries import Person

signin = Blueprint("signin", __name__)
LARGEST_FORM = 16 * 1024  # bytes
LONGEST_ID, LONGEST_SECRET = 64, 512
# A place of ours, never another host: no scheme, no second slash, no backslash.
_PLACE = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~-]{0,200}", re.ASCII)


@signin.before_request
def small() -> None:
    """Take no more of a form than it can need, before anything is counted or hashed."""
    request.max_content_length = LARGEST_FORM


@signin.route("/sign-in")
def show_sign_in() -> Response:
    """Show the form."""
    fresh = request.args.get("done") == "password"  # set a moment ago, by a link
    place = _place(request.args)
    return form("sign_in.html", fresh=fresh, place=place, provider=oidc.is_configured())


@signin.route("/sign-in", methods=["POST"])
def sign_in() -> Response:
    """Begin a session with a new secret; the one that the browser came with ends."""
    if not cookies.is_from_our_form():
        return refused("sign_in.html", "page.stale_form", HTTPStatus.BAD_REQUEST, **_of_form())
    identity = said("person", LONGEST_ID)
    try:
        person = parts().accounts.sign_in(
            identity,
            said("password", LONGEST_SECRET),
            said("code", LONGEST_ID),
            request.remote_addr or "",
        )
    except Refusal as refusal:
        note(identity)
        return refused("sign_in.html", refusal, **_of_form())
    return begun(person, "password", _place(request.form))


@signin.route("/sign-out", methods=["POST"])
def sign_out() -> Response:
    """End the session at once, wherever its secret may have got to."""
    secret = cookies.session()
    if secret is not None and cookies.is_from_our_form():
        found = parts().sessions.of(secret)
        g.signed_in = None if found is None else found.actor.id
        parts().sessions.end(secret)
    answer = away(url_for("signin.show_sign_in"))
    cookies.drop_session(answer)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@signin.route("/reset/<word:secret>")
def show_reset(secret: str) -> Response:
    """Show the form by which a password is set."""
    return form("reset.html", secret=secret)


@signin.route("/reset/<word:secret>", methods=["POST"])
def reset(secret: str) -> Response:
    """Set a password by a link, which works once; every session of the person ends."""
    if not cookies.is_from_our_form():
        return refused("reset.html", "page.stale_form", HTTPStatus.BAD_REQUEST, secret=secret)
    password = said("password", LONGEST_SECRET)
    if password != said("again", LONGEST_SECRET):
        return refused("reset.html", "page.not_the_same", secret=secret)
    try:
        person = parts().accounts.redeem(secret, password, request.remote_addr or "")
    except Refusal as refusal:
        return refused("reset.html", refusal, secret=secret)
    g.signed_in = person.id
    return away(url_for("signin.show_sign_in", done="password"))


def begun(person: Person, way: str, place: str) -> Response:
    """Begin a session for a person who proved who they are, and lead to *place*."""
    g.signed_in = person.id
    secret = parts().sessions.begin(person.id, way, instead_of=cookies.session())
    answer = away(place)
    cookies.keep_session(answer, secret)
    return answer


def form(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401 - what the template shows
    """Return a page with a form that only this browser can send."""
    guard = cookies.form_guard()
    answer = Response(page(template, guard=guard, **values), status=status)
    cookies.keep_form(answer)
    return answer


def refused(
    template: str,
    why: Refusal | str,
    status: int | None = None,
    **values: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    """Return the form again with what was wrong; nothing that was typed stands in it."""
    trouble = refusal_text(why, locale()) if isinstance(why, Refusal) else None
    answer = form(
        template,
        status or _STATUS.get(type(why), HTTPStatus.UNPROCESSABLE_ENTITY),
        trouble=trouble,
        trouble_code=None if isinstance(why, Refusal) else why.removeprefix("page."),
        **values,
    )
    if isinstance(why, TooManyTriesError):
        answer.headers["Retry-After"] = str(why.seconds)
    return answer


def away(place: str) -> Response:
    """Lead to another page of ours by GET."""
    led: Any = redirect(place, HTTPStatus.SEE_OTHER)
    answer: Response = led
    return answer


def said(name: str, longest: int) -> str:
    """Return a field of the form; what is too long is no answer at all."""
    text = request.form.get(name, "")
    return text if len(text) <= longest else ""


def note(identity: str) -> None:
    """Let the trail name whom somebody claimed to be, if there is such a person at all.

    What was typed there may be a password by mistake: it is kept only if it is an id.
    """
    if parts().people.get(identity) is not None:
        g.claimed = identity


def _of_form() -> dict[str, Any]:
    return {"place": _place(request.form), "provider": oidc.is_configured()}


def _place(given: Any) -> str:  # noqa: ANN401 - werkzeug's dictionaries
    place = str(given.get("next", ""))
    return place if _PLACE.fullmatch(place) else url_for("account.show")


_STATUS: dict[type, int] = {
    WrongSignInError: HTTPStatus.FORBIDDEN,
    TooManyTriesError: HTTPStatus.TOO_MANY_REQUESTS,
    VoucherError: HTTPStatus.GONE,
}
