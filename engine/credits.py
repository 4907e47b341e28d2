"""Carries orders about credit out: the streams `credit:ORGANISATION`, with log and lock."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine import refusals, streams
from engine.short_streams import Order, twice
from engine.store import log
from workflows import codec
from workflows.credit import Credit, StandingSet, decide, evolve
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.clock import Clock
    from engine.envelope import Envelope
    from engine.in_force import Source
    from engine.notes import Text
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.credit import SetStanding
    from workflows.facts import Actor


class Credits:
    """How organisations stand."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, library: Source) -> None:
        """Keep where to write, what time it is and what is in force."""
        self._new_uow = new_uow
        self._clock = clock
        self._library = library

    def execute(
        self, organisation: str, command: SetStanding, actor: Actor, key: str, reason: Text
    ) -> Credit:
        """Carry *command* out, once for each (actor, key), and return the standing after it.

        Args:
            reason: The words behind the command's note.

        Raises:
            Refusal: The command breaks a rule, or its key came with another request.
            ConcurrentChangeError: Another writer was faster, twice.
            EngineError: The database failed; the same key tells later whether it was done.
        """
        streams.check_key(key)
        return twice(lambda: self._execute(organisation, command, actor, key, reason))

    def credit(self, organisation: str) -> Credit:
        """Return how an organisation stands; one that nobody has listed is ordinary."""
        with self._new_uow() as uow:
            return read(uow.connection, organisation)

    def _execute(
        self, organisation: str, command: SetStanding, actor: Actor, key: str, reason: Text
    ) -> Credit:
        stream = streams.of_credit(organisation)
        request = _digest(key, organisation, command, reason)
        with self._new_uow() as uow:
            loaded = uow.load(stream, actor.id, key)
            if loaded.recorded is not None:
                refusals.check_answered(uow.connection, loaded.recorded, stream, request)
                # What it heard then, not what stands now.
                return read(uow.connection, organisation, loaded.recorded.last)
            before = read(uow.connection, organisation)
            now = self._clock.now()
            told = streams.eventless(actor.id, key, stream, request, now)
            with refusals.standing(uow, told):
                body = decide(before, command, actor, local_date(now))
            after = evolve(before, before.number + 1, body)
            order = Order(
                stream=stream,
                actor=actor,
                key=key,
                request=request,
                catalogue=self._library.current().catalogue.hash,
            )
            uow.save(order.writes(loaded, after.number, body, now, (reason,)))
            uow.commit()
        return after


def read(connection: Connection, organisation: str, last: int | None = None) -> Credit:
    """Return how an organisation stands as its stream has it, or had it after event *last*."""
    stream = streams.of_credit(organisation)
    return replay(organisation, log.envelopes(connection, stream, last=last))


def replay(organisation: str, envelopes: Iterable[Envelope]) -> Credit:
    """Return the standing that a log adds up to."""
    credit = Credit(organisation=organisation)
    for envelope in envelopes:
        body = envelope.content
        if isinstance(body, StandingSet):
            credit = evolve(credit, envelope.number, body)
    return credit


def _digest(key: str, organisation: str, command: SetStanding, reason: Text) -> str:
    """Return the hash of what was asked for; the words stand for their note, new with every try."""
    text = codec.encode_command(command).decode()
    text = text.replace(reason.note.digest, "").replace(reason.ref, reason.text)
    return hashlib.sha256(f"{key}\0{organisation}\0{text}".encode()).hexdigest()
