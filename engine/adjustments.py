"""Adopts catalogues and notices: the streams `catalogue` and `calendar`, with log and lock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import editions, in_force, refusals, streams
from engine.errors import StaleOfficeError
from engine.kinds import RECOMPUTE
from engine.rehearsals import rehearse
from engine.short_streams import Order, twice
from engine.store import definitions
from workflows import adjustment, codec, notices
from workflows.catalogue.check import check
from workflows.catalogue.difference import Difference, difference
from workflows.catalogue.findings import CatalogueError
from workflows.catalogue.load import load
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from engine.clock import Clock
    from engine.editions import Edition
    from engine.in_force import InForce
    from engine.jobs import Jobs
    from engine.store.port import Connection, Recorded
    from engine.unit_of_work import UnitOfWork
    from workflows.adjustment import Offer, Version, Versions
    from workflows.catalogue.findings import Finding
    from workflows.codec import AnyCommand
    from workflows.facts import Actor
    from workflows.notices import AdoptNotice, Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A catalogue that was handed in: what it changes and what the publish check says."""

    edition: Edition
    previous: str
    difference: Difference
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Giver:
    """Who orders an adoption, under which key, and what they had seen of the stream by then."""

    actor: Actor
    key: str
    expected: int | None

    def check(self, stream: str, version: int) -> None:
        if self.expected is not None and self.expected != version:
            raise StaleOfficeError(stream=stream, expected=self.expected, version=version)

    def told(self, stream: str, command: AnyCommand, now: datetime) -> Recorded:
        """Return what stands under the key when no event comes of the order."""
        request = _digest(self.key, command)
        return streams.eventless(self.actor.id, self.key, stream, request, now)

    def check_answered(
        self, connection: Connection, recorded: Recorded, stream: str, command: AnyCommand
    ) -> None:
        """Check that a repeated key came with the order that was carried out."""
        refusals.check_answered(connection, recorded, stream, _digest(self.key, command))


