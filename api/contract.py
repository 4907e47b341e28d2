"""Decorators that state an operation's contract: what goes in and out, who, which errors."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api import actors
from api.schemas.answers import AnswerSchema

if TYPE_CHECKING:
    from collections.abc import Callable

    from marshmallow import Schema

    from api.parser import Nouns

    View = Callable[..., Any]
    Decorator = Callable[[View], View]

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"persona": []}]
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "Chosen by the client, one for each intent, 1-200 visible ASCII characters. The "
    "same key with the same request gives the same answer and does nothing again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7E]+$"},
    "example": "7c1f0d9e-5a3b-4e6f-9a51-2f0d6f2f7b11",
}
_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "Do it only while this is the number of the project's last event.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"17"',
}
_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "Language of problem texts: zh-CN (default) or en.",
    "schema": {"type": "string"},
    "example": "zh-CN",
}
_READING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
_ORDERING = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.PRECONDITION_REQUIRED,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def reads(
    nouns: Nouns,
    operation: str,
    answer: type[Schema],
    *,
    query: type[Schema] | None = None,
    etag: bool = False,
) -> Decorator:
    """Describe a GET; with *query* the view's first argument is what the query says."""
    headers = _TAG if etag else None

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(HTTPStatus.OK, answer, headers=headers)(view)
        told: list[dict[str, Any]] = [_LANGUAGE]
        if query is not None:
            decorated = nouns.arguments(query, location="query")(decorated)
            # Said once more: what is described by hand takes the place of what arguments() says.
            told = [{"in": "query", "schema": query}, _LANGUAGE]
        return _described(nouns, decorated, operation, _READING, told)

    return decorate


def serves(nouns: Nouns, operation: str, content_type: str) -> Decorator:
    """Describe a GET that answers a file."""

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(
            HTTPStatus.OK, {"type": "string"}, content_type=content_type
        )(view)
        return _described(nouns, decorated, operation, _READING, [_LANGUAGE])

    return decorate


def uploads(nouns: Nouns, operation: str, fields: dict[str, dict[str, Any]]) -> Decorator:
    """Describe a POST of one file; *fields* are its parts beside the file, by name."""
    body = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "The file"},
            **fields,
        },
        "required": ["file", *(name for name, each in fields.items() if "default" not in each)],
        "additionalProperties": False,
    }

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(HTTPStatus.CREATED, AnswerSchema, headers=_TAG)(view)
        content = {"multipart/form-data": {"schema": body}}
        decorated = nouns.doc(requestBody={"required": True, "content": content})(decorated)
        return _described(nouns, decorated, operation, _ORDERING, [_KEY, _MATCH, _LANGUAGE])

    return decorate


def orders(  # noqa: PLR0913 - one keyword a promise of the contract
    nouns: Nouns,
    operation: str,
    request: type[Schema],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    answer: type[Schema] = AnswerSchema,
    tagged: bool = True,
) -> Decorator:
    """Describe a POST; the view's first argument is the body.

    Args:
        tagged: It concerns one project, whose entity tag may be asked for and is answered.
    """
    asked = [_KEY, _MATCH, _LANGUAGE] if tagged else [_KEY, _LANGUAGE]

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(status, answer, headers=_TAG if tagged else None)(view)
        decorated = nouns.arguments(request)(decorated)
        return _described(nouns, decorated, operation, _ORDERING, asked)

    return decorate


def _described(
    nouns: Nouns,
    view: View,
    operation: str,
    statuses: tuple[HTTPStatus, ...],
    headers: list[dict[str, object]],
) -> View:
    described: View = nouns.doc(
        operationId=operation,
        security=SECURITY,
        parameters=headers,
        # By name: api/openapi.py describes each of them once, as a problem.
        responses={str(int(status)): status.name for status in statuses},
    )(_known(view))
    return described


def _known(view: View) -> View:
    """Ask who the sender is before anything of the request is read: strangers learn no rule."""

    @wraps(view)
    def known(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        actors.current()
        return view(*args, **kwargs)

    return known


_TAG = {
    "ETag": {
        "description": "Number of the project's last event, quoted",
        "schema": {"type": "string"},
    }
}
