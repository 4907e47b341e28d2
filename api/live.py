"""What happens, as it happens: server-sent events, and the same by asking again and again.

A stream holds one thread of the server while it lasts. So there are few of them at a time, each
ends after some minutes (a browser comes back by itself and says where it was), and whoever finds
no room is sent to ask instead: 503 with Retry-After, at the address beside.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, request, stream_with_context

from api import actors, sight
from api.contract import reads, serves
from api.parser import Nouns
from api.parts import parts
from api.problems import InvalidError, RequestError
from api.schemas.live import (
    LONGEST_POSITION,
    NewsPageSchema,
    NewsQuerySchema,
    ProjectNewsQuerySchema,
)
from engine import news
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.envelope import Envelope
    from workflows.facts import Actor

nouns = Nouns("live", __name__, description="What happens, as it happens")
Row = dict[str, Any]
Told = tuple[list[Row], str]  # what is told, and the position behind it

SSE = "text/event-stream"
PAUSE = 1.0  # seconds between two looks
BEATS = 300  # looks until a stream ends
HEARTBEAT = 10  # looks without news until a sign of life
RETRY = 3000  # milliseconds after which a browser comes back
BATCH = 100
_EXTENSION = "abreast.doors"
_LONGEST_NUMBER = 9


class Doors:
    """How many streams there are, and the word to close.

    Attributes:
        closing: Set when the process ends: every stream ends within a moment.
        beats: How long a stream lasts, in looks.
    """

    def __init__(self, most: int, *, pause: float = PAUSE, beats: int = BEATS) -> None:
        """Let *most* in at a time; of one person half as many, at least one."""
        self._most = most
        self._each = max(1, most // 2)
        self._pause = pause
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.beats = beats
        self.closing = threading.Event()

    def enter(self, person: str) -> bool:
        """Let a person in, and tell whether there was room."""
        with self._lock:
            full = self._inside.total() >= self._most or self._inside[person] >= self._each
            if full or self.closing.is_set():
                return False
            self._inside[person] += 1
            return True

    def leave(self, person: str) -> None:
        """Let a person out."""
        with self._lock:
            self._inside[person] -= 1
            self._inside += Counter()  # forgets who is out

    def wait(self) -> bool:
        """Wait until the next look, and tell whether there is to be one."""
        return not self.closing.wait(self._pause)

    @property
    def inside(self) -> int:
        """Return how many are in."""
        with self._lock:
            return self._inside.total()


def register(app: Flask, most: int, threads: int) -> None:
    """Give *app* its doors: fewer than it has threads, so that one is left for everything else."""
    app.extensions[_EXTENSION] = Doors(min(most, threads - 1))


def doors(app: Flask) -> Doors:
    """Return the doors of an application."""
    return cast("Doors", app.extensions[_EXTENSION])


@nouns.route("/news", methods=["GET"])
@reads(nouns, "listNews", NewsPageSchema, query=NewsQuerySchema)
def list_news(query: Row) -> Row:
    """Ask what happened since a position.

    In the projects within the sender's sight; the positions are those of the stream beside. The
    first answer, without `after`, is empty and says where the present ends.
    """
    actor = actors.current()
    after = query.get("after")
    if after is None:
        return {"data": [], "next": news.now(parts().new_uow)}
    found = _since(after, query["limit"], actor)
    return {"data": found[0], "next": found[1]}


@nouns.route("/projects/<project:code>/news", methods=["GET"])
@reads(nouns, "listProjectNews", NewsPageSchema, query=ProjectNewsQuerySchema)
def list_project_news(query: Row, code: str) -> Row:
    """Ask what happened in a project.

    After an event's number; the numbers are the ids of the stream beside. Without `after` the
    answer is empty and says where the present ends.
    """
    project = sight.project(code, actors.current())
    after = query.get("after")
    if after is None:
        return {"data": [], "next": str(project.number)}
    data, end = _of_project(code, after, query["limit"])
    return {"data": data, "next": end}


@nouns.route("/news/stream", methods=["GET"])
@nouns.doc(responses={"503": "SERVICE_UNAVAILABLE"})
@serves(nouns, "streamNews", SSE)
def stream_news() -> Response:
    """Follow what happens.

    Server-sent events, one for each event in the projects within the sender's sight. The header
    Last-Event-ID says where to go on; without it, from now on. 503: no room, ask `news` instead.
    """
    at = request.headers.get("Last-Event-ID") or news.now(parts().new_uow)
    _checked(at)

    def look(position: str) -> Told:
        return _since(position, BATCH, actors.again())

    return _stream(look, at)


@nouns.route("/projects/<project:code>/news/stream", methods=["GET"])
@nouns.doc(responses={"503": "SERVICE_UNAVAILABLE"})
@serves(nouns, "streamProjectNews", SSE)
def stream_project_news(code: str) -> Response:
    """Follow a project.

    Server-sent events, one for each event of the project, its number as id. The header
    Last-Event-ID says where to go on; without it, from now on. 503: no room, ask `news` instead.
    """
    project = sight.project(code, actors.current())
    at = request.headers.get("Last-Event-ID") or str(project.number)
    if not (at.isascii() and at.isdigit() and len(at) <= _LONGEST_NUMBER):
        raise InvalidError.at("/Last-Event-ID", "api.news.position")

    def look(position: str) -> Told:
        sight.project(code, actors.again())
        return _of_project(code, int(position), BATCH)

    return _stream(look, at)


def _stream(look: Callable[[str], Told], at: str) -> Response:
    gate, person = doors(current_app), actors.current().id
    if not gate.enter(person):
        raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, "api.news.full", seconds=RETRY // 1000)
    lines = stream_with_context(_lines(look, at, gate, _gone()))
    answer = Response(lines, content_type=SSE)
    answer.call_on_close(lambda: gate.leave(person))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _gone() -> Callable[[], bool]:
    """Return how to ask whether the client has left; waitress knows, others find out by writing."""
    found: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    return found or (lambda: False)


def _lines(
    look: Callable[[str], Told], at: str, gate: Doors, gone: Callable[[], bool]
) -> Iterator[str]:
    """Yield the stream; it ends when the right to it ends, and the client learns so by asking."""
    yield f"retry: {RETRY}\n: {at}\n\n"
    quiet = 0
    for _ in range(gate.beats):
        try:
            told, at = look(at)
        except (Refusal, RequestError):
            return
        for each in told:
            yield f"id: {each['id']}\nevent: news\ndata: {_dumped(each)}\n\n"
        quiet = 0 if told else quiet + 1
        if quiet and quiet % HEARTBEAT == 0:
            yield ": alive\n\n"
        if not gate.wait() or gone():
            return


def _dumped(told: Row) -> str:
    return json.dumps(told, ensure_ascii=False, default=lambda instant: instant.isoformat())


def _since(position: str, limit: int, viewer: Actor) -> Told:
    _checked(position)
    found = news.since(parts().new_uow, position, viewer, limit)
    told = [_piece(each.position, each.project, each.envelope) for each in found.pieces]
    return told, found.position


def _of_project(code: str, after: int, limit: int) -> Told:
    found = news.of_project(parts().new_uow, code, after, limit)
    end = found[-1].number if found else after
    return [_piece(str(each.number), code, each) for each in found], str(end)


def _checked(position: str) -> None:
    """Refuse a position that no answer of ours ever named.

    Raises:
        InvalidError: Pointing at it.
    """
    try:
        news.read_position(position[: LONGEST_POSITION + 1])
    except news.BadPositionError as error:
        raise InvalidError.at("/after", "api.news.position") from error


def _piece(position: str, project: str, envelope: Envelope) -> Row:
    names = ("number", "kind", "unit", "stage", "item", "attempt", "happened_at", "recorded_at")
    told = {name: getattr(envelope, name) for name in names}
    return {"id": position, "project": project, **told}
