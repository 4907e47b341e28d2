"""Carries commands out for real: lock, decide, evolve, write, all in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import streams
from engine.credits import read as read_credit
from engine.dues import with_dues
from engine.envelope import NOTHING, Circumstances, Entry, Envelope, chain
from engine.errors import ConcurrentChangeError, StaleError
from engine.snapshots import Snapshots
from engine.store import log, queries
from engine.store.port import Writes
from workflows import codec
from workflows import commands as c
from workflows.changes import changes
from workflows.decide import decision
from workflows.decide.items import COMMITTED
from workflows.errors import UnknownProjectError
from workflows.facts import SYSTEM, Facts, Rules
from workflows.moments import local_date
from workflows.project import run_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from engine.clock import Clock
    from engine.in_force import Source
    from engine.library import Library
    from engine.notes import Text
    from engine.snapshots import Known
    from engine.store.port import Connection, Head, Loaded, Recorded
    from engine.unit_of_work import UnitOfWork
    from workflows.events import AgentLoad, Event
    from workflows.facts import Actor
    from workflows.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a command.

    Attributes:
        number: Of the last event it made: the project's version after it.
        repeated: The key had been answered before; nothing was done now.
    """

    code: str
    number: int
    events: tuple[Event, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command with all that makes it this very request.

    Attributes:
        key: Idempotency key of the actor.
        texts: Words behind the command's notes; kept apart from the log, erasable.
        expected: Version that the caller saw; None = any.
    """

    code: str
    command: c.Command
    actor: Actor
    key: str
    texts: tuple[Text, ...] = ()
    expected: int | None = None


class Handle:
    """The live executor of the rules."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        library: Source,
        rules: Rules | None = None,
    ) -> None:
        """Keep where to write, what time it is, what the rules know by heart, the local rules."""
        self._new_uow = new_uow
        self._clock = clock
        self._library = library
        self._rules = rules or Rules()
        self._snapshots = Snapshots()

    def execute(  # noqa: PLR0913 - a command and its circumstances
        self,
        code: str,
        command: c.Command,
        actor: Actor,
        key: str,
        texts: Sequence[Text] = (),
        *,
        expected: int | None = None,
    ) -> Answer:
        """Carry *command* out on project *code*, once for each (actor, key).

        Args:
            key: Idempotency key; the same one again gives the same answer and does nothing.
            texts: Words behind the command's notes.
            expected: Number of the project's last event as the caller saw it; None = any.

        Raises:
            Refusal: The command breaks a rule, or its key came with another request.
            StaleError: The project went on since *expected*.
            ConcurrentChangeError: Another writer was faster, twice.
            EngineError: The database failed; the same key tells later whether it was done.
        """
        streams.check_key(key)
        request = Request(
            code=code,
            command=command,
            actor=actor,
            key=key,
            texts=tuple(texts),
            expected=expected,
        )
        try:
            return self._execute(request)
        except ConcurrentChangeError:
            # The key was answered for another project at the same instant, or the lock was not
            # ours: once more, now with the winner's events in sight.
            return self._execute(request)

    def project(self, code: str) -> Project:
        """Return project *code* as it stands, read without a lock.

        Raises:
            UnknownProjectError: If there is none.
        """
        stream = streams.of_project(code)
        known = self._snapshots.known(stream)
        with self._new_uow() as uow:
            head = log.head(uow.connection, stream, "" if known is None else known.hash)
            if head is None:
                raise UnknownProjectError(project=code)
            return self._at(uow.connection, head, known).project

    def history(self, code: str) -> tuple[Envelope, ...]:
        """Return the log of project *code*, by number.

        Raises:
            UnknownProjectError: If there is none.
        """
        with self._new_uow() as uow:
            found = log.envelopes(uow.connection, streams.of_project(code))
        if not found:
            raise UnknownProjectError(project=code)
        return found

    def _execute(self, request: Request) -> Answer:
        stream = streams.of_project(request.code)
        known = self._snapshots.known(stream)
        with self._new_uow() as uow:
            asked = "" if known is None else known.hash
            loaded = uow.load(stream, request.actor.id, request.key, asked)
            if loaded.recorded is not None:
                return self._repeated(uow.connection, request, loaded.recorded)
            stands = self._stands(uow.connection, request, loaded, known)
            before = None if stands is None else stands.project
            followed, current = self._followed(before, request.command)
            facts = self._facts(uow.connection, request, before, self._under(current, request))
            decided, after = decision(current, request.command, facts)
            events = (*followed, *decided)
            if events:
                if before is None or before.catalogue != after.catalogue:
                    self._library.keep(uow.connection, after.catalogue, facts.recorded_at)
                uow.save(self._writes(request, stands, after, events))
                uow.commit()
        return Answer(code=request.code, number=events[-1].number, events=events)

    def _stands(
        self, connection: Connection, request: Request, loaded: Loaded, known: Known | None
    ) -> Known | None:
        """Return the project as it stands; None = it is not filed yet."""
        head = loaded.head
        version = 0 if head is None else head.number
        if request.expected is not None and request.expected != version:
            raise StaleError(project=request.code, expected=request.expected, version=version)
        return None if head is None else self._at(connection, head, known)

    def _at(self, connection: Connection, head: Head, known: Known | None) -> Known:
        return self._snapshots.at(connection, head, known, lambda: self._library.current().packing)

    def _followed(
        self, before: Project | None, command: c.Command
    ) -> tuple[tuple[Event, ...], Project | None]:
        """Return what must come first where another catalogue has come into force, and its result.

        The project goes on under it in the same transaction as the command, so that no decision
        is ever taken under a catalogue that is out of force.
        """
        catalogue = self._library.following(before)
        if before is None or catalogue is None or isinstance(command, c.FollowCatalogue):
            return (), before
        library = self._library.under(before, catalogue)
        facts = Facts(
            actor=SYSTEM,
            recorded_at=self._clock.now(),
            calendar=library.calendar,
            catalogue=library.catalogue,
            nets=library.nets,
            in_force=library.in_force,
            rules=self._rules,
        )
        return decision(before, c.FollowCatalogue(catalogue=catalogue), facts)

    def _under(self, project: Project | None, request: Request) -> Library:
        """Return what *project* runs under, or would after the catalogue it is told to follow."""
        command = request.command
        if project is not None and isinstance(command, c.FollowCatalogue):
            return self._library.under(project, command.catalogue)
        return self._library.of(project)

    def _repeated(self, connection: Connection, request: Request, found: Recorded) -> Answer:
        stream = streams.of_project(request.code)
        streams.check_same(found, stream, _digest(request))
        envelopes = log.envelopes(connection, stream, found.first, found.last)
        return Answer(
            code=request.code,
            number=found.last,
            events=tuple(envelope.event for envelope in envelopes),
            repeated=True,
        )

    def _facts(
        self,
        connection: Connection,
        request: Request,
        before: Project | None,
        library: Library,
    ) -> Facts:
        now = self._clock.now()
        roster, townships = self._roster(connection, request.command, now)
        history = _history(connection, request, before)
        return Facts(
            actor=request.actor,
            recorded_at=now,
            calendar=library.calendar,
            catalogue=library.catalogue,
            nets=library.nets,
            in_force=library.in_force,
            roster=roster,
            townships=townships,
            entropy=_entropy(connection, request, before),
            credit=_credit(connection, request.command, before, now),
            subject=_subject(request.command, history),
            history=history,
            rules=self._rules,
            assignee=_assignee(connection, request.command),
            approver=_approver(connection, request.command),
        )

    def _roster(
        self, connection: Connection, command: c.Command, now: datetime
    ) -> tuple[tuple[AgentLoad, ...], tuple[str, ...]]:
        """Return the agents with their load and the townships, for commands that ask for them."""
        if not isinstance(command, c.FileProject | c.AssignAgent):
            return (), ()
        loads = queries.agent_loads(connection, now)
        return loads, queries.townships(connection)

    def _writes(
        self,
        request: Request,
        stands: Known | None,
        after: Project,
        events: tuple[Event, ...],
    ) -> Writes:
        library = self._library.current()
        before = None if stands is None else stands.project
        circumstances = Circumstances(
            stream=streams.of_project(request.code),
            command=streams.command_id(request.actor.id, request.key),
            catalogue=library.catalogue.hash,
        )
        previous = NOTHING if stands is None else stands.hash
        envelopes = chain(circumstances, previous, (entry_of(event, after) for event in events))
        return Writes(
            envelopes=envelopes,
            head=streams.head(
                envelopes[-1],
                self._snapshots.went_on(envelopes[-1], stands, after, library.packing),
            ),
            recorded=streams.recorded(request.actor.id, request.key, _digest(request), envelopes),
            difference=with_dues(changes(before, after), before, after, library.calendar),
            texts=request.texts,
        )


