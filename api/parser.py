"""How arguments are read: strict JSON, nothing unknown in body or query."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import request as flask_request
from flask_smorest import Blueprint
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from api import lists, strict
from api.problems import Fault, InvalidError, faults_of, pointer_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request
    from marshmallow import Schema, ValidationError

JSON = "application/json"


class Parser(FlaskParser):
    """Reads each place once and refuses what the schema does not name."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": RAISE, "query": RAISE}  # noqa: RUF012 - webargs' name and kind
    DEFAULT_VALIDATION_STATUS = HTTPStatus.UNPROCESSABLE_ENTITY

    def load_json(self, req: Request, schema: Schema) -> object:
        """Return the body, read strictly; an empty body counts as an empty object.

        Raises:
            UnsupportedMediaType: If it is not said to be JSON.
            BadJsonError: If it has no single plain reading.
        """
        del schema
        body = req.get_data(cache=True)
        if not body and not req.mimetype:
            return {}
        if req.mimetype != JSON or req.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedMediaType
        return strict.loads(body)

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - webargs'
        """Return the query; a name given twice or an unprintable text is refused."""
        check_utf8(req)
        for name, values in req.args.lists():
            if len(values) > 1:
                raise InvalidError.at(f"/{name}", "api.query.twice")
            if not strict.is_clean(name) or not strict.is_clean(values[0]):
                raise InvalidError.at("", "api.json.bad_text")
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> Any:  # noqa: ANN401 - never returns
        """Turn what marshmallow found into our own faults, with pointers.

        Raises:
            InvalidError: Always.
        """
        del req, schema, error_status_code, error_headers
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise InvalidError(faults_of(messages)) from error


def check_utf8(req: Request) -> None:
    """Refuse a query in another encoding, of which the framework would make a guess.

    Raises:
        InvalidError: If it is.
    """
    try:
        unquote_to_bytes(req.query_string).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidError.at("", "api.json.bad_text") from error


def refuse_query() -> None:
    """Refuse whatever the query says.

    Raises:
        InvalidError: Naming each of its members.
    """
    check_utf8(flask_request)
    faults = tuple(
        Fault(pointer=pointer_to(name) if strict.is_clean(name) else "", code="api.field.unknown")
        for name in flask_request.args
    )
    if faults:
        raise InvalidError(faults)


class Nouns(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A blueprint for one noun, with our parser."""

    ARGUMENTS_PARSER = Parser()

    @staticmethod
    def _prepare_response_content(data: object) -> object:
        """Let a list go out as it was asked for."""
        return lists.narrowed(data)
