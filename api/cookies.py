"""The two cookies: the session's secret, and one that ties a form to the browser it was sent to."""

from __future__ import annotations

import re
import secrets
from secrets import compare_digest
from typing import TYPE_CHECKING, Literal, TypedDict

from flask import g, request

from api.parts import parts
from engine.sessions import guard

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

_SESSION, _FORM = "abreast", "abreast-form"
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)
FORM_FIELD = "guard"


class Options(TypedDict):
    """What every cookie of ours has."""

    path: str
    secure: bool
    httponly: bool
    samesite: Literal["Lax", "Strict"]


def session() -> str | None:
    """Return the secret of the session that the browser came with, or None."""
    return _read(_SESSION)


def keep_session(answer: Response, secret: str) -> None:
    """Give the browser its session; the form's cookie is of no use after it."""
    _write(answer, _SESSION, secret, "Lax")
    drop_form(answer)


def drop_session(answer: Response) -> None:
    """Take the session's cookie back."""
    answer.delete_cookie(_name(_SESSION), **_options("Lax"))


def drop_form(answer: Response) -> None:
    """Take the form's cookie back."""
    answer.delete_cookie(_name(_FORM), **_options("Strict"))


def form_guard() -> str:
    """Return what a form of ours carries hidden; `keep_form` must send the cookie beside it."""
    if "form" not in g:
        g.form = session() or _read(_FORM) or secrets.token_urlsafe(32)
    return guard(g.form)


def keep_form(answer: Response) -> None:
    """Give the browser the cookie that its form's hidden field is compared with."""
    if "form" in g and g.form not in (session(), _read(_FORM)):
        _write(answer, _FORM, g.form, "Strict")


def is_from_our_form() -> bool:
    """Tell whether the form that came was sent out by us, to this browser."""
    secret = session() or _read(_FORM)
    shown = request.form.get(FORM_FIELD, "")
    return secret is not None and compare_digest(shown.encode(), guard(secret).encode())


def is_secure() -> bool:
    """Tell whether browsers speak to us by https."""
    return request.is_secure or parts().settings.public_url.startswith("https://")


def put(answer: Response, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that comes back from the provider's page too."""
    answer.set_cookie(_name(name), value, max_age=seconds, **_options("Lax"))


def get(name: str) -> str | None:
    """Return a cookie that `put` gave."""
    return _read(name)


def drop(answer: Response, name: str) -> None:
    """Take a cookie back that `put` gave."""
    answer.delete_cookie(_name(name), **_options("Lax"))


def _read(name: str) -> str | None:
    value = request.cookies.get(_name(name), "")
    return value if _SECRET.fullmatch(value) else None


def _write(answer: Response, name: str, value: str, site: Literal["Lax", "Strict"]) -> None:
    answer.set_cookie(_name(name), value, **_options(site))


def _options(site: Literal["Lax", "Strict"]) -> Options:
    return {"path": "/", "secure": is_secure(), "httponly": True, "samesite": site}


def _name(name: str) -> str:
    """Return the cookie's name; with the prefix no other host and no http page can set it."""
    return f"__Host-{name}" if is_secure() else name
