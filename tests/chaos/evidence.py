"""What a chaos run leaves behind: every call with its answer, and everything the database holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.envelope import Envelope
    from engine.store.queries import Person
    from workflows import rows
    from workflows.catalogue.values import Catalogue
    from workflows.events import Event
    from workflows.project import Project

READ = "read"


class Outcome(StrEnum):
    """What the client knows of its call."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer, or one that promises nothing (5xx)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One entry of the history: a command with all its tries, or a read.

    Attributes:
        invoked, returned: Seconds of the harness's monotonic clock: first send, last answer.
        op: Operation of the interface ("completeTask"), or READ.
        sent: What was asked for: members of the body and of the address.
        key: Idempotency key, the same in every try; empty for a read.
        http: Status of the last answer; None = none came.
        code: Code of the problem that was answered.
        first, last: Numbers of the events that were acknowledged; for a read the number seen.
    """

    invoked: float
    returned: float
    client: int
    project: str
    op: str
    actor: str
    key: str
    outcome: Outcome
    sent: Mapping[str, object] = field(default_factory=dict)
    http: int | None = None
    tries: int = 1
    code: str = ""
    first: int = 0
    last: int = 0

    @property
    def command(self) -> str:
        """Return the id that the events of this call carry; worked out anew, not asked for."""
        return sha256(f"{self.actor}\0{self.key}".encode()).hexdigest()[:32]

    @property
    def item(self) -> str | None:
        """Return the item that the call was about, if it was about one."""
        found = self.sent.get("item")
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The hash of one event as a client has seen it: what an outsider remembers of the log."""

    project: str
    number: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Everything that the database holds of one project.

    Attributes:
        head: Number and hash of the stored head; None = no head.
        snapshot: The stored project, unpacked.
        rows: The stored rows by table and key.
    """

    code: str
    envelopes: tuple[Envelope, ...]
    head: tuple[int, str] | None
    snapshot: Project | None
    rows: Mapping[tuple[str, rows.Key], rows.Row]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Return the events of the log, decoded."""
        return tuple(envelope.event for envelope in self.envelopes)

    @cached_property
    def effects(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the events of each command, by command id."""
        found: dict[str, list[Event]] = defaultdict(list)
        for envelope, event in zip(self.envelopes, self.events, strict=True):
            found[envelope.command].append(event)
        return {command: tuple(events) for command, events in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message that a receiver got: the event it tells, and whether the receiver applied it."""

    project: str
    number: int
    applied: bool


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A whole run.

    Attributes:
        people: Everyone who may act, by id.
        anchors: What clients remember of logs.
        drained_at: Every timer due before this instant has had its chance; None = no worker ran.
        deliveries: What receivers of outgoing messages got; None = nobody listened.
    """

    history: tuple[Call, ...]
    ledgers: Mapping[str, Ledger]
    catalogue: Catalogue
    people: Mapping[str, Person]
    anchors: tuple[Anchor, ...] = ()
    drained_at: datetime | None = None
    deliveries: tuple[Delivery, ...] | None = None

    @cached_property
    def commands(self) -> tuple[Call, ...]:
        """Return the calls that order something."""
        return tuple(call for call in self.history if call.op != READ)

    @cached_property
    def by_project(self) -> Mapping[str, tuple[Call, ...]]:
        """Return the calls of each project."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self.history:
            found[call.project].append(call)
        return {code: tuple(calls) for code, calls in found.items()}

    def effect(self, call: Call) -> tuple[Event, ...]:
        """Return what a call did to its project, as the log has it."""
        ledger = self.ledgers.get(call.project)
        return () if ledger is None else ledger.effects.get(call.command, ())


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """A broken promise.

    Attributes:
        rule: "I1" to "I20".
        at: Number of the event at which it shows; 0 = none.
        what: What is wrong, for a person.
    """

    rule: str
    project: str
    at: int
    what: str
