"""The built pages of web/, served as files; every address below /app/ is the one page's own."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, redirect, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from workflows.texts import text

web = Blueprint("web", __name__)
BUILT = Path(__file__).parents[1] / "web" / "dist"  # `make web` writes it
# Scripts from here alone; bpmn-js and Element Plus set styles on elements, which this allows.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_FOREVER = 365 * 24 * 3600  # seconds; the names of assets carry their content's hash


@web.route("/app")
def entrance() -> Response:
    """Lead to where the pages begin."""
    return redirect(url_for("web.page"))  # type: ignore[return-value]  # Werkzeug's own Response


@web.route("/app/assets/<path:name>")
def asset(name: str) -> Response:
    """Return a file that the pages are made of.

    Raises:
        NotFound: If there is none of that name.
    """
    answer = send_from_directory(BUILT / "assets", name, max_age=_FOREVER)
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    return answer


@web.route("/app/", defaults={"_route": ""})
@web.route("/app/<path:_route>")
def page(_route: str) -> Response:
    """Return the page; its own router reads the address."""
    try:
        answer = send_from_directory(BUILT, "index.html")
    except NotFound:
        lines = (text("page.not_built", locale) for locale in ("zh-CN", "en"))
        return Response("\n".join(lines), HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
    answer.cache_control.no_cache = True
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer
