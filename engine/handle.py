"""Carries commands out for real: lock, decide, evolve, write, all in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import particulars, refusals, streams
from engine.dues import with_dues
from engine.envelope import NOTHING, Circumstances, Entry, Envelope, chain
from engine.errors import ConcurrentChangeError, StaleError
from engine.snapshots import Snapshots
from engine.store import log
from engine.store.port import Writes
from workflows import codec
from workflows import commands as c
from workflows.changes import changes
from workflows.decide import decision
from workflows.errors import Refusal, UnknownProjectError
from workflows.facts import SYSTEM, Facts, Rules
from workflows.project import run_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.clock import Clock
    from engine.in_force import Source
    from engine.library import Library
    from engine.notes import Text
    from engine.snapshots import Known
    from engine.store.port import Connection, Head, Loaded, Recorded
    from engine.unit_of_work import UnitOfWork
    from workflows.events import Event
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
        final: A refusal stands: the key hears it again, whatever has changed since.
    """

    code: str
    command: c.Command
    actor: Actor
    key: str
    texts: tuple[Text, ...] = ()
    expected: int | None = None
    final: bool = False


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
        final: bool = False,
    ) -> Answer:
        """Carry *command* out on project *code*, once for each (actor, key).

        Args:
            key: Idempotency key; the same one again gives the same answer and does nothing.
            texts: Words behind the command's notes.
            expected: Number of the project's last event as the caller saw it; None = any.
            final: A refusal binds the key as well, as whoever sends a command over a network
                needs it: a try that was held up on the way must not be carried out after its
                repetition was refused. Else the same key is judged anew.

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
            final=final,
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
            try:
                stands = self._stands(uow.connection, request, loaded, known)
                before = None if stands is None else stands.project
                events, after = self._judged(uow.connection, request, before)
            except Refusal as refusal:
                if request.final:
                    self._refused(uow, request, refusal)
                raise
            if events:
                if before is None or before.catalogue != after.catalogue:
                    self._library.keep(uow.connection, after.catalogue, events[-1].recorded_at)
                uow.save(self._writes(request, stands, after, events))
                uow.commit()
        return Answer(code=request.code, number=events[-1].number, events=events)

    def _judged(
        self, connection: Connection, request: Request, before: Project | None
    ) -> tuple[tuple[Event, ...], Project]:
        """Return what comes of the command, and the project after it."""
        followed, current = self._followed(before, request.command)
        facts = self._facts(connection, request, before, self._under(current, request))
        decided, after = decision(current, request.command, facts)
        return (*followed, *decided), after

    def _refused(self, uow: UnitOfWork, request: Request, refusal: Refusal) -> None:
        """Have the refusal stand under its key before anybody hears of it."""
        told = streams.eventless(
            request.actor.id,
            request.key,
            streams.of_project(request.code),
            _digest(request),
            self._clock.now(),
        )
        refusals.keep(uow.connection, told, refusal)
        uow.commit()

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
        refusals.check_answered(connection, found, stream, _digest(request))
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
        now, code, command = self._clock.now(), request.code, request.command
        loads, townships = particulars.roster(connection, command, now)
        history = particulars.history(connection, code, command, before)
        return Facts(
            actor=request.actor,
            recorded_at=now,
            calendar=library.calendar,
            catalogue=library.catalogue,
            nets=library.nets,
            in_force=library.in_force,
            roster=loads,
            townships=townships,
            entropy=particulars.entropy(connection, code, command, before),
            credit=particulars.credit(connection, command, before, now),
            subject=particulars.subject(command, history),
            history=history,
            rules=self._rules,
            assignee=particulars.assignee(connection, command),
            approver=particulars.approver(connection, command),
        )

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
