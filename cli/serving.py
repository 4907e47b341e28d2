"""Runs the web server to a polite end: what was asked is answered, what is gathered is stored."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from wire import Parts

LAST_ANSWERS = 20.0  # seconds that running requests get to end
FLUSH = 1.0  # seconds after which a line of the audit trail is stored at the latest
SWEEP = 3600.0  # seconds between two looks for what has ended
_LOOK = 0.5  # seconds after which a wish to stop is noticed at the latest


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
        self._stop = threading.Event()
        self._at_stop = at_stop

    @property
    def port(self) -> int:
        """Return the port that was bound."""
        listeners = [each for each in self._sockets.values() if isinstance(each, BaseWSGIServer)]
        return int(listeners[0].effective_port)

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
        for each in list(self._sockets.values()):
            if isinstance(each, BaseWSGIServer):
                wasyncore.dispatcher.close(each)

    def _is_busy(self) -> bool:
        """Tell whether a request runs or an answer is on its way."""
        channels = [each for each in self._sockets.values() if isinstance(each, HTTPChannel)]
        return any(each.requests or each.total_outbufs_len for each in channels)


@contextmanager
def keeping(parts: Parts) -> Iterator[None]:
    """Store the audit trail as it comes, and drop what has ended, in a thread beside the server."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(parts, stop), name="keeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LAST_ANSWERS)
        parts.audit.flush()


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
