"""Decorators that state an operation's contract: what goes in and out, who, which errors."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import TYPE_CHECKING, Any

from flask import request

from api import actors, limits, lists, sight
from api.described import ANSWER_TAG, KEY, LANGUAGE, MATCH, MUST_MATCH, NONE_MATCH, TAG
from api.desk import idempotency_key
from api.parser import refuse_query
from api.parts import parts
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
        """Describe the view, and let it be asked as its query says."""
        of_project = "code" in signature(view).parameters
        asked = _asked(operation, query, line, filters, of_project=of_project)
        headers = TAG if etag else ANSWER_TAG
        decorated: Any = nouns.response(HTTPStatus.OK, answer, headers=headers)(view)
        told: list[dict[str, Any]] = [NONE_MATCH, LANGUAGE]
        if asked is not None:
            taken = _taken(decorated, query, filters, listed=line is not None)
            decorated = nouns.arguments(asked(), location="query")(taken)
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
        """Describe the view by the type of its file."""
        kind = "object" if content_type.endswith("json") else "string"
        decorated: Any = nouns.response(HTTPStatus.OK, {"type": kind}, content_type=content_type)(
            view
        )
        told: list[dict[str, Any]] = [LANGUAGE]
        if query is not None:
            decorated = nouns.arguments(query(), location="query")(decorated)
            told = [{"in": "query", "schema": query}, *told]
        return _described(nouns, decorated, operation, _READING, told, strict=query is None)

    return decorate


def exports(nouns: Nouns, operation: str, content_types: Sequence[str]) -> Decorator:
    """Describe a GET that answers a list as a file; its query is the list's, which reads it."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in content_types}
    answer = {"200": {"description": HTTPStatus.OK.phrase, "content": content}}

    def decorate(view: View) -> View:
        """Describe the view by the types of its files."""
        decorated: Any = nouns.doc(responses=answer)(view)
        statuses = (*_READING, HTTPStatus.CONFLICT)
        return _described(nouns, decorated, operation, statuses, [LANGUAGE], strict=False)

    return decorate


def opens(nouns: Nouns, operation: str, answer: type[Schema]) -> Decorator:
    """Describe a GET that is for anybody, without an account."""
    statuses = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS,
                HTTPStatus.SERVICE_UNAVAILABLE)  # fmt: skip

    def decorate(view: View) -> View:
        """Describe the view, and open it to anybody."""
        decorated: Any = nouns.response(HTTPStatus.OK, answer, headers=ANSWER_TAG)(view)
        described: View = nouns.doc(
            operationId=operation,
            security=[{}],
            parameters=[NONE_MATCH, LANGUAGE],
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
        """Describe the view by the parts of its body."""
        decorated: Any = nouns.response(status, answer, headers=TAG if tagged else None)(view)
        content = {"multipart/form-data": {"schema": body}}
        decorated = nouns.doc(requestBody={"required": True, "content": content})(decorated)
        told = [KEY, *([MATCH] if tagged else []), LANGUAGE]
        statuses = (*_ORDERING, HTTPStatus.INSUFFICIENT_STORAGE)
        return _described(nouns, decorated, operation, statuses, told, strict=True)

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
    queued: bool = False,
) -> Decorator:
    """Describe a POST; the view's first argument is the body.

    Args:
        queued: It makes a job: who has too many of them is refused before the body is read.
        tagged: It concerns one project, whose entity tag may be asked for and is answered.
        seen: It overwrites what a person has looked at: If-Match must say which version that was.
    """
    match = [MUST_MATCH] if seen else [MATCH] if tagged else []
    asked = [KEY, *match, LANGUAGE]

    def decorate(view: View) -> View:
        """Describe the view, and read its body by the schema."""
        decorated: Any = nouns.response(status, answer, headers=TAG if tagged else None)(view)
        # A schema's value, not its class: else one would be made at every request.
        decorated = nouns.arguments(body())(decorated)
        decorated = _matched(decorated) if seen else decorated
        decorated = _with_room(decorated) if queued else decorated
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
        """Read what is the same for every view, then answer by the view."""
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
        """Refuse whoever says no version, then answer by the view."""
        if "If-Match" not in request.headers:
            raise RequestError(HTTPStatus.PRECONDITION_REQUIRED, "api.match.required")
        return view(*args, **kwargs)

    return matched


def _with_room(view: View) -> View:
    """Refuse whose jobs are too many before the body is read, which takes longer than to say so."""

    @wraps(view)
    def with_room(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - what the view answers
        """Look for room, then answer by the view."""
        parts().bulk.check_room(actors.current().id, idempotency_key())
        return view(*args, **kwargs)

    return with_room


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
        """Count the look, then answer by the view."""
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
        """Refuse strangers, then answer by the view."""
        actors.current()
        if strict:
            refuse_query()
        return view(*args, **kwargs)

    return known
