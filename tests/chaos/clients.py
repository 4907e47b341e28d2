"""Clients: each a thread that asks, orders, loses answers, and writes down all of it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.chaos.evidence import READ, Anchor, Call, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

MOST_TRIES = 8
PATIENCE = 6.0  # seconds a client waits for one answer
LOST = 0.02  # how often a client hangs up before the answer
SERVER_ERROR = 500
SUCCESS = range(200, 300)
Json = dict[str, Any]
JSON = "application/json"
FORM = "multipart/form-data; boundary=----abreast-chaos"


@dataclass(frozen=True, slots=True)
class Content:
    """The body of a request."""

    kind: str
    data: bytes


@dataclass
class Book:
    """What all clients write into; every method may be called by any thread."""

    calls: list[Call] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    acked: int = 0  # commands
    lost: int = 0  # answers that a client did not wait for
    failures: dict[int, int] = field(default_factory=dict)  # answers of 5xx by status
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, call: Call) -> None:
        """Add a call to the history."""
        self.calls.append(call)
        if call.op != READ and call.outcome is Outcome.OK:
            with self._lock:
                self.acked += 1

    def remember(self, anchor: Anchor) -> None:
        """Remember an event's hash."""
        self.anchors.append(anchor)

    def note_failure(self, status: int) -> None:
        """Count an answer of the 500s."""
        with self._lock:
            self.failures[status] = self.failures.get(status, 0) + 1

    def note_lost(self) -> None:
        """Count an answer that nobody waited for."""
        with self._lock:
            self.lost += 1


class LostError(Exception):
    """No answer came, or nobody waited for it."""


@dataclass
class Line:
    """One client's way to the servers: any of them, over a connection kept as long as it holds."""

    number: int
    ports: Sequence[int]
    tokens: Mapping[str, str]
    book: Book
    rng: Random
    stop: threading.Event
    _connections: dict[int, http.client.HTTPConnection] = field(default_factory=dict)
    _keys: int = 0

    def order(  # noqa: PLR0913 - a call and its circumstances
        self,
        op: str,
        project: str,
        path: str,
        actor: str,
        *,
        body: Json | None = None,
        upload: bytes = b"",
        sent: Mapping[str, object] | None = None,
    ) -> Json | None:
        """Send a command until it is answered, with one key; return what was answered if done.

        Args:
            upload: A form with a file, sent in place of *body*.

        Once the run is over nothing new is sent.
        """
        if self.stop.is_set():
            return None
        self._keys += 1
        key = f"c{self.number}-{self._keys}"
        invoked = time.monotonic()
        content = (
            Content(FORM, upload) if upload else Content(JSON, json.dumps(body or {}).encode())
        )
        status, answer, tries = self._insist(path, actor, key, content)
        outcome = _outcome(status)
        events = answer.get("events", []) if outcome is Outcome.OK else []
        self.book.write(
            Call(
                invoked=invoked,
                returned=time.monotonic(),
                client=self.number,
                project=project,
                op=op,
                actor=actor,
                key=key,
                outcome=outcome,
                sent=sent or {},
                http=status,
                tries=tries,
                code=str(answer.get("code", "")),
                first=events[0]["number"] if events else 0,
                last=events[-1]["number"] if events else 0,
            )
        )
        return answer if outcome is Outcome.OK else None

    def progress(self, project: str, actor: str) -> Json | None:
        """Read a project's progress and write down which version it was."""
        invoked = time.monotonic()
        answer = self.read(f"/projects/{project}", actor)
        if answer is not None:
            self._saw(invoked, project, actor, answer["number"])
        return answer

    def look_at_log(self, project: str, actor: str, after: int) -> None:
        """Read the end of a project's log and remember its hashes."""
        invoked = time.monotonic()
        answer = self.read(f"/projects/{project}/events?after={after}&limit=1000", actor)
        if answer and answer["data"] and answer["next"] is None:
            self._saw(invoked, project, actor, answer["data"][-1]["number"])
            for event in answer["data"]:
                self.book.remember(
                    Anchor(project=project, number=event["number"], hash=event["hash"])
                )

    def read(self, path: str, actor: str) -> Json | None:
        """Ask once; None when no good answer came."""
        try:
            status, answer = self._exchange("GET", path, actor)
        except LostError:
            return None
        return answer if status in SUCCESS else None

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _saw(self, invoked: float, project: str, actor: str, number: int) -> None:
        self.book.write(
            Call(
                invoked=invoked,
                returned=time.monotonic(),
                client=self.number,
                project=project,
                op=READ,
                actor=actor,
                key="",
                outcome=Outcome.OK,
                http=200,
                last=number,
            )
        )

    def _insist(
        self, path: str, actor: str, key: str, content: Content
    ) -> tuple[int | None, Json, int]:
        """Try until an answer promises something, at most MOST_TRIES times."""
        status: int | None = None
        answer: Json = {}
        for number in range(1, MOST_TRIES + 1):
            try:
                status, answer = self._exchange("POST", path, actor, key, content)
            except LostError:
                status, answer = None, {}
            if _outcome(status) is not Outcome.UNKNOWN:
                return status, answer, number
            time.sleep(min(1.0, self.rng.uniform(0.02, 0.1) * 2**number))
        return status, answer, MOST_TRIES

    def _exchange(
        self, verb: str, path: str, actor: str, key: str = "", content: Content | None = None
    ) -> tuple[int, Json]:
        port = self.rng.choice(self.ports)
        connection = self._connections.pop(port, None) or http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE
        )
        headers = {"Authorization": f"Bearer {self.tokens[actor]}", "Accept-Language": "en"}
        if content is not None:
            headers |= {"Idempotency-Key": key, "Content-Type": content.kind}
        sent = None if content is None else content.data
        try:
            connection.request(verb, f"/api/v1{path}", sent, headers)
            self._hang_up_perhaps(key)
            answer = connection.getresponse()
            text = answer.read()
            said = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError, LostError) as error:
            connection.close()
            raise LostError from error
        self._connections[port] = connection
        if answer.status >= SERVER_ERROR:
            self.book.note_failure(answer.status)
        return answer.status, said

    def _hang_up_perhaps(self, key: str) -> None:
        """Wait no longer for the answer to a command, now and then.

        Raises:
            LostError: If so.
        """
        if key and self.rng.random() < LOST:
            self.book.note_lost()
            raise LostError


def _outcome(status: int | None) -> Outcome:
    if status is None or status >= SERVER_ERROR:
        return Outcome.UNKNOWN
    return Outcome.OK if status in SUCCESS else Outcome.REFUSED
