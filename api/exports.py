"""Every list as a file: the same lines, columns and order as on the screen, for office programs.

Beside each code stands what it is called, in the reader's language, as it does on the screen.

The list itself is asked, as the same sender and with the same query, page after page: what it
answers is what is written. So sight, filters and fields cannot differ from the screen's. Which
lists there are is read from the contract: a list that is added later has its file, too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request

from api.called import KINDS, named
from api.contract import exports
from api.locales import preferred
from api.parser import Nouns, check_utf8
from api.problems import InvalidError, RequestError
from api.schemas.tasks import MOST_ROWS
from exchange.sheets import CSV, XLSX, Sheet, as_csv, as_xlsx
from workflows.catalogue.values import Name
from workflows.moments import SHANGHAI
from workflows.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flask import Flask

    from exchange.sheets import Cell

Row = dict[str, Any]
MOST = 20_000  # lines of one file; whoever wants more narrows the list
_TYPES = {"csv": CSV, "xlsx": XLSX}
_WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# Endless: it says what happened up to now, and there is always more to come.
_NO_FILES = frozenset({"listNews", "listProjectNews"})
_UNSENT = ("CONTENT_TYPE", "HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_CONTENT_LENGTH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of the contract.

    Attributes:
        rule: Its address, with Flask's converters.
        columns: Members of a line, with what their schema says of them.
        turned_by: Name of the query's member that turns the page; None = it is short.
    """

    operation: str
    rule: str
    columns: Mapping[str, Mapping[str, Any]]
    turned_by: str | None

    @property
    def name(self) -> str:
        """Return what the list is of, as the operation says it.

        >>> Listing(operation="listTasks", rule="", columns={}, turned_by=None).name
        'Tasks'
        """
        return self.operation.removeprefix("list").removeprefix("get")


def files(app: Flask, document: Mapping[str, Any], prefix: str) -> Nouns:
    """Return an address for the file of every list that *document* describes."""
    nouns = Nouns("exports", __name__, description="Lists as files, for office programs")
    for listing in listings(app, document):
        _add(nouns, listing, prefix)
    return nouns


def listings(app: Flask, document: Mapping[str, Any]) -> Iterator[Listing]:
    """Yield the lists of the contract."""
    rules = {_PLACE.sub(r"{\1}", rule.rule): rule.rule for rule in app.url_map.iter_rules()}
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        operation = methods.get("get", {})
        columns = _columns(operation, schemas)
        if columns and operation["operationId"] not in _NO_FILES:
            asked = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
            turned_by = next((name for name in ("cursor", "after") if name in asked), None)
            yield Listing(
                operation=operation["operationId"],
                rule=rules[path],
                columns=columns,
                turned_by=turned_by if "limit" in asked else None,
            )


def _add(nouns: Nouns, listing: Listing, prefix: str) -> None:
    def export(**_places: object) -> Response:
        return _written(listing, request.path.rpartition("/")[2])

    export.__name__ = f"export_{listing.operation}"
    export.__doc__ = f"""Save the list of {listing.operation} as a file.

    The same lines, columns and order as `{listing.operation}` answers to the same query, all of its
    pages, as CSV or xlsx; no cell is a formula. At most {MOST} lines.
    """
    rule = f"{listing.rule.removeprefix(prefix)}/export/<sheet:format>"
    decorated = exports(nouns, f"export{listing.name}", (CSV, XLSX))(export)
    nouns.route(rule, methods=["GET"])(decorated)


def _written(listing: Listing, kind: str) -> Response:
    """Ask the list, and answer it as a file; what it refuses is refused."""
    check_utf8(request)  # for the list is asked anew, in whatever was made of it
    for name in ("cursor", "limit"):
        if name in request.args:
            raise InvalidError.at(f"/{name}", "api.field.unknown")
    locale = preferred(request.accept_languages)
    lines: list[Row] = []
    place: object = None
    while True:
        answer = _asked(listing, place)
        if answer.status_code != HTTPStatus.OK:
            return answer
        page = answer.get_json()
        lines += page["data"]
        place = page.get("next") if listing.turned_by else None
        if len(lines) > MOST:
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "api.export.long", most=MOST)
        if place is None:
            break
    return _file(listing, kind, _sheet(listing, lines, locale))


