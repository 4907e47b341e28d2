"""The two addresses of signing in by a provider: away to it, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, redirect, request, url_for

from api import cookies, oidc
from api.signin import begun, refused
from workflows.errors import Refusal

if TYPE_CHECKING:
    from flask import Response

detour = Blueprint("detour", __name__)


@detour.route("/sign-in/oidc")
def leave() -> Response:
    """Lead to the provider."""
    if not oidc.is_configured():
        abort(404)
    begun_ = oidc.begin(url_for("account.show"))
    led: Any = redirect(begun_.address, 303)
    answer: Response = led
    cookies.put(answer, oidc.COOKIE, begun_.secret, oidc.MINUTES * 60)
    return answer


@detour.route(oidc.CALLBACK)
def come_back() -> Response:
    """Begin a session for whom the provider names, if it is somebody of ours."""
    if not oidc.is_configured():
        abort(404)
    try:
        person, place = oidc.finish(
            cookies.get(oidc.COOKIE) or "",
            request.args.get("state", ""),
            request.args.get("code", ""),
        )
    except Refusal as refusal:
        answer = refused("sign_in.html", refusal, place=url_for("account.show"), provider=True)
    else:
        answer = begun(person, "oidc", place)
    cookies.drop(answer, oidc.COOKIE)
    return answer
