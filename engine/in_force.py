"""What is in force: catalogue and nets by date and by project, the calendar with its notices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from engine import editions, streams
from engine.errors import UnknownDefinitionError
from engine.library import Library
from engine.store import definitions, log
from workflows import adjustment, notices
from workflows.calendar import shipped as shipped_calendar
from workflows.catalogue.blend import blend
from workflows.moments import local_date
from workflows.project import ProjectStatus
from workflows.snapshot import Packing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bpmn.net import Net
    from engine.clock import Clock
    from engine.editions import Edition
    from engine.store.port import Connection
    from engine.unit_of_work import UnitOfWork
    from workflows.adjustment import Versions
    from workflows.calendar import Calendar
    from workflows.notices import Notices
    from workflows.project import Project

# How long what another process adopted may go unseen: a version or notice for today, once a day.
LOOK_AGAIN = timedelta(seconds=2)
MOST_BLENDS = 64
STAGE = "stage_"
_Pins = tuple[tuple[str, str], ...]  # (process id, net hash)


class Source(Protocol):
    """Where the handle asks for what the rules know by heart; a Library is one that stands."""

    def current(self) -> Library:
        """Return what is in force today."""

    def of(self, project: Project | None) -> Library:
        """Return what *project* runs under; None = a new one."""

    def following(self, project: Project | None) -> str | None:
        """Return the catalogue that *project* has yet to follow, by hash."""

    def under(self, project: Project, catalogue: str) -> Library:
        """Return what *project* would run under with that *catalogue*."""

    def keep(self, connection: Connection, catalogue: str, now: datetime) -> None:
        """Store the catalogue and its definitions, unless they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The two streams as they were read last."""

    versions: Versions
    notices: Notices
    calendar: Calendar
    looked_at: datetime


class InForce:
    """What is in force, kept up with the streams `catalogue` and `calendar`; for any thread."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        pace: Clock | None = None,
        shipped: Edition | None = None,
    ) -> None:
        """Keep where to read; nothing is read yet.

        Args:
            pace: By which to look again for what other processes adopted; by default *clock*,
                which may stand still in a demonstration.
            shipped: What holds while nothing is adopted; by default the program's own.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._pace = pace or clock
        self._shipped = shipped or editions.shipped()
        self._editions: dict[str, Edition] = {self._shipped.hash: self._shipped}
        self._nets: dict[str, Net] = _by_hash(self._shipped)
        self._packing = Packing(self._shipped.catalogue, self._nets)
        self._libraries: dict[tuple[str, _Pins, str], Library] = {}
        self._kept: set[str] = set()
        self._seen: _Seen | None = None
        self._lock = RLock()

    @property
    def versions(self) -> Versions:
        """Return every adopted catalogue."""
        return self._look().versions

    @property
    def notices(self) -> Notices:
        """Return every adopted notice."""
        return self._look().notices

    @property
    def shipped(self) -> Edition:
        """Return what holds while nothing is adopted."""
        return self._shipped

    def refresh(self) -> None:
        """Forget what was seen, so that the next question reads the streams."""
        with self._lock:
            self._seen = None

    def current(self) -> Library:
        """Return what is in force today."""
        return self.on(local_date(self._clock.now()))

    def on(self, day: date) -> Library:
        """Return what is in force on *day*, as far as it is known now."""
        seen = self._look()
        return self._library(seen, self._hash_on(seen, day), ())

    def of(self, project: Project | None) -> Library:
        """Return what *project* runs under; None = a new one.

        Raises:
            UnknownDefinitionError: If its catalogue or a net is not to be found.
        """
        if project is None:
            return self.current()
        return self._library(self._look(), project.catalogue, _pins(project))

    def following(self, project: Project | None) -> str | None:
        """Return the catalogue that *project* has yet to follow, by hash; None = it need not."""
        if project is None or project.status is not ProjectStatus.RUNNING:
            return None
        now = self._hash_on(self._look(), local_date(self._clock.now()))
        return None if project.catalogue == now else now

    def under(self, project: Project, catalogue: str) -> Library:
        """Return what *project* would run under with that *catalogue*, its stages as drawn."""
        return self._library(self._look(), catalogue, _pins(project))

    def keep(self, connection: Connection, catalogue: str, now: datetime) -> None:
        """Store a catalogue and its definitions, unless they are."""
        if catalogue in self._kept:
            return
        if definitions.stored(connection, (catalogue,)):  # by a transaction before this one
            self._kept.add(catalogue)
            return
        definitions.put(connection, editions.rows(self.edition(catalogue)), now)

    def calendar_at(self, moment: datetime) -> Calendar:
        """Return the calendar with the notices that had been recorded at *moment*."""
        with self._new_uow() as uow:
            found = read_notices(uow.connection, moment)
        return notices.calendar(found) if found.number else shipped_calendar()

    def edition(self, hash_: str) -> Edition:
        """Return the edition of a catalogue, shipped or stored.

        Raises:
            UnknownDefinitionError: If there is none.
        """
        with self._lock:
            if hash_ not in self._editions:
                with self._new_uow() as uow:
                    content = definitions.content(uow.connection, hash_)
                if content is None:
                    raise UnknownDefinitionError(hash=hash_)
                self.add(editions.unpacked(hash_, content))
                self._kept.add(hash_)
            return self._editions[hash_]

    def at_hand(self, hash_: str) -> Edition | None:
        """Return an edition that was read or drawn before; None = it is not at hand."""
        return self._editions.get(hash_)

    def add(self, edition: Edition) -> None:
        """Have *edition* at hand."""
        with self._lock:
            if edition.hash in self._editions:
                return
            self._editions[edition.hash] = edition
            self._nets = {**self._nets, **_by_hash(edition)}
            self._packing = Packing(self._shipped.catalogue, self._nets)
            self._libraries.clear()

    def _hash_on(self, seen: _Seen, day: date) -> str:
        version = seen.versions.in_force(day)
        return self._shipped.hash if version is None else version.catalogue

    def _look(self) -> _Seen:
        seen = self._seen
        if seen is not None and self._is_fresh(seen):
            return seen  # without the lock: whoever looks again puts a whole value in its place
        with self._lock:
            seen = self._seen
            if seen is not None and self._is_fresh(seen):
                return seen
            with self._new_uow() as uow:
                found = _read(uow.connection, seen, self._pace.now())
            self._seen = found
            return found

    def _is_fresh(self, seen: _Seen) -> bool:
        return abs(self._pace.now() - seen.looked_at) < LOOK_AGAIN

    def _library(self, seen: _Seen, hash_: str, pins: _Pins) -> Library:
        key = (hash_, pins, seen.calendar.version)
        found = self._libraries.get(key)
        if found is not None:
            return found
        with self._lock:
            made = self._made(hash_, pins, seen)
            if len(self._libraries) >= MOST_BLENDS:
                self._libraries.clear()
            self._libraries[key] = made
            return made

    def _made(self, hash_: str, pins: _Pins, seen: _Seen) -> Library:
        edition = self.edition(hash_)
        drawn = edition.in_force
        older = {
            process: self._by_net(process, net, seen)
            for process, net in pins
            if drawn.get(process) != net
        }
        pinned = {
            int(process.removeprefix(STAGE)): each.catalogue
            for process, each in older.items()
            if process.startswith(STAGE)
        }
        return Library(
            catalogue=blend(edition.catalogue, pinned),
            nets=MappingProxyType(self._nets),
            in_force=MappingProxyType({**drawn, **dict(pins)}),
            calendar=seen.calendar,
            shared=self._packing,
        )

    def _by_net(self, process: str, net: str, seen: _Seen) -> Edition:
        """Return the newest edition that draws *process* as *net*."""
        for version in reversed(seen.versions.adopted):
            if version.nets.get(process) == net:
                return self.edition(version.catalogue)
        if self._shipped.in_force.get(process) == net:
            return self._shipped
        with self._new_uow() as uow:
            content = definitions.content(uow.connection, net)
        if content is None:
            raise UnknownDefinitionError(hash=net)
        return self.edition(content.decode())


def _read(connection: Connection, seen: _Seen | None, now: datetime) -> _Seen:
    """Read what is new; the two heads tell whether anything is."""
    numbers = definitions.numbers(connection, (streams.CATALOGUE, streams.CALENDAR))
    versions = numbers.get(streams.CATALOGUE, 0)
    days = numbers.get(streams.CALENDAR, 0)
    if seen is not None and (seen.versions.number, seen.notices.number) == (versions, days):
        return replace(seen, looked_at=now)
    found = read_notices(connection) if days else notices.Notices()
    return _Seen(
        versions=read_versions(connection) if versions else adjustment.Versions(),
        notices=found,
        calendar=notices.calendar(found) if days else shipped_calendar(),
        looked_at=now,
    )


def read_versions(connection: Connection) -> Versions:
    """Return what the stream `catalogue` adds up to."""
    versions = adjustment.Versions()
    for envelope in log.envelopes(connection, streams.CATALOGUE):
        body = envelope.content
        if isinstance(body, adjustment.CatalogueAdopted):
            versions = adjustment.evolve(versions, envelope.number, body)
    return versions


def read_notices(
    connection: Connection, until: datetime | None = None, last: int | None = None
) -> Notices:
    """Return what the stream `calendar` adds up to, or did at *until* or after event *last*."""
    found = notices.Notices()
    for envelope in log.envelopes(connection, streams.CALENDAR, last=last):
        body = envelope.content
        early = until is None or envelope.recorded_at <= until
        if early and isinstance(body, notices.NoticeAdopted):
            found = notices.evolve(found, envelope.number, body)
    return found


def _pins(project: Project) -> _Pins:
    """Return the nets that *project* is bound to: its lifecycle's, and its stages' first runs'."""
    nets = {"lifecycle": project.lifecycle}
    for run in sorted(project.runs.values(), key=lambda run: (run.stage, run.opened_at, run.unit)):
        nets.setdefault(f"{STAGE}{run.stage}", run.net)
    return tuple(sorted(nets.items()))


def _by_hash(edition: Edition) -> dict[str, Net]:
    return {net.hash: net for net in edition.nets.values()}
