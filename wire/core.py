"""What all parts of an office are built on: its database, its clocks, its handle, its facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine import importing
from engine.aside import Aside
from engine.clock import SharedClock, SystemClock
from engine.facts import FactBook
from engine.files import Files
from engine.following import Following
from engine.forecasts import Forecasting
from engine.handle import Handle
from engine.importing import ImportLog
from engine.in_force import InForce
from engine.leases import Leases
from engine.people import People
from engine.store import moments
from engine.store.opening import open_store, prepare
from engine.unit_of_work import UnitOfWork
from wire import simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from engine.clock import Clock
    from engine.settings import Settings
    from engine.store.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What all parts of an office are built on.

    Attributes:
        time: The office's clock; a demonstration's stands until it is pushed.
        machine: Never stands: leases, pauses and jobs go by it.
        files: What owners handed in.
        logs: Event logs of other systems that were handed in.
    """

    settings: Settings
    store: Store
    new_uow: Callable[[], UnitOfWork]
    time: Clock
    machine: Clock
    known: InForce
    handle: Handle
    people: People
    following: Following
    leases: Leases
    book: FactBook
    files: Files
    logs: Files
    imports: ImportLog
    forecasting: Forecasting
    aside: Aside


def core(settings: Settings, clock: Clock | None) -> Core:
    """Open the database and return what stands on it alone; errors as `assemble`."""
    store = open_store(settings)
    prepare(store)
    new_uow = partial(UnitOfWork, store)
    machine = clock_of(store, new_uow)
    time = clock or machine
    known = InForce(new_uow, time, pace=SystemClock())
    handle = Handle(new_uow, time, known, settings.rules)
    following = Following(new_uow, time, handle, known)
    book = FactBook(new_uow, time, known, handle.project)
    logs = Files(Path(settings.files) / "logs", settings.file_limit, importing.judged)
    return Core(
        settings=settings,
        store=store,
        new_uow=new_uow,
        time=time,
        machine=machine,
        known=known,
        handle=handle,
        people=People(new_uow, time),
        following=following,
        leases=Leases(new_uow, machine),
        book=book,
        files=_files(settings, known),
        logs=logs,
        imports=ImportLog(
            logs=logs,
            folder=Path(settings.files) / "logs" / "facts",
            calendar=lambda: known.current().calendar,
            machine=SystemClock(),
        ),
        forecasting=Forecasting(
            new_uow=new_uow,
            clock=time,
            book=book,
            handle=handle,
            following=following,
            known=known,
            replay=simulated.replay,
            foresee=simulated.foresee,
        ),
        aside=Aside(settings.niceness),
    )


def clock_of(store: Store, new_uow: Callable[[], UnitOfWork]) -> Clock:
    """Return the clock that an office goes by: a server's database has one for all processes."""
    if store.engine.dialect.name == "sqlite":
        return SystemClock()

    def ask() -> datetime:
        with new_uow() as uow:
            return moments.now(uow.connection)

    clock = SharedClock(ask)
    clock.now()  # from now on it tells the time also while the database is away
    return clock


def _files(settings: Settings, known: InForce) -> Files:
    """Return the owners' files; a demonstration makes its simulated owners' files when opened."""
    folder = Path(settings.files)
    if not settings.demo:
        return Files(folder, settings.file_limit)
    return Files(folder, settings.file_limit, made=partial(simulated.specimen, known))
