"""The page of one's own account: sessions, tokens, password. Every button is a form."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request, url_for

from api import cookies
from api.actors import reach
from api.parts import parts
from api.signin import (
    LARGEST_FORM,
    LONGEST_ID,
    LONGEST_SECRET,
    away,
    begun,
    form,
    refused,
    said,
)
from api.strict import is_clean
from engine.people import Scope
from workflows.errors import Refusal
from workflows.moments import said_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.sessions import SignedIn

account = Blueprint("account", __name__)
LONGEST_LIFE = 366  # days
_USUAL_LIFE = 90  # days


@account.before_request
def small() -> None:
    """Take no more of a form than it can need."""
    request.max_content_length = LARGEST_FORM


def _mine(view: Callable[[SignedIn], Response]) -> Callable[[], Response]:
    """Ask for a session; a form must come from our own page."""

    @wraps(view)
    def asked() -> Response:
        found = _signed_in()
        if found is None:
            return away(url_for("signin.show_sign_in", next=url_for("account.show")))
        g.signed_in = found.actor.id
        if request.method == "POST" and not cookies.is_from_our_form():
            return _shown(found, trouble_code="stale_form", status=HTTPStatus.BAD_REQUEST)
        return view(found)

    return asked


@account.route("/account")
@_mine
def show(found: SignedIn) -> Response:
    """Show who I am, where I am signed in, and my tokens."""
    return _shown(found)


@account.route("/account/end", methods=["POST"])
@_mine
def end(found: SignedIn) -> Response:
    """End one of my sessions, or with no name all of the others."""
    chosen = said("session", LONGEST_ID)
    for each in parts().sessions.all(found.actor.id):
        if each.id == chosen or (not chosen and each.id != found.session.id):
            parts().sessions.end_of(found.actor.id, each.id)
    return away(url_for("account.show"))


@account.route("/account/token", methods=["POST"])
@_mine
def issue(found: SignedIn) -> Response:
    """Issue a token and show it, this once."""
    label, days = said("label", LONGEST_ID), said("days", 3)
    wanted = frozenset(each for each in Scope if each.value in request.form.getlist("scope"))
    fits = days.isascii() and days.isdecimal() and 1 <= int(days) <= LONGEST_LIFE
    if not fits or not wanted or not is_clean(label) or not wanted <= reach(found.actor):
        return _shown(found, trouble_code="bad_token", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    secret = parts().people.issue_token(
        found.actor.id, timedelta(days=int(days)), scopes=wanted, label=label
    )
    return _shown(found, issued=secret)


@account.route("/account/revoke", methods=["POST"])
@_mine
def revoke(found: SignedIn) -> Response:
    """Take one of my tokens back."""
    parts().people.revoke_token_of(found.actor.id, said("token", LONGEST_ID))
    return away(url_for("account.show"))


@account.route("/account/password", methods=["POST"])
@_mine
def change_password(found: SignedIn) -> Response:
    """Change my password; every session ends, and this browser begins a new one."""
    new = said("password", LONGEST_SECRET)
    if new != said("again", LONGEST_SECRET):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _shown(found, trouble_code="not_the_same", status=status)
    try:
        parts().accounts.change_password(
            found.actor.id, said("old", LONGEST_SECRET), new, request.remote_addr or ""
        )
    except Refusal as refusal:
        return refused("account.html", refusal, **_values(found))
    person = parts().people.get(found.actor.id)
    if person is None:  # erased in between
        return away(url_for("signin.show_sign_in"))
    return begun(person, found.session.way, url_for("account.show"))


def _signed_in() -> SignedIn | None:
    secret = cookies.session()
    return None if secret is None else parts().sessions.of(secret)


def _shown(
    found: SignedIn,
    *,
    status: int = HTTPStatus.OK,
    trouble_code: str | None = None,
    issued: str | None = None,
) -> Response:
    values = _values(found)
    return form("account.html", status, trouble_code=trouble_code, issued=issued, **values)


def _values(found: SignedIn) -> dict[str, Any]:
    identity = found.actor.id
    person = parts().people.get(identity)
    return {
        "person": identity,
        "name": "" if person is None else person.name,
        "roles": sorted(found.actor.roles),
        "here": found.session.id,
        "sessions": parts().sessions.all(identity),
        "tokens": parts().people.tokens(identity),
        "scopes": [each.value for each in Scope if each in reach(found.actor)],
        "moment": said_moment,
        "usual": _USUAL_LIFE,
        "longest": LONGEST_LIFE,
        "has_password": parts().accounts.account(identity).password is not None,
    }