def entry_of(event: Event, after: Project) -> Entry:
    """Return what is to be sealed of an event; *after* is the project after its command."""
    return Entry(
        number=event.number,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        body=event.body,
        net=_net(event, after),
    )


def _net(event: Event, after: Project) -> str:
    """Return the hash of the net that *event* belongs to: its stage run's, else the lifecycle's."""
    stage, unit = getattr(event.body, "stage", None), getattr(event.body, "unit", None)
    run = None if stage is None or unit is None else after.runs.get(run_key(stage, unit))
    return after.lifecycle if run is None else run.net


def _entropy(connection: Connection, request: Request, before: Project | None) -> str:
    """Return the seed of a draw: the hash of the event that opened the round."""
    command = request.command
    if before is None or not isinstance(command, c.DrawPair):
        return ""
    run = before.runs.get(run_key(command.stage, command.unit))
    if run is None:
        return ""
    stream = streams.of_project(request.code)
    return log.event_hash(connection, stream, run.round.opened_by) or ""


def _credit(
    connection: Connection, command: c.Command, before: Project | None, now: datetime
) -> Mapping[str, str]:
    """Return how the owner stands, for a commitment; nothing for other commands."""
    committing = isinstance(command, c.CompleteStep) and command.outcome == COMMITTED
    if before is None or not committing:
        return {}
    return {before.owner: read_credit(connection, before.owner).level(local_date(now)).value}


