"""The three-year district: built through the handle, packed, and unpacked again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import wire
from cli.play import Play
from cli.townsfolk import names, townsfolk
from engine import packed, streams
from engine.loading import Loading
from engine.packed import Packed
from engine.playing import Played, play
from engine.store import bulk, definitions, derived, facts, log
from simulation import district as invented
from simulation.arrivals import filing_of
from simulation.district import OWNERS, TODAY, TOWNSHIPS, Plan
from workflows.moments import local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from engine.clock import PushableClock
    from engine.packed import Header
    from engine.store.queries import Person
    from wire import Parts
    from workflows.catalogue.values import Catalogue

SHELF = 100  # projects in one packed shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a run of the builder did.

    Attributes:
        seconds: Of processor time.
    """

    projects: int
    orders: int
    refused: int
    events: int
    seconds: float


def people(catalogue: Catalogue) -> tuple[Person, ...]:
    """Return everyone of the district."""
    return tuple(townsfolk(catalogue, TOWNSHIPS, OWNERS, invented.reviewers_of))


def start(plan: Plan) -> datetime:
    """Return when the district's time begins: the day before its first project may come."""
    return TODAY - timedelta(days=(local_date(TODAY) - plan.first_day).days + 1)


def build(
    parts: Parts,
    clock: PushableClock,
    plan: Plan,
    told: Callable[[float], None],
    until: datetime = TODAY,
) -> Built:
    """Bring the district to TODAY, from wherever an earlier run stopped.

    Args:
        until: Or to an earlier instant.
        told: Told how much of the time has passed, from 0 to 1.
    """
    library = parts.library
    began = time.process_time()
    with bulk.in_bulk(parts.store):
        settle(parts, clock)
        with parts.new_uow() as uow:
            running = definitions.running(uow.connection)
            before = facts.versions(uow.connection)
        officers = wire.officers(parts.in_force)
        for case in invented.cases(plan, library.calendar):
            if case.code not in before and case.at <= until:
                officers.expect(filing_of(case, library.catalogue))
        officers.begin(map(parts.handle.project, running), clock.now())
        whole = until - start(plan)
        done = play(
            parts.handle, clock, officers, until, lambda at: told((at - start(plan)) / whole)
        )
        parts.outbox.skip()
    return _built(parts, before, done, time.process_time() - began)


def settle(parts: Parts, clock: PushableClock) -> None:
    """Have everybody come to live and work in the district, unless they are there."""
    parts.people.put(*people(parts.library.catalogue))
    parts.naming.put(*names(TOWNSHIPS, OWNERS))
    Play(parts=parts, clock=clock).staff(TOWNSHIPS)


def pack(parts: Parts, plan: Plan, file: Path, told: Callable[[float], None]) -> Header:
    """Write all projects of a database to a file: the running ones first, then the newest closed.

    Raises:
        ValueError: If their events were decided under several catalogues.
    """
    with parts.new_uow() as uow:
        heads = {
            stream.removeprefix(streams.PROJECT): number
            for stream, number, _ in log.heads(uow.connection)
            if stream.startswith(streams.PROJECT)
        }
        running = set(definitions.running(uow.connection))
    closed = sorted(heads.keys() - running, reverse=True)
    shelves = [
        *((f"running-{at}", True, chunk) for at, chunk in enumerate(_chunks(sorted(running)))),
        *((f"closed-{at}", False, chunk) for at, chunk in enumerate(_chunks(closed))),
    ]
    file.parent.mkdir(parents=True, exist_ok=True)

    def whole() -> Iterator[packed.Given]:
        for at, (name, runs, codes) in enumerate(shelves):
            yield name, runs, [_log(parts, code) for code in codes]
            told((at + 1) / len(shelves))

    return packed.write(
        file,
        whole(),
        until=parts.clock.now(),
        catalogue=parts.library.catalogue.hash,
        origin={"projects": plan.projects, "years": plan.years, "seed": plan.seed},
    )


def loading(
    parts: Parts, file: Path = wire.DISTRICT, left: Mapping[str, int] = MappingProxyType({})
) -> Loading | None:
    """Return what is packed, on its way into the database; None where it does not fit.

    It does not where the catalogue was changed since: then it is for `build` to make it again.

    Args:
        left: Projects that come up to the event of this number only; see `Loading`.
    """
    if not file.exists():
        return None
    found = Loading(parts.new_uow, parts.in_force, Packed(file), left)
    return found if found.fits else None


def unpack(
    parts: Parts,
    clock: PushableClock,
    found: Loading,
    told: Callable[[float], None],
    *,
    closed: bool = True,
) -> None:
    """Load the district into a database that nobody serves yet, and set the clock.

    Args:
        closed: Load the closed projects too; else only those that run.
        told: Told how much is done, from 0 to 1.
    """
    shelves = [shelf for shelf in found.shelves if closed or shelf.running]
    whole, done = sum(shelf.events for shelf in shelves), 0

    def tell(events: int) -> None:
        nonlocal done
        done += events
        told(done / whole)

    with bulk.in_bulk(parts.store):
        settle(parts, clock)
        for shelf in shelves:
            found.load(shelf, tell)
        if parts.store.engine.dialect.name != "sqlite":
            parts.outbox.skip()
    clock.push_to(max(found.until, clock.now()))


def _built(parts: Parts, before: Mapping[str, int], done: Played, seconds: float) -> Built:
    with parts.new_uow() as uow:
        after = facts.versions(uow.connection)
    return Built(
        projects=len(after),
        orders=done.done,
        refused=done.refused,
        events=sum(after.values()) - sum(before.values()),
        seconds=seconds,
    )


def _log(parts: Parts, code: str) -> packed.Bare:
    stream = streams.of_project(code)
    with parts.new_uow() as uow:
        return log.envelopes(uow.connection, stream), derived.texts(uow.connection, stream)


def _chunks(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(codes), SHELF):
        yield codes[at : at + SHELF]
