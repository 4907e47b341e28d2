"""Headers that every answer carries: nothing is framed, sniffed, scripted or kept."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from api import cookies

if TYPE_CHECKING:
    from flask import Flask, Response

ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
}
HTTPS_ONLY = "max-age=63072000; includeSubDomains"  # two years
_PLAIN = (*ALWAYS.items(), ("Cache-Control", "no-store"))
_SECURE = (*_PLAIN, ("Strict-Transport-Security", HTTPS_ONLY))


def register(app: Flask) -> None:
    """Have *app* add the headers."""
    app.after_request(_guarded)
    app.after_request(_validated)


def _guarded(answer: Response) -> Response:
    said = {name.lower() for name, _ in answer.headers}
    for name, value in _SECURE if cookies.is_secure() else _PLAIN:
        if name.lower() not in said:
            answer.headers.add(name, value)
    if "vary" in said:
        answer.vary.add("Accept-Language")
    else:
        answer.headers.add("Vary", "Accept-Language")
    return answer


def _validated(answer: Response) -> Response:
    """Tag what was read by its content, and answer 304 to whoever has it already.

    The tag of a project keeps the number of its last event in front, as If-Match takes it.
    """
    if (
        request.method not in {"GET", "HEAD"}
        or answer.status_code != HTTPStatus.OK
        or not answer.is_json
    ):
        return answer
    digest = hashlib.sha256(answer.get_data()).hexdigest()[:_DIGITS]
    number, _ = answer.get_etag()
    answer.set_etag(f"{number}-{digest}" if number else digest)
    answer.make_conditional(request)
    return answer


_DIGITS = 16  # 64 bits: enough to tell one's own answers apart
