"""The statutory letters: listed, and as printable pages."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from api import actors, sight
from api.contract import reads, serves
from api.locales import EN, ZH, preferred
from api.parser import Nouns
from api.parts import parts
from api.problems import RequestError
from api.schemas.letters import LetterQuerySchema, LettersSchema
from api.schemas.pairs import UnitQuerySchema
from workflows import letters as papers
from workflows.errors import UnknownItemError, UnknownUnitError
from workflows.letters import Books
from workflows.texts import text
from workflows.wiring import home

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.envelope import Envelope
    from workflows.events import Event
    from workflows.letters import Letter, Line
    from workflows.project import Project

nouns = Nouns("letters", __name__, description="Statutory letters", template_folder="templates")
Row = dict[str, Any]
_LETTERS = "/projects/<project:code>/items/<item:item>/letters"
_STYLE = Path(__file__).parent / "templates" / "letters" / "letter.css"


@nouns.route(_LETTERS, methods=["GET"])
@reads(nouns, "listLetters", LettersSchema, query=UnitQuerySchema, filters=("kind",))
def list_letters(query: Row, code: str, item: str) -> Row:
    """List an item's letters.

    受理, 补正, 不予受理, 特别程序 and 决定, as far as its log gives rise to them.
    """
    locale = preferred(request.accept_languages)
    unit, found, _ = _written(code, item, query["unit"])
    return {
        "project": code,
        "item": item,
        "unit": unit,
        "data": [
            {
                "kind": letter.kind,
                "title": _said(locale, letter.title),
                "number": letter.number,
                "event": letter.event,
                "attempt": letter.attempt,
                "dated": letter.dated,
                "superseded_by": letter.superseded_by,
                "link": f"/api/v1/projects/{code}/items/{item}/letters/{letter.kind.value}"
                f"?unit={unit}&entry={letter.event}",
            }
            for letter in found
        ],
    }


@nouns.route(f"{_LETTERS}/<word:kind>", methods=["GET"])
@serves(nouns, "getLetter", "text/html", query=LetterQuerySchema)
def show_letter(query: Row, code: str, item: str, kind: str) -> Response:
    """Print a letter.

    A page for A4: the latest of its kind, or the one of the log entry `entry`; for the unit
    `unit`; Chinese, or with `lang=en` English.
    """
    entry = query.get("entry")
    _, found, history = _written(code, item, query["unit"])
    fitting = [
        letter for letter in found if letter.kind.value == kind and entry in (None, letter.event)
    ]
    if not fitting:
        raise RequestError(HTTPStatus.NOT_FOUND, "letter.none", item=item, kind=kind)
    locale = EN if query["lang"] == "en" else ZH
    return _page(fitting[-1], history, locale)


def _written(code: str, item: str, unit: int) -> tuple[int, tuple[Letter, ...], Sequence[Envelope]]:
    """Return the unit that runs the item, its letters and the log they are made from."""
    project = sight.project(code, actors.current())
    library = parts().in_force.of(project)
    known = library.catalogue.items.get(item)
    if known is None:
        raise UnknownItemError(item=item)
    if unit not in project.units:
        raise UnknownUnitError(unit=unit, units=sorted(project.units))
    unit = home(project, unit, known.stage)
    history = parts().handle.history(code)
    events = (envelope.event for envelope in history)
    found = papers.letters(events, _books(project, history), unit, item)
    return unit, found, history


def _books(project: Project, history: Sequence[Envelope]) -> Callable[[Event], Books]:
    """Return how to look up what was in force when an event of *history* was recorded."""
    known = parts().in_force

    def books(event: Event) -> Books:
        catalogue = history[event.number - 1].catalogue
        return Books(
            catalogue=known.under(project, catalogue).catalogue,
            calendar=known.calendar_at(event.recorded_at),
        )

    return books


def _page(letter: Letter, history: Sequence[Envelope], locale: str) -> Response:
    style, digest = _style()
    page = render_template(
        "letters/letter.html",
        letter=letter,
        said=partial(_said, locale),
        t=partial(_texts, locale),
        locale=locale,
        key="en" if locale == EN else "zh",
        style=style,
        demo=parts().settings.demo,
        hash=history[letter.event - 1].hash,
    )
    answer = Response(page, content_type="text/html; charset=utf-8")
    answer.headers["Content-Language"] = locale
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; sandbox allow-modals"
    )
    return answer


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet, which stands in the page itself, and its digest for the browser."""
    style = _STYLE.read_text(encoding="utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _said(locale: str, line: Line) -> str:
    return text(line.code, locale, **line.params)


def _texts(locale: str, key: str, /, **params: object) -> str:
    return text(f"letter.page.{key}", locale, **params)
