"""Decorators that state an operation's contract: what goes in and out, who, which errors."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import TYPE_CHECKING, Any

from flask import request

from api import actors, limits, lists, sight
from api.desk import TAG_PATTERN
from api.parser import refuse_query
from api.problems import RequestError
from api.schemas.answers import AnswerSchema
from api.schemas.base import SinceSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marshmallow import Schema

    from api.parser import Nouns

    View = Callable[..., Any]
    Decorator = Callable[[View], View]

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}, {"persona": []}]
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
    "description": "Do it only while this is the number of the last event of what is changed: of "
    "the project, the catalogue or the calendar.",
    "schema": {"type": "string", "pattern": TAG_PATTERN},
    "example": '"17"',
}
_MUST_MATCH = {**_MATCH, "required": True}
_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "Entity tag of the answer that the client has; if it is still that one: 304.",
    "schema": {"type": "string"},
    "example": '"17-0f3a5c7e9b1d2f46"',
}
_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "Language of problem texts: zh-CN (default) or en.",
    "schema": {"type": "string"},
    "example": "zh-CN",
}
_READING = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
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
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def reads(  # noqa: PLR0913 - one keyword a promise of the contract
    nouns: Nouns,
    operation: str,
    answer: type[Schema],
    *,
    query: type[Schema] | None = None,
    filters: tuple[str, ...] = (),
    etag: bool = False,
) -> Decorator:
    """Describe a GET; with *query* the view's first argument is what the query says.

    Every list may be asked for some `fields` of its lines and in an order; whatever is read of one
    project, for what it is at `min_number` or later.

    Args:
        filters: Members of a short list's lines that may be asked for by value.
        etag: The tag begins with the number of a project's last event, as If-Match takes it.
    """
    line = lists.line_of(answer)

    def decorate(view: View) -> View:
        of_project = "code" in signature(view).parameters
        asked = _asked(operation, query, line, filters, of_project=of_project)
        headers = _TAG if etag else _ANSWER_TAG
        decorated: Any = nouns.response(HTTPStatus.OK, answer, headers=headers)(view)
        told: list[dict[str, Any]] = [_NONE_MATCH, _LANGUAGE]
        if asked is not None:
            taken = _taken(decorated, query, filters, listed=line is not None)
            decorated = nouns.arguments(asked, location="query")(taken)
            # Said once more: what is described by hand takes the place of what arguments() says.
            told = [{"in": "query", "schema": asked}, *told]
        statuses = (*_READING, HTTPStatus.CONFLICT) if of_project else _READING
        described = _described(nouns, decorated, operation, statuses, told, strict=asked is None)
        unchanged: View = nouns.doc(responses={"304": {"description": "Not Modified"}})(described)
        return unchanged

    return decorate


def serves(
    nouns: Nouns, operation: str, content_type: str, *, query: type[Schema] | None = None
) -> Decorator:
    """Describe a GET that answers a file; with *query* the view's first argument is the query."""

    def decorate(view: View) -> View:
        kind = "object" if content_type.endswith("json") else "string"
        decorated: Any = nouns.response(HTTPStatus.OK, {"type": kind}, content_type=content_type)(
            view
        )
        told: list[dict[str, Any]] = [_LANGUAGE]
        if query is not None:
            decorated = nouns.arguments(query, location="query")(decorated)
            told = [{"in": "query", "schema": query}, *told]
        return _described(nouns, decorated, operation, _READING, told, strict=query is None)

    return decorate


