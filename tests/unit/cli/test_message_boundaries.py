"""Where one request ends and the next begins, on the wire of the server that is run."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from cli.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 30.0  # seconds
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# Heads that two readers may end at different places, each with what hides behind.
UNCLEAR = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(SMUGGLED),
    "a list of lengths": b"Content-Length: 0, %d\r\n" % len(SMUGGLED),
    "a length with a sign": b"Content-Length: +0\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "a length in hexadecimal": b"Content-Length: 0x0\r\n",
    "a coding nobody knows": b"Transfer-Encoding: xchunked\r\n",
    "a coding twice": b"Transfer-Encoding: chunked, chunked\r\n",
    "a coding before another": b"Transfer-Encoding: chunked, identity\r\n",
    "a name with a blank": b"Content-Length : 0\r\n",
    "a bare line feed": b"X-One: a\nContent-Length: 0\r\n",
    "a bare carriage return": b"X-One: a\rContent-Length: 0\r\n",
}
# Bodies in chunks whose sizes two readers may take differently.
BAD_CHUNKS = {
    "a size with a sign": b"+0\r\n\r\n",
    "a size in another base": b"0x0\r\n\r\n",
    "a size with an underscore": b"1_0\r\n\r\n",
    "a chunk longer than its size": b"1\r\nab\r\n0\r\n\r\n",
    "no size": b"\r\n\r\n",
}


class Paths:
    """An application that writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        self.asked.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Paths, int]]:
    paths = Paths()
    server = Serving(paths, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield paths, server.port
    server.stop()
    thread.join(PATIENCE)


@pytest.fixture
def running(server: tuple[Paths, int]) -> tuple[Paths, int]:
    server[0].asked.clear()
    return server


def answers(port: int, sent: bytes) -> bytes:
    """Return everything that comes back until the server closes the line."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


class TestARequest:
    @pytest.mark.parametrize("unclear", UNCLEAR.values(), ids=UNCLEAR)
    def test_of_unclear_length_hides_no_other(
        self, running: tuple[Paths, int], unclear: bytes
    ) -> None:
        paths, port = running

        told = answers(port, b"POST /outer HTTP/1.1\r\nHost: x\r\n" + unclear + b"\r\n" + SMUGGLED)

        assert told.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 501")), told
        assert told.count(b"HTTP/1.") == 1
        assert paths.asked == []

    @pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
    def test_in_broken_chunks_hides_no_other(self, running: tuple[Paths, int], body: bytes) -> None:
        paths, port = running
        head = b"POST /outer HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"\r\n"

        told = answers(port, head + body + SMUGGLED)

        assert told.startswith(b"HTTP/1.1 400"), told
        assert paths.asked == []

    def test_with_both_a_length_and_chunks_ends_with_the_chunks(
        self, running: tuple[Paths, int]
    ) -> None:
        paths, port = running
        inside = b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED)
        head = b"POST /outer HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n" + CHUNKED + b"\r\n"

        answers(port, head + inside)

        assert "/smuggled" not in paths.asked

    @pytest.mark.parametrize(
        "address", [b"http://[::1", b"http://[x]:1/", b"//[", b"http://[v1.x]/"]
    )
    def test_to_an_address_that_is_none_is_answered(
        self, running: tuple[Paths, int], address: bytes
    ) -> None:
        told = answers(running[1], b"GET " + address + b" HTTP/1.1\r\nHost: x\r\n\r\n")

        assert told.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")), told

    def test_in_order_is_answered(self, running: tuple[Paths, int]) -> None:
        paths, port = running

        answers(port, SMUGGLED)

        assert paths.asked == ["/smuggled"]
