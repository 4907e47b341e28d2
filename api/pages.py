"""Public pages, made on the server: start page and progress. No script, no person."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from api import forecasts, front, outlook
from api.errors import PROBLEM_TEXTS
from api.locales import EN, ZH, preferred
from api.parts import parts
from workflows.errors import UnknownProjectError
from workflows.moments import local_date
from workflows.progress import progress
from workflows.texts import text, texts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")


@pages.route("/")
def start() -> str:
    """Show the start page: in a demonstration doors and projects, otherwise the way to one."""
    return page("start.html", front=front.front() if parts().settings.demo else front.Front())


@pages.route("/find")
def find() -> BaseResponse | Response:
    """Lead to the page of the project whose code was typed."""
    code = request.args.get("code", "").strip()
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > _LONGEST_CODE:
        return _missing()
    return redirect(url_for("pages.project", code=code, lang=request.args.get("lang")))


@pages.route("/projects/<project:code>")
def project(code: str) -> str | Response:
    """Show where a project stands."""
    try:
        found = parts().handle.project(code)
    except UnknownProjectError:
        return _missing()
    library = parts().in_force.of(found)
    rule = parts().settings.rules.materials
    seen = progress(found, library.catalogue, library.calendar, parts().clock.now(), rule)
    return page(
        "project.html",
        project=outlook.project(found, seen, library.catalogue),
        expected=forecasts.end_of(found),
    )


@pages.route("/problems/<word:code>")
def problem(code: str) -> str | Response:
    """Tell what a problem's code means; its `type` leads here."""
    known = texts().get(code)
    if known is None or not code.startswith(PROBLEM_TEXTS):
        return _missing()
    return page("problem.html", code=code, wording=known[key()])


@pages.route("/health")
def health() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


def _missing() -> Response:
    return Response(page("missing.html"), status=HTTPStatus.NOT_FOUND)


def locale() -> str:
    """Return the language asked for: by the address first, then by the browser."""
    asked = request.args.get("lang")
    return {"zh": ZH, "en": EN}.get(asked or "") or preferred(request.accept_languages)


def key() -> str:
    """Return that language as addresses and names spell it: zh or en."""
    return "en" if locale() == EN else "zh"


def page(template: str, **values: Any) -> str:  # noqa: ANN401 - what the template shows
    """Return a page in the language asked for."""
    language = locale()
    now = parts().clock.now()
    return render_template(
        template,
        t=partial(_said, language),
        locale=language,
        key=key(),
        demo=parts().settings.demo,
        today=local_date(now),
        day=local_date,
        days_since=lambda instant: (local_date(now) - local_date(instant)).days,
        **values,
    )


def _said(locale: str, code: str, /, **params: object) -> str:
    return text(f"page.{code}", locale, **params)


_LONGEST_CODE = 40