def _history(connection: Connection, request: Request, before: Project | None) -> tuple[Event, ...]:
    """Return the project's whole log, for corrections; nothing for other commands."""
    if before is None or not isinstance(request.command, c.CorrectTime | c.RevertStep):
        return ()
    stream = streams.of_project(request.code)
    return tuple(each.event for each in log.envelopes(connection, stream, last=before.number))


def _subject(command: c.Command, history: tuple[Event, ...]) -> Event | None:
    """Return the earlier event that a correction names; None where there is none."""
    if not isinstance(command, c.CorrectTime | c.RevertStep):
        return None
    return history[command.event - 1] if 0 < command.event <= len(history) else None


def _assignee(connection: Connection, command: c.Command) -> Actor | None:
    """Return whom a task is to be assigned to; None where nobody active is so named."""
    return _active(connection, command.person) if isinstance(command, c.AssignTask) else None


def _approver(connection: Connection, command: c.Command) -> Actor | None:
    """Return who is said to have approved; None where nobody active is so named."""
    if not isinstance(command, c.StartProcedure | c.StartJointVisit | c.ExtendLimit):
        return None
    return _active(connection, command.approved_by)


def _active(connection: Connection, person: str) -> Actor | None:
    found = queries.person(connection, person)
    return None if found is None or not found.active else found.actor


def _digest(request: Request) -> str:
    """Return the hash of what was asked for.

    A note's reference and salt are new with every try, so the words themselves stand for it. The
    key is hashed along: equal words do not show as equal hashes.
    """
    text = codec.encode_command(request.command).decode()
    for each in request.texts:
        note = each.note
        text = text.replace(note.digest, "").replace(note.ref, each.text)
    whole = "\0".join((request.key, request.code, str(request.expected), text))
    return hashlib.sha256(whole.encode()).hexdigest()
