"""For those who watch the machine: ready to take requests, and figures."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import NotFound

from api import actors, metrics
from api.parts import parts
from api.problems import RequestError
from engine.errors import EngineError
from engine.rests import FAULT
from engine.store import log
from workflows.errors import NotAllowedError

operations = Blueprint("operations", __name__)
# A proxy of ours on this machine adds one of these: then the asker is somewhere else.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


@operations.route("/ready")
def ready() -> tuple[dict[str, str], int]:
    """Tell whether requests can be served: the database answers, the worker in here lives."""
    try:
        with parts().new_uow() as uow:
            log.head(uow.connection, "catalogue")
    except EngineError as error:
        return {"status": "unavailable", "code": error.code}, HTTPStatus.SERVICE_UNAVAILABLE
    if parts().companion.is_dead:
        return {"status": "unavailable", "code": FAULT}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ready"}, HTTPStatus.OK


@operations.route("/metrics")
def figures() -> Response:
    """Return the figures, to this machine itself or to an administrator.

    Raises:
        NotFound: To anybody else.
    """
    if not _is_from_here() and not _administers():
        raise NotFound
    return Response(metrics.written(), content_type=CONTENT_TYPE_LATEST)


def _is_from_here() -> bool:
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and actors.is_loopback(request.remote_addr or "")


def _administers() -> bool:
    try:
        actors.administrator("metrics")
    except (RequestError, NotAllowedError):
        return False
    return True
