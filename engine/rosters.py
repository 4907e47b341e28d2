"""Carries roster commands out: the streams `roster:TOWNSHIP`, with the same log and lock."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine import refusals, streams
from engine.people import home_of
from engine.short_streams import Order, twice
from engine.store import log, rosters
from workflows import codec
from workflows.roster import JoinRoster, LeaveRoster, Roster, decide, evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.clock import Clock
    from engine.envelope import Envelope
    from engine.in_force import Source
    from engine.store.port import Connection
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork
    from workflows.facts import Actor
    from workflows.roster import Command


class Rosters:
    """Who may be given projects, by township."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, library: Source) -> None:
        """Keep where to write, what time it is and what is in force."""
        self._new_uow = new_uow
        self._clock = clock
        self._library = library

    def execute(self, township: str, command: Command, actor: Actor, key: str) -> Roster:
        """Carry *command* out, once for each (actor, key), and return the roster after it.

        Raises:
            Refusal: The command breaks a rule, or its key came with another request.
            ConcurrentChangeError: Another writer was faster, twice.
            EngineError: The database failed; the same key tells later whether it was done.
        """
        streams.check_key(key)
        return twice(lambda: self._execute(township, command, actor, key))

    def roster(self, township: str) -> Roster:
        """Return the roster of a township; an unknown one is empty."""
        with self._new_uow() as uow:
            return _read(uow.connection, township)

    def follow(self, old: str | None, now: Person, actor: Actor, key: str) -> None:
        """Have an agent join the roster of their township, and leave the one they had.

        On other rosters they may stand by hand, and stay there.

        Args:
            old: Whose projects the person was given before the order; None = of nobody.
            key: The order by which the person became what they are.

        Raises:
            Refusal: As for `execute`.
        """
        new = home_of(now)
        if old is not None and old != new and now.id in self.roster(old).agents:
            leave = LeaveRoster(agent=now.id)
            self.execute(old, leave, actor, streams.command_id(actor.id, f"leave|{key}"))
        if new is not None and now.id not in self.roster(new).agents:
            join = JoinRoster(agent=now.id)
            self.execute(new, join, actor, streams.command_id(actor.id, f"join|{key}"))

    def _execute(self, township: str, command: Command, actor: Actor, key: str) -> Roster:
        stream = streams.of_roster(township)
        request = _digest(key, township, command)
        with self._new_uow() as uow:
            loaded = uow.load(stream, actor.id, key)
            if loaded.recorded is not None:
                refusals.check_answered(uow.connection, loaded.recorded, stream, request)
                # What it heard then, not what stands now.
                return _read(uow.connection, township, loaded.recorded.last)
            before = _read(uow.connection, township)
            now = self._clock.now()
            told = streams.eventless(actor.id, key, stream, request, now)
            with refusals.standing(uow, told):
                body = decide(before, command, actor)
            after = evolve(before, before.number + 1, body)
            order = Order(
                stream=stream,
                actor=actor,
                key=key,
                request=request,
                catalogue=self._library.current().catalogue.hash,
            )
            rosters.put_agents(uow.connection, after)
            uow.save(order.writes(loaded, after.number, body, now))
            uow.commit()
        return after


def _read(connection: Connection, township: str, last: int | None = None) -> Roster:
    return replay(township, log.envelopes(connection, streams.of_roster(township), last=last))


def replay(township: str, envelopes: Iterable[Envelope]) -> Roster:
    """Return the roster that its log adds up to."""
    roster = Roster(township=township)
    for envelope in envelopes:
        roster = evolve(roster, envelope.number, envelope.content)  # type: ignore[arg-type]
    return roster


def _digest(key: str, township: str, command: Command) -> str:
    whole = b"\0".join((key.encode(), township.encode(), codec.encode_command(command)))
    return hashlib.sha256(whole).hexdigest()