def _asked(listing: Listing, place: object) -> Response:
    """Ask for one page of the list, in a request of its own by the same sender."""
    query = [*request.args.items(multi=True)]
    if listing.turned_by is not None:
        query.append(("limit", str(MOST_ROWS)))
        if place is not None:
            query = [each for each in query if each[0] != listing.turned_by]
            query.append((listing.turned_by, str(place)))
    environ = {name: value for name, value in request.environ.items() if name not in _UNSENT}
    environ |= {
        "PATH_INFO": request.path.rpartition("/export/")[0],
        "QUERY_STRING": urlencode(query),
        "CONTENT_LENGTH": "0",
        "wsgi.input": BytesIO(),
        "HTTP_X_REQUEST_ID": g.get("request_id", ""),
    }
    environ.pop("werkzeug.request", None)
    # A context of its own: what is kept of one request is not the other's.
    with current_app.app_context(), current_app.request_context(environ):
        return current_app.full_dispatch_request()


def _sheet(listing: Listing, lines: Sequence[Row], locale: str) -> Sheet:
    wanted = request.args.get("fields")
    asked = wanted.split(",") if wanted else [*listing.columns]
    members = [*lines[0]] if lines else [name for name in listing.columns if name in asked]
    codes = [name for name in members if name in KINDS and f"{name}_name" not in listing.columns]
    columns = [each for name in members for each in _with_its_name(name, codes)]
    return Sheet(
        title=_title(listing, locale),
        columns=tuple(heading(name, locale) for name in columns),
        rows=[
            [cell(line.get(name), listing.columns.get(name, {}), locale) for name in columns]
            for line in named(lines, codes)
        ],
    )


def _with_its_name(name: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Return a column, and beside a code the column of what it is called."""
    return (name, f"{name}_name") if name in codes else (name,)


def _title(listing: Listing, locale: str) -> str:
    code = f"sheet.title.{listing.operation}"
    return text(code, locale) if code in texts() else listing.name


def heading(name: str, locale: str) -> str:
    """Return what stands over a column."""
    code = f"sheet.column.{name}"
    return text(code, locale) if code in texts() else name


def cell(value: object, schema: Mapping[str, Any], locale: str) -> Cell:
    """Return a member of a line as a cell: wordings in the reader's language, local moments.

    >>> cell({"zh": "甲", "en": "A"}, {}, "en"), cell(["a", "b"], {}, "en"), cell(3, {}, "en")
    ('A', 'a, b', 3)
    >>> cell("2026-03-02T01:00:00+00:00", {"format": "date-time"}, "en")
    '2026-03-02 09:00:00'
    """
    match value:
        case None | bool() | int() | float():
            return value
        case str() if schema.get("format") == "date-time":
            moment = datetime.fromisoformat(value).astimezone(SHANGHAI)
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        case str():
            return value
        case {"zh": str(zh), "en": str(en)} | Name(zh=zh, en=en):
            return en if locale == "en" else zh
        case list() if all(isinstance(each, str | int) for each in value):
            return (", " if locale == "en" else "、").join(map(str, value))
        case _:
            return json.dumps(value, ensure_ascii=False)


def _file(listing: Listing, kind: str, sheet: Sheet) -> Response:
    answer = Response(_WRITERS[kind](sheet), content_type=_TYPES[kind])
    name = f"abreast-{listing.name.lower()}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _columns(
    operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the members of a line of what an operation answers; none where it is no list."""
    answer = operation.get("responses", {}).get("200", {})
    body = answer.get("content", {}).get("application/json", {}).get("schema", {})
    data = _resolved(body, schemas).get("properties", {}).get("data", {})
    line: Mapping[str, Mapping[str, Any]]
    line = _resolved(data.get("items", {}), schemas).get("properties", {})
    return line


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema
    if "$ref" in schema:
        found = schemas[schema["$ref"].rpartition("/")[2]]
    return found
