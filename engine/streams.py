"""What every stream has in common: names, keys, answers, heads, replay."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine.errors import BadKeyError, KeyReusedError
from engine.store.port import Head, Recorded
from workflows.evolve import evolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from engine.envelope import Envelope
    from workflows.project import Project
    from workflows.snapshot import Snapshot

PROJECT = "project:"
ROSTER = "roster:"
CREDIT = "credit:"
CATALOGUE = "catalogue"
CALENDAR = "calendar"
NONE = ""  # of what is ordered outside the logs
REFUSED = "refused"  # of what was refused there
LONGEST_KEY = 200


def of_project(code: str) -> str:
    """Return the stream of a project.

    >>> of_project("2601-120118-04-01-100001")
    'project:2601-120118-04-01-100001'
    """
    return PROJECT + code


def of_roster(township: str) -> str:
    """Return the stream of a township's roster."""
    return ROSTER + township


def of_credit(organisation: str) -> str:
    """Return the stream of an organisation's credit."""
    return CREDIT + organisation


def check_key(key: str) -> None:
    """Check that *key* can serve as an idempotency key.

    Raises:
        BadKeyError: If it is empty, longer than 200 characters or not printable ASCII.
    """
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadKeyError(longest=LONGEST_KEY)


def check_same(recorded: Recorded, stream: str, request: str) -> None:
    """Check that a repeated key came with the request that was answered.

    Raises:
        KeyReusedError: If it is another one.
    """
    if recorded.stream != stream or recorded.request != request:
        raise KeyReusedError(key=recorded.key)


def command_id(actor: str, key: str) -> str:
    """Return the id of a command, 32 hex digits; the same for every try of it.

    >>> command_id("window-1", "k") == command_id("window-1", "k")
    True
    """
    return hashlib.sha256(f"{actor}\0{key}".encode()).hexdigest()[:32]


def recorded(actor: str, key: str, request: str, envelopes: Sequence[Envelope]) -> Recorded:
    """Return what will be answered when *key* comes again."""
    first, last = envelopes[0], envelopes[-1]
    return Recorded(
        actor=actor,
        key=key,
        id=first.command,
        stream=first.stream,
        request=request,
        first=first.number,
        last=last.number,
        recorded_at=last.recorded_at,
    )


def eventless(actor: str, key: str, stream: str, request: str, now: datetime) -> Recorded:
    """Return what stands under a *key* that no event came of: a refusal, or an order elsewhere."""
    return Recorded(
        actor=actor,
        key=key,
        id=command_id(actor, key),
        stream=stream,
        request=request,
        first=0,
        last=0,
        recorded_at=now,
    )


def is_refused(stream: str, last: int) -> bool:
    """Tell whether what was answered to a key was a refusal, by its stream and last event."""
    return last == 0 and stream != NONE


def head(last: Envelope, packed: Snapshot | None) -> Head:
    """Return the head of a stream whose last event is *last*; None = packed as it was."""
    return Head(
        stream=last.stream,
        number=last.number,
        hash=last.hash,
        recorded_at=last.recorded_at,
        state=None if packed is None else packed.state,
        archive=None if packed is None else packed.archive,
    )


def replay(envelopes: Iterable[Envelope]) -> Project:
    """Return the project that its log adds up to.

    Raises:
        ValueError: If the log is empty or not dense.
    """
    project: Project | None = None
    for envelope in envelopes:
        project = evolve(project, envelope.event)
    if project is None:
        raise ValueError("the log is empty")
    return project
