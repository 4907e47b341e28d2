"""Runs the web server to a polite end: what was asked is answered, what is gathered is stored."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from wire import Parts

LAST_ANSWERS = 20.0  # seconds that running requests get to end
FLUSH = 1.0  # seconds after which a line of the audit trail is stored at the latest
SWEEP = 3600.0  # seconds between two looks for what has ended
# Seconds that a thread may go on while others wait. An answer waits a dozen times for the database,
# and each time for its turn again: with Python's own 5 ms one report in the process is felt by all.
TURN = 0.001
_LOOK = 0.5  # seconds after which a wish to stop is noticed at the latest


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress is untyped
    """Answers an address that is none by 400, where the library lets its error end the line."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request.

        Raises:
            ParsingError: If it is none.
        """
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # of urlsplit: "http://[::1"
            if isinstance(error, ParsingError):
                raise
            raise ParsingError("Bad URI") from error


class _Channel(HTTPChannel):  # type: ignore[misc]  # as above
    parser_class = _Parser


class Serving:
    """A server that listens, and its sockets by number."""

    def __init__(
        self,
        application: Any,  # noqa: ANN401 - waitress is untyped
        at_stop: Callable[[], None] = lambda: None,
        **settings: Any,  # noqa: ANN401 - as above
    ) -> None:
        """Listen.

        Args:
            at_stop: Called when the end begins: has answers end that would last for minutes.

        Raises:
            OSError: If the port cannot be had.
        """
        self._sockets: dict[int, Any] = {}
        self._server = create_server(application, map=self._sockets, **settings)
        for listener in self._listeners():
            listener.channel_class = _Channel
        self._stop = threading.Event()
        self._at_stop = at_stop

    @property
    def port(self) -> int:
        """Return the port that was bound."""
        return int(self._listeners()[0].effective_port)

    def stop(self) -> None:
        """Take no new connection, answer what was asked, and end."""
        self._stop.set()

    def heed_signals(self) -> None:
        """Stop at SIGTERM or Ctrl+C, politely; at a second one at once."""
        self._heed(signal.SIGTERM)
        self._heed(signal.SIGINT)

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            while not self._stop.is_set():
                self._look()
            self._at_stop()
            self._close_doors()
            end = time.monotonic() + LAST_ANSWERS
            while self._is_busy() and time.monotonic() < end:
                self._look()
        except KeyboardInterrupt:
            pass  # it was said twice
        finally:
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._sockets, ignore_all=True)

    def _look(self) -> None:
        wasyncore.loop(timeout=_LOOK, map=self._sockets, count=1)

    def _heed(self, number: signal.Signals) -> None:
        def heard(_number: int, _frame: FrameType | None) -> None:
            signal.signal(number, signal.default_int_handler)
            self.stop()

        signal.signal(number, heard)

    def _close_doors(self) -> None:
        for each in self._listeners():
            wasyncore.dispatcher.close(each)

    def _listeners(self) -> list[Any]:
        return [each for each in self._sockets.values() if isinstance(each, BaseWSGIServer)]

    def _is_busy(self) -> bool:
        """Tell whether a request runs or an answer is on its way."""
        channels = [each for each in self._sockets.values() if isinstance(each, HTTPChannel)]
        return any(each.requests or each.total_outbufs_len for each in channels)


@contextmanager
def keeping(parts: Parts) -> Iterator[None]:
    """Store the audit trail as it comes, and drop what has ended, in a thread beside the server.

    The threads of this process take turns that are short enough for an answer of many.
    """
    turn, stop = sys.getswitchinterval(), threading.Event()
    sys.setswitchinterval(TURN)
    thread = threading.Thread(target=_keep, args=(parts, stop), name="keeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LAST_ANSWERS)
        sys.setswitchinterval(turn)
        parts.audit.flush()


@contextmanager
def warming(parts: Parts) -> Iterator[None]:
    """Read the facts for the first report in a thread beside the server, before anybody asks.

    For an office whose only process this is; where many serve one, none reads what nobody may ask.
    """
    thread = threading.Thread(target=_warm, args=(parts,), name="warming", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(LAST_ANSWERS)


def _warm(parts: Parts) -> None:
    from analysis.report import report  # noqa: PLC0415 - its compiler takes a while, most need none

    with suppress(EngineError):  # whoever asks for a report is told
        report(parts.facts.columns(), parts.facts.reviewers())


def sweep(parts: Parts) -> int:
    """Drop sessions, links, counts, tokens and lines of the trail that have ended.

    Raises:
        EngineError: If the database fails.
    """
    idle = timedelta(minutes=parts.settings.idle_minutes)
    return parts.accounts.sweep(idle) + parts.audit.prune()


def _keep(parts: Parts, stop: threading.Event) -> None:
    swept = time.monotonic() - SWEEP
    while not stop.wait(FLUSH):
        parts.audit.flush()
        if time.monotonic() - swept >= SWEEP:
            swept = time.monotonic()
            with suppress(EngineError):  # the next look finds the same
                structlog.get_logger("abreast.keeping").info("swept", ended=sweep(parts))