class Adjustments:
    """The one way to change which catalogue and which days are in force."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        known: InForce,
        jobs: Jobs | None = None,
        rehearse: Callable[[Edition, Edition], None] = rehearse,
    ) -> None:
        """Keep where to write, what time it is, what is in force, and who does bulk work.

        Args:
            rehearse: Refuses an edition that plays otherwise than the one that is known.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._known = known
        self._jobs = jobs
        self._rehearse = rehearse

    @property
    def today(self) -> date:
        """Return the legal date."""
        return local_date(self._clock.now())

    def judge(self, text: str) -> Judged:
        """Return what a catalogue file would change against the version adopted last.

        Raises:
            CatalogueRefusedError: If it is misshapen, or the publish check finds errors.
            NoDefinitionError: If no sound definitions can be drawn by it.
        """
        edition, findings = self._drawn(text)
        self._known.add(edition)
        self._known.refresh()
        previous = self._previous(self._known.versions)
        return Judged(
            edition=edition,
            previous=previous.hash,
            difference=difference(previous.catalogue, edition.catalogue),
            findings=findings,
        )

    def adopt(
        self,
        text: str,
        effective_from: date,
        actor: Actor,
        key: str,
        *,
        expected: int | None = None,
    ) -> Version:
        """Bring a catalogue into force from *effective_from* on, once for each (actor, key).

        The text, the definitions drawn by it and the event are written together.

        Args:
            expected: Number of adoptions that the caller has seen; None = any.

        Raises:
            StaleOfficeError: If another was adopted since.
            Refusal: If a rule is broken; nothing has changed.
            EngineError: The database failed; the same key tells later whether it was done.
        """
        adjustment.check_keeper(actor, "catalogue")
        edition, findings = self._drawn(text)
        command = adjustment.AdoptCatalogue(catalogue=edition.hash, effective_from=effective_from)
        giver = _Giver(actor=actor, key=key, expected=expected)
        version = twice(lambda: self._adopt(edition, findings, command, giver))
        self._known.add(edition)
        self._known.refresh()
        return version

    def notice(
        self, command: AdoptNotice, actor: Actor, key: str, *, expected: int | None = None
    ) -> Notices:
        """Take a notice over, once for each (actor, key); return the notices after it.

        A job (`recompute_job`) then computes the running projects anew; the same key again queues
        one that was lost.

        Args:
            expected: Number of notices that the caller has seen; None = any.

        Raises:
            StaleOfficeError: If another was adopted since.
            Refusal: If a rule is broken; nothing has changed.
            EngineError: The database failed; the same key tells later whether it was done.
        """
        giver = _Giver(actor=actor, key=key, expected=expected)
        found = twice(lambda: self._notice(command, giver))
        self._known.refresh()
        if self._jobs is not None:
            version = notices.calendar(found).version
            about = {"actor": actor.id, "calendar": version}
            self._jobs.enqueue_once(recompute_job(version), RECOMPUTE, about)
        return found

    def _drawn(self, text: str) -> tuple[Edition, tuple[Finding, ...]]:
        """Check before drawing: the check names a circle by its path, the drawing only fails.

        What has been drawn before, for a preview say, is taken as it is.
        """
        try:
            catalogue = load(text)
        except CatalogueError as error:
            adjustment.check_findings(error.findings)
            raise
        findings = check(catalogue)
        adjustment.check_findings(findings)
        known = self._known.at_hand(catalogue.hash)
        if known is not None:
            return known, findings
        drawn = editions.drawn(text, self._known.shipped)
        self._rehearse(drawn, self._known.shipped)
        return drawn, findings

    def _adopt(
        self,
        edition: Edition,
        findings: tuple[Finding, ...],
        command: adjustment.AdoptCatalogue,
        giver: _Giver,
    ) -> Version:
        stream = streams.CATALOGUE
        with self._new_uow() as uow:
            loaded = uow.load(stream, giver.actor.id, giver.key)
            versions = in_force.read_versions(uow.connection)
            if loaded.recorded is not None:
                giver.check_answered(uow.connection, loaded.recorded, stream, command)
                return versions.adopted[loaded.recorded.last - 1]
            now = self._clock.now()
            offer = self._offer(versions, edition, findings, giver.actor)
            with refusals.standing(uow, giver.told(stream, command, now)):
                giver.check(stream, versions.number)
                body = adjustment.decide(versions, command, offer)
            after = adjustment.evolve(versions, versions.number + 1, body)
            definitions.put(uow.connection, editions.rows(edition), now)
            order = self._order(stream, command, giver)
            uow.save(order.writes(loaded, after.number, body, now))
            uow.commit()
        return after.adopted[-1]

    def _offer(
        self,
        versions: Versions,
        edition: Edition,
        findings: tuple[Finding, ...],
        actor: Actor,
    ) -> Offer:
        return adjustment.Offer(
            actor=actor,
            today=self.today,
            previous=self._previous(versions).catalogue,
            catalogue=edition.catalogue,
            findings=findings,
            nets=edition.in_force,
        )

    def _previous(self, versions: Versions) -> Edition:
        last = versions.adopted[-1].catalogue if versions.adopted else self._known.shipped.hash
        return self._known.edition(last)

    def _notice(self, command: AdoptNotice, giver: _Giver) -> Notices:
        stream = streams.CALENDAR
        with self._new_uow() as uow:
            loaded = uow.load(stream, giver.actor.id, giver.key)
            if loaded.recorded is not None:
                giver.check_answered(uow.connection, loaded.recorded, stream, command)
                # What it heard then, not what stands now.
                return in_force.read_notices(uow.connection, last=loaded.recorded.last)
            before = in_force.read_notices(uow.connection)
            now = self._clock.now()
            with refusals.standing(uow, giver.told(stream, command, now)):
                giver.check(stream, before.number)
                body = notices.decide(before, command, giver.actor, self.today)
            after = notices.evolve(before, before.number + 1, body)
            order = self._order(stream, command, giver)
            uow.save(order.writes(loaded, after.number, body, now))
            uow.commit()
        return after

    def _order(self, stream: str, command: AnyCommand, giver: _Giver) -> Order:
        return Order(
            stream=stream,
            actor=giver.actor,
            key=giver.key,
            request=_digest(giver.key, command),
            catalogue=self._known.current().catalogue.hash,
        )


def recompute_job(calendar: str) -> str:
    """Return the id of the job that computes every running project by a version of the calendar.

    >>> recompute_job("0123456789abcdef")
    'recompute-0123456789abcdef'
    """
    return f"{RECOMPUTE}-{calendar}"


def _digest(key: str, command: AnyCommand) -> str:
    whole = b"\0".join((key.encode(), codec.encode_command(command)))
    return hashlib.sha256(whole).hexdigest()
