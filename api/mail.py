"""The page behind the letter to a new address: whoever reads it says yes, or does nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from api import pages, trail
from api.answers import LARGEST_FORM
from api.parts import parts
from engine.errors import BadLinkError

if TYPE_CHECKING:
    from engine.store.tidings import Contact

mail = Blueprint("mail", __name__)


@mail.before_request
def small() -> None:
    """Take no more of a form than it can need."""
    request.max_content_length = LARGEST_FORM


@mail.route("/mail")
def question() -> Response:
    """Ask; looking agrees to nothing, for mail programs look at links too."""
    token = request.args.get("t", "")
    try:
        found = parts().addresses.asked(token)
    except BadLinkError:
        return _page("bad", status=HTTPStatus.NOT_FOUND)
    g.claimed = _named(found)
    return _page("done" if found.confirmed_at else "asked", found, token)


@mail.route("/mail", methods=["POST"])
def agree() -> Response:
    """Take the yes; the second time it changes nothing."""
    try:
        found = parts().addresses.agree(request.form.get("t", ""))
    except BadLinkError:
        return _page("bad", status=HTTPStatus.NOT_FOUND)
    trail.mention(_named(found))
    return _page("done", found)


def _named(found: Contact) -> str:
    """Return an address as the audit trail names it: by whose it is."""
    return f"address of {found.person}"


def _page(
    state: str, found: Contact | None = None, token: str = "", status: int = HTTPStatus.OK
) -> Response:
    written = pages.page("mail.html", state=state, found=found, token=token)
    return Response(written, status=status)
