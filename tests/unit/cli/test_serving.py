"""A server that is told to stop while it works."""

from __future__ import annotations

import threading
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from cli.serving import Serving, warming
from engine.settings import Settings
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LARGE = b"x" * 500_000


class Slow:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.entered, self.go = threading.Event(), threading.Event()

    def __call__(self, _environ: Any, start: Callable[..., Any]) -> list[bytes]:
        self.entered.set()
        self.go.wait(30)
        start("200 OK", [("Content-Length", str(len(LARGE)))])
        return [LARGE]


@pytest.fixture
def running() -> Iterator[tuple[Slow, Serving, threading.Thread]]:
    slow = Slow()
    server = Serving(slow, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield slow, server, thread
    slow.go.set()
    server.stop()
    thread.join(30)


class TestStopping:
    def test_answers_what_was_asked_to_its_last_byte(
        self, running: tuple[Slow, Serving, threading.Thread]
    ) -> None:
        slow, server, thread = running
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/")
        assert slow.entered.wait(30)

        server.stop()
        slow.go.set()

        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, LARGE)
        connection.close()
        thread.join(30)
        assert not thread.is_alive()

    def test_takes_no_new_connection(self, running: tuple[Slow, Serving, threading.Thread]) -> None:
        slow, server, thread = running
        port = server.port
        slow.go.set()

        server.stop()
        thread.join(30)

        with pytest.raises(ConnectionRefusedError):
            HTTPConnection("127.0.0.1", port, timeout=5).connect()

    def test_does_not_wait_for_a_connection_that_asks_nothing(
        self, running: tuple[Slow, Serving, threading.Thread]
    ) -> None:
        _, server, thread = running
        idle = HTTPConnection("127.0.0.1", server.port, timeout=30)
        idle.connect()

        server.stop()
        thread.join(30)

        assert not thread.is_alive()
        idle.close()


class TestWarming:
    def test_reads_the_facts_before_anybody_asks_for_a_report(self, tmp_path: Path) -> None:
        with closing(assemble(Settings(database=f"sqlite:///{tmp_path}/a.db"))) as parts:
            before = parts.facts.is_read

            with warming(parts):
                pass

            assert (before, parts.facts.is_read) == (False, True)
