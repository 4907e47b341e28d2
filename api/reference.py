"""The contract for people: the OpenAPI document, and Swagger UI over it, all from this server."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from api.locales import EN, preferred
from api.problems import RequestError

if TYPE_CHECKING:
    from api.openapi import Document

_PACKAGE = "flask_swagger_ui"  # carries the files of Swagger UI; nothing of it is imported
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
# Scripts from here alone; Swagger UI sets styles on elements and draws with data: images.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def blueprint(document: Document) -> Blueprint:
    """Return the pages about *document*."""
    pages = Blueprint("reference", __name__)

    @cache
    def written() -> str:
        return json.dumps(document.described(), ensure_ascii=False, sort_keys=True)

    @pages.route("/openapi.json")
    def openapi_json() -> Response:
        """Return the OpenAPI document."""
        return Response(written(), content_type="application/json")

    @pages.route("/docs")
    def docs() -> Response:
        """Show the contract, every operation with its examples."""
        english = preferred(request.accept_languages) == EN
        page = Response(render_template("docs.html", key="en" if english else "zh"))
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    @pages.route("/docs/<name>")
    def asset(name: str) -> Response:
        """Return a file of Swagger UI."""
        if name not in _FILES:
            raise RequestError(HTTPStatus.NOT_FOUND, "api.http.404")
        content = files(_PACKAGE).joinpath("dist", name).read_bytes()
        answer = Response(content, mimetype=_FILES[name])
        answer.cache_control.max_age = _DAY
        return answer

    return pages


_DAY = 86_400  # seconds
