"""An event as it lies in the log: sealed, and chained to the one before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from workflows import codec
from workflows.events import Event, Filing
from workflows.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.codec import AnyBody

NOTHING = "0" * 64  # what stands as the hash before the first event


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One row of the log.

    Attributes:
        stream: "project:CODE", "roster:TOWNSHIP" ...
        number: Dense from 1 in the stream.
        command: Id of the command it came of; all events of one command share it.
        catalogue: Hash of the catalogue that was in force for the decision.
        net: Hash of the net of the stage run (or the lifecycle) that it belongs to.
        previous: Hash of the event before; 64 zeros for the first.
        hash: SHA-256(previous, newline, canonical envelope, newline, body), in hex.
        body: Canonical JSON.
    """

    stream: str
    number: int
    kind: str
    version: int
    unit: int | None
    stage: int | None
    item: str | None
    attempt: int | None
    happened_at: datetime
    recorded_at: datetime
    actor: str
    command: str
    catalogue: str
    net: str | None
    previous: str
    hash: str
    body: str

    @property
    def content(self) -> AnyBody:
        """Return the body, decoded."""
        return codec.decode(self.kind, self.version, self.body.encode())

    @property
    def event(self) -> Event:
        """Return the event as the rules see it; only of a project's stream."""
        return Event(
            number=self.number,
            happened_at=self.happened_at,
            recorded_at=self.recorded_at,
            actor=self.actor,
            body=self.content,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the events of one command share; the envelope says what each is."""

    stream: str
    command: str
    catalogue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be sealed; moments are aware."""

    number: int
    happened_at: datetime
    recorded_at: datetime
    actor: str
    body: AnyBody
    net: str | None = None


def chain(at: Circumstances, previous: str, entries: Iterable[Entry]) -> tuple[Envelope, ...]:
    """Return *entries* in their envelopes, each chained to the one before it."""
    sealed = []
    for entry in entries:
        envelope = _seal(at, previous, entry)
        sealed.append(envelope)
        previous = envelope.hash
    return tuple(sealed)


def _seal(at: Circumstances, previous: str, entry: Entry) -> Envelope:
    kind, version = codec.kind(entry.body)
    item, attempt = _item(entry.body)
    unsealed = Envelope(
        stream=at.stream,
        number=entry.number,
        kind=kind,
        version=version,
        unit=getattr(entry.body, "unit", None),
        stage=getattr(entry.body, "stage", None),
        item=item,
        attempt=attempt,
        happened_at=_utc(entry.happened_at),
        recorded_at=_utc(entry.recorded_at),
        actor=entry.actor,
        command=at.command,
        catalogue=at.catalogue,
        net=entry.net,
        previous=previous,
        hash="",
        body=codec.encode(entry.body).decode(),
    )
    return replace(unsealed, hash=digest(unsealed))


def digest(envelope: Envelope) -> str:
    """Return the hash that *envelope* ought to carry."""
    head = msgspec.json.encode(
        (
            envelope.stream,
            envelope.number,
            envelope.kind,
            envelope.version,
            envelope.unit,
            envelope.stage,
            envelope.item,
            envelope.attempt,
            envelope.happened_at,
            envelope.recorded_at,
            envelope.actor,
            envelope.command,
            envelope.catalogue,
            envelope.net,
        )
    )
    whole = b"\n".join((envelope.previous.encode(), head, envelope.body.encode()))
    return hashlib.sha256(whole).hexdigest()


def _item(body: AnyBody) -> tuple[str | None, int | None]:
    filing = getattr(body, "filing", None)
    if isinstance(filing, Filing):
        return filing.item, filing.attempt
    return getattr(body, "item", None), getattr(body, "attempt", None)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)
