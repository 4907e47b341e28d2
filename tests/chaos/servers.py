"""The office under test: server processes on one PostgreSQL, proxies on every line."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from engine import streams
from engine.settings import Settings
from tests.chaos.evidence import Delivery
from tests.chaos.keeper import set_offset
from tests.chaos.postgres import free_port
from tests.chaos.proxy import Proxy
from wire import assemble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.store.queries import Person
    from tests.chaos.grounds import Grounds
    from tests.chaos.postgres import Postgres
    from wire import Parts

WORKERS = 2
STARTING = 60.0  # seconds that a process may take


@dataclass
class Server:
    """One server process; *port* is its own, *door* the proxy before it."""

    port: int
    door: Proxy
    pid: int = 0


@dataclass
class Office:
    """Server and worker processes on a database of their own; ended with `with`.

    Attributes:
        size: Server processes.
        bug: Bug to put into every process; empty = none.
        workers: Ids of the worker processes.
        session: Settings of the servers' sessions, as libpq's `options` takes them.
    """

    grounds: Grounds
    size: int = 3
    bug: str = ""
    session: str = ""
    servers: list[Server] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Make the database, start the servers behind their proxies."""
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self.clock = self.folder / "clock"
            set_offset(self.clock, 0.0)
            self.name = self.grounds.database()
            stack.callback(self.postgres.drop, self.name)
            self.database = self._proxy(stack, self.postgres.port)
            for _ in range(self.size):
                port = free_port()
                self.servers.append(Server(port, self._proxy(stack, port)))
            stack.callback(self._end)
            for server in self.servers:
                self.start(server)
            for _ in range(WORKERS):
                self.start_worker()
            for server in self.servers:
                self.wait(server)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything that was started here, and nothing else."""
        self._stack.close()

    @property
    def postgres(self) -> Postgres:
        """Return the server that the database is on."""
        return self.grounds.postgres

    @property
    def people(self) -> dict[str, Person]:
        """Return everyone who may act, by id."""
        return self.grounds.people

    @property
    def tokens(self) -> dict[str, str]:
        """Return everyone's token."""
        return self.grounds.tokens

    @property
    def url(self) -> str:
        """Return the address of the database itself, past the proxy."""
        return self.postgres.url(self.name)

    @property
    def through(self) -> str:
        """Return the address of the database through the proxy."""
        return self.postgres.url(self.name, self.database.port)

    def parts(self, url: str | None = None) -> Parts:
        """Return the office's parts for use in this process."""
        return assemble(Settings(database=url or self.url, connections=4, busy_seconds=5))

    def start(self, server: Server) -> None:
        """Start a server process on its port."""
        server.pid = self._start("serve", "--host", "127.0.0.1", "--port", str(server.port))

    def start_worker(self) -> None:
        """Start one more worker."""
        self.workers.append(self._start("worker"))

    def kill_worker(self, place: int) -> None:
        """Kill a worker on the spot and start the next."""
        with suppress(ProcessLookupError):
            os.kill(self.workers.pop(place), signal.SIGKILL)
        self.start_worker()

    def kill(self, server: Server) -> None:
        """Kill a server process on the spot and start the next."""
        with suppress(ProcessLookupError):  # it may have died by itself, which shows in its log
            os.kill(server.pid, signal.SIGKILL)
        self.start(server)

    def wait(self, server: Server) -> None:
        """Wait until a server takes connections.

        Raises:
            TimeoutError: It never did; what it said is in the message.
        """
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", server.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"no server on port {server.port}: {self.said()[-2000:]}")

    def said(self) -> str:
        """Return everything that the servers printed."""
        log = self.folder / "servers.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def unforeseen(self) -> Counter[str]:
        """Return the last lines of the stacks that nobody foresaw."""
        failed = filter(None, (_told(line, "request.failed") for line in self._lines()))
        stacks = [told.get("exception", "?") for told in failed]
        return Counter(map(_cause, (*stacks, *_plain_stacks(self._lines()))))

    def deliveries(self) -> tuple[Delivery, ...]:
        """Return what went out, as a receiver with an inbox takes it: the first of an id counts."""
        inbox: set[str] = set()
        got: list[Delivery] = []
        for line in self._lines():
            told = _told(line, "outbox.event")
            if told is not None and told["stream"].startswith(streams.PROJECT):
                code = told["stream"].removeprefix(streams.PROJECT)
                new = told["id"] not in inbox
                inbox.add(told["id"])
                got.append(Delivery(project=code, number=told["number"], applied=new))
        return tuple(got)

    def _lines(self) -> list[str]:
        """Return the whole lines of what was printed; the last one may just be being written."""
        return self.said().split("\n")[:-1]

    def _proxy(self, stack: ExitStack, port: int) -> Proxy:
        proxy = Proxy(("127.0.0.1", port))
        proxy.start()
        stack.callback(proxy.stop)
        return proxy

    def _start(self, *command: str) -> int:
        environment = {
            "ABREAST_DATABASE": f"{self.through}?options={quote(self.session)}"
            if self.session
            else self.through,
            "ABREAST_OUTBOX": "log",
            "ABREAST_FILES": str(self.folder / "files"),
            "ABREAST_CONNECTIONS": "8",
            "ABREAST_BUSY_SECONDS": "5",
            # The clocks jump by weeks within seconds; no client waits so long before it asks again.
            "ABREAST_KEYS_DAYS": "365",
        }
        return self.grounds.start(
            command,
            clock=str(self.clock),
            log=str(self.folder / "servers.log"),
            bug=self.bug,
            environment=environment,
        )

    def _end(self) -> None:
        """Kill the processes that were started last; those before them were killed before."""
        for pid in (*self.workers, *(server.pid for server in self.servers if server.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _told(line: str, event: str) -> dict[str, Any] | None:
    """Return what a line says of an *event*; None when it is another line.

    Processes that are killed share the file: a line may begin in the middle of another one. What
    was not written to its end was not said.
    """
    if f'"{event}"' not in line:
        return None
    for begin in (place for place, sign in enumerate(line) if sign == "{"):
        with suppress(json.JSONDecodeError):
            told: dict[str, Any]
            told, _ = json.JSONDecoder().raw_decode(line, begin)
            if told.get("event") == event:
                return told
    return None


def _plain_stacks(lines: list[str]) -> Iterator[str]:
    """Yield the stacks that were printed as they are, not as a line of the log."""
    for place, line in enumerate(lines):
        if line.startswith("Traceback "):
            inside = takewhile(lambda each: each.startswith(" "), lines[place + 1 :])
            stack = [line, *inside]
            yield "\n".join((*stack, *lines[place + len(stack) :][:1]))


def _cause(stack: str) -> str:
    """Return where in our own code a stack ends, and with what."""
    lines = stack.strip().splitlines()
    ours = [line.strip() for line in lines if "/site-packages/" not in line and "File " in line]
    words = [line for line in lines if line and not line.startswith((" ", "(", "\t"))]
    return " | ".join((*ours[-1:], *words[-1:]))
