"""Brings packed logs into a database, as they were: sealed again, with everything derived of them.

No rule is asked: what the log says was decided when it was made. It comes before everything that
happens in the database itself, so that nobody is told of it as news.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine import streams
from engine.envelope import NOTHING, Circumstances, Envelope, chain
from engine.handle import entry_of
from engine.rebuild import NOBODY, made_of
from engine.store import facts
from engine.store.jobs import Line
from engine.store.port import Writes
from workflows import changes, codec, rows
from workflows.events import Event
from workflows.evolve import evolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from engine.in_force import InForce
    from engine.packed import Log, Packed, Shelf
    from engine.unit_of_work import UnitOfWork
    from workflows.project import Project

HISTORY, AT_LAST = "history", "figures"
_NOTHING_LEFT: Mapping[str, int] = MappingProxyType({})


class Loading:
    """Packed logs on their way into one database."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        known: InForce,
        packed: Packed,
        left: Mapping[str, int] = _NOTHING_LEFT,
    ) -> None:
        """Load nothing yet.

        Args:
            left: Projects that come up to the event of this number only: the rest is left to
                whoever works in the database.
        """
        self._new_uow = new_uow
        self._known = known
        self._packed = packed
        self._left = left

    @property
    def fits(self) -> bool:
        """Tell whether the logs were made under the catalogue that this program is shipped with."""
        return self._packed.header.catalogue == self._known.shipped.hash

    @property
    def until(self) -> datetime:
        """Return when the logs end."""
        return self._packed.header.until

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """Return what there is to load, in order."""
        return self._packed.header.shelves

    def load(self, shelf: Shelf, told: Callable[[int], None] = lambda _: None) -> int:
        """Load the projects of a shelf that are not there, and return how many that were.

        Args:
            told: Told after each project how many events it has.
        """
        place = self._place(shelf)
        with self._new_uow() as uow:
            there = facts.versions(uow.connection)
        loaded = 0
        for log in self._packed.logs(shelf):
            if log.code not in there:
                self._put(self._begun(log), place)
                loaded += 1
            place += len(log.events)
            told(len(log.events))
        return loaded

    def _begun(self, log: Log) -> Log:
        """Return a log as far as it is to be loaded, with the texts behind those events.

        Whoever goes on there says the rest again, in notes of the same references.
        """
        if log.code not in self._left:
            return log
        events = log.events[: self._left[log.code]]
        bodies = "".join(each.body for each in events)
        texts = tuple(each for each in log.texts if each.ref in bodies)
        return replace(log, events=events, texts=texts)

    def _place(self, shelf: Shelf) -> int:
        """Return before which row a shelf begins: the last event of the last one has row -1."""
        place = -self._packed.header.events
        for each in self.shelves:
            if each.name == shelf.name:
                break
            place += each.events
        return place

    def _put(self, log: Log, place: int) -> None:
        library = self._known.current()
        stream = streams.of_project(log.code)
        project, envelopes = sealed(log, self._packed.header.catalogue)
        with self._new_uow() as uow:
            uow.load(stream, *NOBODY)
            self._known.keep(uow.connection, project.catalogue, project.filed_at)
            uow.save(
                Writes(
                    envelopes=envelopes,
                    head=streams.head(envelopes[-1], library.packing.pack(project)),
                    recorded=None,
                    difference=changes.difference(rows.Rows({}), made_of(project, library)),
                    texts=log.texts,
                    place=place,
                )
            )
            uow.commit()


class History:
    """A job: the closed projects of a demonstration, while the running ones are looked at."""

    def __init__(self, loading: Callable[[], Loading], at_last: Callable[[], None]) -> None:
        """Read nothing yet.

        Args:
            at_last: Makes what is told of all projects at once, such as figures by month.
        """
        self._loading = loading
        self._at_last = at_last

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002 - the port's signature
        """Return the shelves, and what comes last."""
        return (*(shelf.name for shelf in self._loading().shelves), AT_LAST)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:  # noqa: ARG002 - as above
        """Load a shelf; the second time nothing is missing."""
        if line == AT_LAST:
            self._at_last()
            return Line(line=line, ok=True, detail={"projects": 0})
        loading = self._loading()
        shelf = next(each for each in loading.shelves if each.name == line)
        return Line(line=line, ok=True, detail={"projects": loading.load(shelf)})


def sealed(log: Log, catalogue: str) -> tuple[Project, tuple[Envelope, ...]]:
    """Return the project that a log adds up to, and its events sealed and chained anew."""
    project: Project | None = None
    envelopes: list[Envelope] = []
    number, previous = 0, NOTHING
    for command, group in groupby(log.events, key=attrgetter("command")):
        events = []
        for said in group:
            number += 1
            event = Event(
                number=number,
                happened_at=said.happened_at,
                recorded_at=said.recorded_at,
                actor=said.actor,
                body=codec.decode(said.kind, said.version, said.body.encode()),  # type: ignore[arg-type]
            )
            project = evolve(project, event)
            events.append(event)
        if project is None:
            raise ValueError(f"{log.code} has no events")
        at = Circumstances(
            stream=streams.of_project(log.code), command=command, catalogue=catalogue
        )
        envelopes += chain(at, previous, _entries(events, project))
        previous = envelopes[-1].hash
    if project is None:
        raise ValueError(f"{log.code} has no events")
    return project, tuple(envelopes)


def _entries(events: Iterable[Event], after: Project) -> Iterable[Any]:
    return (entry_of(event, after) for event in events)
