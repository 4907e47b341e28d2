"""What is kept of each request: its id, a line of the log, a line of the audit trail, figures."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from flask import g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from api import actors, metrics
from api.parts import parts
from workflows import masking

if TYPE_CHECKING:
    from flask import Flask, Response

REQUEST_ID = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
# Looked at by machines every few seconds, or no deed of anybody.
_UNNOTED = frozenset({"health", "ready", "metrics", "static", "asset", "openapi_json"})
_SECRET_PARTS = frozenset({"secret"})
# Filters that are codes and days, never words that somebody typed.
_NARROWING = frozenset(
    {"actor", "agent", "department", "item", "kind", "month", "object", "operation", "owner",
     "person", "project", "role", "since", "split", "stage", "status", "township", "unit", "until"}
)  # fmt: skip
_CODED = re.compile(r"[0-9A-Za-z_.:-]{1,64}", re.ASCII)
_NOBODY = "-"
_TURNED_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

log = structlog.get_logger("abreast.request")


def register(app: Flask) -> None:
    """Have *app* keep it."""
    app.before_request(_begin)
    app.after_request(_end)


def operation() -> str:
    """Return the name of what is asked for, e.g. "projects.show_project"; "-" for no address."""
    return request.endpoint or _NOBODY


def about() -> str:
    """Return what the request is about: a project's code and the other ids in its address; or "-".

    Secrets in addresses are left out. Of a query that is about no project it has by which codes and
    days it is narrowed.
    """
    named = {name: str(value) for name, value in (request.view_args or {}).items()}
    code = named.pop("code", "")
    ids = "/".join(value for name, value in named.items() if name not in _SECRET_PARTS)
    told = [code, ids] if code else [ids, *_narrowed()]
    return masking.without_numbers(" ".join(told).strip()) or _NOBODY


def _narrowed() -> list[str]:
    asked = sorted(request.args.items()) if request.method == "GET" else []
    return [
        f"{name}={value}"
        for name, value in asked
        if name in _NARROWING and _CODED.fullmatch(value) is not None
    ]


def mention(object_: str) -> None:
    """Say what this request was about where its address does not: the id of what it made."""
    g.about = object_


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _GIVEN.fullmatch(given) else uuid4().hex
    g.began = time.perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def _end(answer: Response) -> Response:
    if "request_id" not in g:
        return answer
    seconds = time.perf_counter() - g.began
    answer.headers[REQUEST_ID] = g.request_id
    metrics.observe(operation(), answer.status_code, seconds)
    if operation().rpartition(".")[2] not in _UNNOTED:
        _note(answer, seconds)
    return answer


def _note(answer: Response, seconds: float) -> None:
    actor = g.get("signed_in") or actors.noted()
    # Who only looked at what is public did nothing that anybody would ask about, and what a
    # stranger mistypes is not kept: only that somebody was turned away, or claimed to be somebody.
    if actor != _NOBODY or "claimed" in g or answer.status_code in _TURNED_AWAY:
        parts().audit.note(
            actor=actor,
            operation=operation(),
            object_=g.get("claimed") or g.get("about") or about(),
            status=answer.status_code,
            request=g.request_id,
        )
    if structlog.is_configured():  # a program that was not told where to log stays quiet
        log.info(
            "request.done",
            operation=operation(),
            method=request.method,
            status=answer.status_code,
            ms=round(seconds * 1000, 1),
        )