def exports(nouns: Nouns, operation: str, content_types: Sequence[str]) -> Decorator:
    """Describe a GET that answers a list as a file; its query is the list's, which reads it."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in content_types}
    answer = {"200": {"description": HTTPStatus.OK.phrase, "content": content}}

    def decorate(view: View) -> View:
        decorated: Any = nouns.doc(responses=answer)(view)
        statuses = (*_READING, HTTPStatus.CONFLICT)
        return _described(nouns, decorated, operation, statuses, [_LANGUAGE], strict=False)

    return decorate


def opens(nouns: Nouns, operation: str, answer: type[Schema]) -> Decorator:
    """Describe a GET that is for anybody, without an account."""
    statuses = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS,
                HTTPStatus.SERVICE_UNAVAILABLE)  # fmt: skip

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(HTTPStatus.OK, answer, headers=_ANSWER_TAG)(view)
        described: View = nouns.doc(
            operationId=operation,
            security=[{}],
            parameters=[_NONE_MATCH, _LANGUAGE],
            responses={
                "304": {"description": "Not Modified"},
                **{str(int(status)): status.name for status in statuses},
            },
        )(_open(decorated))
        return described

    return decorate


def uploads(  # noqa: PLR0913 - one keyword a promise of the contract
    nouns: Nouns,
    operation: str,
    fields: dict[str, dict[str, Any]],
    *,
    status: HTTPStatus = HTTPStatus.CREATED,
    answer: type[Schema] = AnswerSchema,
    tagged: bool = True,
) -> Decorator:
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
        decorated: Any = nouns.response(status, answer, headers=_TAG if tagged else None)(view)
        content = {"multipart/form-data": {"schema": body}}
        decorated = nouns.doc(requestBody={"required": True, "content": content})(decorated)
        told = [_KEY, *([_MATCH] if tagged else []), _LANGUAGE]
        return _described(nouns, decorated, operation, _ORDERING, told, strict=True)

    return decorate


def orders(  # noqa: PLR0913 - one keyword a promise of the contract
    nouns: Nouns,
    operation: str,
    body: type[Schema],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    answer: type[Schema] = AnswerSchema,
    tagged: bool = True,
    seen: bool = False,
) -> Decorator:
    """Describe a POST; the view's first argument is the body.

    Args:
        tagged: It concerns one project, whose entity tag may be asked for and is answered.
        seen: It overwrites what a person has looked at: If-Match must say which version that was.
    """
    match = [_MUST_MATCH] if seen else [_MATCH] if tagged else []
    asked = [_KEY, *match, _LANGUAGE]

    def decorate(view: View) -> View:
        decorated: Any = nouns.response(status, answer, headers=_TAG if tagged else None)(view)
        decorated = nouns.arguments(body)(decorated)
        decorated = _matched(decorated) if seen else decorated
        return _described(nouns, decorated, operation, _ORDERING, asked, strict=True)

    return decorate


def _asked(
    operation: str,
    query: type[Schema] | None,
    line: type[Schema] | None,
    filters: tuple[str, ...],
    *,
    of_project: bool,
) -> type[Schema] | None:
    """Return what a query may say: what the view takes, and what every list or project takes."""
    asked = query
    if of_project:
        own = (query,) if query is not None else ()
        asked = type(f"{operation}QuerySchema", (*own, SinceSchema), {})
    if line is not None:
        asked = lists.query_of(operation, asked or lists.NothingSchema, line, filters)
    return asked


def _taken(
    view: View, query: type[Schema] | None, filters: tuple[str, ...], *, listed: bool
) -> View:
    """Take out of the query what is dealt with for every view alike."""

    @wraps(view)
    def taken(asked: dict[str, Any], **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        sight.expect(asked.pop("min_number", None))
        if listed:
            paged = query is not None and "limit" in query._declared_fields  # noqa: SLF001 - marshmallow's register
            lists.keep(asked, filters, paged=paged)
        return view(**kwargs) if query is None else view(asked, **kwargs)

    return taken


def _matched(view: View) -> View:
    """Ask for If-Match: two people who edit the same thing must not undo each other's work."""

    @wraps(view)
    def matched(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        if "If-Match" not in request.headers:
            raise RequestError(HTTPStatus.PRECONDITION_REQUIRED, "api.match.required")
        return view(*args, **kwargs)

    return matched


def _described(  # noqa: PLR0913 - one a promise of the contract
    nouns: Nouns,
    view: View,
    operation: str,
    statuses: tuple[HTTPStatus, ...],
    headers: list[dict[str, object]],
    *,
    strict: bool,
) -> View:
    described: View = nouns.doc(
        operationId=operation,
        security=SECURITY,
        parameters=headers,
        # By name: api/openapi.py describes each of them once, as a problem.
        responses={str(int(status)): status.name for status in statuses},
    )(_known(view, strict=strict))
    return described


def _open(view: View) -> View:
    """Ask for nobody, yet not too often from one address."""

    @wraps(view)
    def opened(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        limits.count_look()
        refuse_query()
        return view(*args, **kwargs)

    return opened


def _known(view: View, *, strict: bool) -> View:
    """Ask who the sender is before anything of the request is read: strangers learn no rule.

    Args:
        strict: No query is described, so none may come.
    """

    @wraps(view)
    def known(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        actors.current()
        if strict:
            refuse_query()
        return view(*args, **kwargs)

    return known


_TAG = {
    "ETag": {
        "description": "Number of the last event of what it is about, quoted; of what is read, "
        "with a digest of the answer behind it. If-Match takes either",
        "schema": {"type": "string"},
    }
}
_ANSWER_TAG = {
    "ETag": {
        "description": "Digest of the answer, quoted; If-None-Match takes it",
        "schema": {"type": "string"},
    }
}
