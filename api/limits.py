"""How often one may ask: counted a minute at a time, in this process.

It stops a loop gone wild and guessing at tokens; sign-in has counts of its own in the database,
which hold over all processes (engine/accounts.py).
"""

from __future__ import annotations

import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import current_app, request

from api.parts import parts
from api.problems import RequestError

if TYPE_CHECKING:
    from flask import Flask

MINUTE = 60
STRANGERS = 600  # requests a minute that one address may send without proving anything
# Pages that need no account; whoever holds an id or a link has it looked up at each of them.
_OPEN = frozenset({"pages", "answers", "feeds", "signin", "detour"})
_FILES = "pages.static"
_EXTENSION = "abreast.limits"


class Counts:
    """Counts by name within the running minute."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: dict[str, int] = {}

    def add(self, name: str, more: int = 1) -> int:
        """Count so many more and return how many there are."""
        with self._lock:
            self._turn()
            self._counts[name] = count = self._counts.get(name, 0) + more
        return count

    def of(self, name: str) -> int:
        """Return how many there are."""
        with self._lock:
            self._turn()
            return self._counts.get(name, 0)

    def _turn(self) -> None:
        minute = int(time.monotonic() // MINUTE)
        if minute != self._minute:
            self._minute, self._counts = minute, {}


def register(app: Flask) -> None:
    """Give *app* counts of its own."""
    app.extensions[_EXTENSION] = Counts()
    app.before_request(_count_page)


def count(actor: str, requests: int = 1) -> None:
    """Count a request of somebody who is known; a heavy one for several.

    Raises:
        RequestError: 429 if they asked too often.
    """
    settings = parts().settings
    if settings.rate and not settings.demo and _counts().add(actor, requests) > settings.rate:
        raise too_many(_rest_of_minute())


def _count_page() -> None:
    if request.blueprint in _OPEN and request.endpoint != _FILES:
        count_look()


def count_stranger() -> None:
    """Count a request that proved nothing.

    Raises:
        RequestError: 429 if its address sent too many of them.
    """
    _count_address("from")


def count_look() -> None:
    """Count a look at what is there for anybody.

    Raises:
        RequestError: 429 if its address looked too often.
    """
    _count_address("looks from")


def _count_address(what: str) -> None:
    if _counts().add(f"{what} {request.remote_addr}") > STRANGERS and not parts().settings.demo:
        raise too_many(_rest_of_minute())


def too_many(seconds: int) -> RequestError:
    """Return what tells to come again after some seconds."""
    return RequestError(HTTPStatus.TOO_MANY_REQUESTS, "api.too_many", seconds=seconds)


def _rest_of_minute() -> int:
    return MINUTE - int(time.monotonic() % MINUTE)


def _counts() -> Counts:
    return cast("Counts", current_app.extensions[_EXTENSION])
