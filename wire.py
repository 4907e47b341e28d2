"""Puts the parts together, for the web, the command line and tests alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from ipaddress import ip_network
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from engine import importing
from engine.accounts import Accounts
from engine.addresses import ASK_ADDRESS, Addresses, AskAddress
from engine.adjustments import Adjustments
from engine.aside import Aside
from engine.audit import Audit
from engine.bulk import Bulk
from engine.clock import PushableClock, SharedClock, SystemClock
from engine.companion import Companion
from engine.correspondence import Correspondence
from engine.credits import Credits
from engine.defaults import DEFAULTS, Defaults
from engine.external import ExternalTasks
from engine.facts import FactBook
from engine.files import Files
from engine.following import Following
from engine.forecasts import FORECAST, Forecasting, Forecasts
from engine.handle import Handle
from engine.housekeeping import HEADS, PRUNE, ExportHeads, Prune, Schedule, shelves
from engine.importing import IMPORT, ImportLog
from engine.in_force import InForce
from engine.jobs import Jobs
from engine.kinds import COMMANDS, REBUILD, RECOMPUTE, Commands, Rebuild, Recompute
from engine.leases import Leases
from engine.library import shipped
from engine.links import Links
from engine.loading import HISTORY, History, Loading
from engine.naming import Naming
from engine.outbox import LogSender, Outbox
from engine.outward import Courier, Gate, reachable
from engine.packed import Packed
from engine.passwords import Hasher
from engine.people import People
from engine.personal import Personal
from engine.playing import PLAY, Playing
from engine.reminders import REMINDERS, Reminders
from engine.roll_up import ROLL_UP, RollUp
from engine.rosters import Rosters
from engine.sessions import Sessions
from engine.store import moments, queries
from engine.store.opening import open_store, prepare
from engine.sweeping import SWEEP, Sweep
from engine.tidings import Inboxes, InboxSender, MailSender, SmtpMailer
from engine.timers import Timers
from engine.unit_of_work import UnitOfWork
from engine.webhooks import Webhooks
from engine.what_if import LEVERS, WHAT_IF, WhatIf
from engine.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from analysis.columns import Columns
    from analysis.expected import Calibration, Expected
    from api import Application
    from engine.clock import Clock
    from engine.forecasts import Outlines
    from engine.kind import Kind
    from engine.library import Library
    from engine.outbox import Sender
    from engine.settings import Settings
    from engine.store.port import Connection, Store
    from simulation.journey import Order
    from simulation.officers import Officers
    from workflows.catalogue.values import Catalogue
    from workflows.project import Project

DISTRICT = Path(__file__).resolve().parent / "district" / "three_years.abreast"
# The kinds of jobs that the worker queues by itself.
_EVERY_DAY = (DEFAULTS, REMINDERS, PRUNE, HEADS, SWEEP, ROLL_UP, FORECAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A running office: everything that an edge may call."""

    settings: Settings
    clock: Clock
    in_force: InForce
    store: Store
    new_uow: Callable[[], UnitOfWork]
    handle: Handle
    people: People
    accounts: Accounts
    sessions: Sessions
    audit: Audit
    personal: Personal
    naming: Naming
    rosters: Rosters
    credits: Credits
    adjustments: Adjustments
    following: Following
    files: Files
    logs: Files
    imports: ImportLog
    timers: Timers
    jobs: Jobs
    schedule: Schedule
    outbox: Outbox
    leases: Leases
    bulk: Bulk
    webhooks: Webhooks
    external: ExternalTasks
    links: Links
    inboxes: Inboxes
    addresses: Addresses
    correspondence: Correspondence
    facts: FactBook
    forecasts: Forecasts
    forecasting: Forecasting
    aside: Aside
    companion: Companion = field(default_factory=Companion)

    def worker(self, holder: str) -> Worker:
        """Return a worker called *holder*: what there is to do beside answering."""
        return Worker(holder, self.timers, self.jobs, self.outbox, self.leases, self.schedule)

    @property
    def library(self) -> Library:
        """Return what is in force today; see `in_force` for what a project runs under."""
        return self.in_force.current()

    def close(self) -> None:
        """Give the database connections back; the parts are of no use after it."""
        self.aside.close()
        self.store.engine.dispose()


def assemble(settings: Settings, clock: Clock | None = None) -> Parts:
    """Return the office that *settings* describe, on a database that is ready for it.

    Raises:
        EngineError: If the database cannot be used: unreachable, unsafe, of another version.
        CatalogueError, BpmnError: If what is shipped is broken.
    """
    store = open_store(settings)
    prepare(store)
    new_uow = partial(UnitOfWork, store)
    # Leases and pauses run by a clock that never stands, as a demonstration's may.
    machine = clock_of(store, new_uow)
    time = clock or machine
    known = InForce(new_uow, time, pace=SystemClock())
    handle = Handle(new_uow, time, known, settings.rules)
    people = People(new_uow, time)
    audit = Audit(new_uow, time, settings.audit_days)
    following = Following(new_uow, time, handle, known)
    leases = Leases(new_uow, machine)
    webhooks = Webhooks(new_uow, machine, _courier(settings))
    book = FactBook(new_uow, time, known, handle.project)
    files = _files(settings, known)
    logs = Files(Path(settings.files) / "logs", settings.file_limit, importing.judged)
    imports = ImportLog(
        logs=logs,
        folder=Path(settings.files) / "logs" / "facts",
        calendar=lambda: known.current().calendar,
        machine=SystemClock(),
    )
    forecasting = Forecasting(
        new_uow=new_uow,
        clock=time,
        book=book,
        handle=handle,
        following=following,
        known=known,
        replay=_replay,
        foresee=_foresee,
    )
    aside = Aside(settings.niceness)
    kinds: dict[str, Kind] = {
        IMPORT: imports,
        RECOMPUTE: Recompute(following=following),
        REBUILD: Rebuild(new_uow=new_uow, library=known.current),
        COMMANDS: Commands(handle=handle, people=people),
        ROLL_UP: RollUp(new_uow=new_uow, clock=time, book=book),
        FORECAST: forecasting,
        REMINDERS: Reminders(new_uow=new_uow, clock=time, handle=handle),
        SWEEP: Sweep(new_uow=new_uow, files=files, machine=SystemClock()),
        WHAT_IF: _simulated(aside, known, "batches", "batch"),
        LEVERS: _simulated(aside, known, "lever_batches", "lever_batch"),
        **_daily(settings, new_uow, time, machine),
    }
    if settings.rules.overdue_default:
        kinds[DEFAULTS] = Defaults(new_uow=new_uow, clock=time, handle=handle)
    if settings.demo and isinstance(clock, PushableClock):
        kinds |= _demonstration(new_uow, handle, clock, known, (book.roll_up, forecasting.make))
    if settings.smtp:
        kinds[ASK_ADDRESS] = AskAddress(
            new_uow=new_uow, time=time, mailer=_mailer(settings), address=settings.address
        )
    jobs = Jobs(new_uow, machine, kinds)
    return Parts(
        settings=settings if settings.secret else replace(settings, secret=token_urlsafe()),
        clock=time,
        in_force=known,
        store=store,
        new_uow=new_uow,
        handle=handle,
        files=files,
        logs=logs,
        imports=imports,
        people=people,
        accounts=Accounts(new_uow, time, Hasher()),
        sessions=Sessions(
            new_uow,
            time,
            lifetime=timedelta(hours=settings.session_hours),
            idle=timedelta(minutes=settings.idle_minutes),
        ),
        audit=audit,
        personal=Personal(new_uow, time, audit),
        following=following,
        adjustments=Adjustments(new_uow, time, known, jobs),
        naming=Naming(new_uow, time),
        rosters=Rosters(new_uow, time, known),
        credits=Credits(new_uow, time, known),
        timers=Timers(new_uow, time, handle),
        jobs=jobs,
        schedule=Schedule(jobs, machine, [kind for kind in _EVERY_DAY if kind in kinds]),
        outbox=Outbox(
            new_uow, machine, leases, _senders(settings, new_uow, time), webhooks.senders
        ),
        leases=leases,
        bulk=Bulk(new_uow, machine, jobs),
        webhooks=webhooks,
        external=ExternalTasks(new_uow, machine),
        links=Links(new_uow, time),
        inboxes=Inboxes(new_uow, time),
        addresses=Addresses(new_uow, time, partial(_ask, jobs) if ASK_ADDRESS in kinds else None),
        correspondence=Correspondence(new_uow, time),
        facts=book,
        forecasts=Forecasts(new_uow, book),
        forecasting=forecasting,
        aside=aside,
    )


def _demonstration(
    new_uow: Callable[[], UnitOfWork],
    handle: Handle,
    clock: PushableClock,
    known: InForce,
    at_last: tuple[Callable[[], None], ...],
) -> dict[str, Kind]:
    """Return the jobs of a demonstration: its past comes in, its people act.

    Args:
        at_last: What is to be made once all of the past is there.
    """

    def make() -> None:
        for each in at_last:
            each()

    return {
        HISTORY: History(lambda: Loading(new_uow, known, Packed(DISTRICT)), make),
        PLAY: Playing(
            new_uow,
            handle,
            clock,
            partial(_living_there, new_uow, known),
            partial(_arrivals, new_uow, known),
        ),
    }


def _files(settings: Settings, known: InForce) -> Files:
    """Return the owners' files; a demonstration makes its simulated owners' files when opened."""
    folder = Path(settings.files)
    if not settings.demo:
        return Files(folder, settings.file_limit)

    def made(digest: str) -> bytes | None:
        from simulation.specimens import specimens  # noqa: PLC0415 - most are never opened

        catalogues = (known.current().catalogue, shipped().catalogue)
        found = (specimens(each).get(digest) for each in catalogues)
        return next((each for each in found if each is not None), None)

    return Files(folder, settings.file_limit, made=made)


def officers(known: InForce, there: Container[str] | None = None) -> Officers:
    """Return the simulated people of the demonstration district, who know of no project yet.

    Args:
        there: Who of them lives in the part of the district that is there, and has visitors;
            None = all, among themselves.
    """
    from simulation import district  # noqa: PLC0415 - as below
    from simulation.officers import Officers as Simulated  # noqa: PLC0415 - as below
    from simulation.world import World  # noqa: PLC0415 - as below

    desks = district.desks(there)
    habits_of = district.habits_of if there is None else district.habits_beside_visitors
    people = cache(lambda code: (habits_of(code), district.luck_of(code)))

    def world_of(project: Project) -> World:
        library = known.of(project)
        habits, luck = people(project.code)
        return World(
            catalogue=library.catalogue,
            calendar=library.calendar,
            nets=library.nets,
            habits=habits,
            luck=luck,
            desks=frozenset(desks),
        )

    return Simulated(world_of, desks)


def _living_there(new_uow: Callable[[], UnitOfWork], known: InForce) -> Officers:
    """Return the simulated people whom the database knows: a small district has fewer."""
    with new_uow() as uow:
        people = queries.people(uow.connection)
    return officers(known, {each.id for each in people})


def _simulated(aside: Aside, known: InForce, parts: str, part: str) -> WhatIf:
    """Return what-if questions that the simulation answers aside, by two of its functions."""
    return WhatIf(
        library=known.current,
        batches=partial(aside.call, f"simulation.answers.{parts}"),
        answer=partial(aside.call, f"simulation.answers.{part}"),
    )


def _replay(columns: Columns, outlines: Outlines, catalogue: Catalogue) -> Calibration | None:
    """Have the simulation replay the past."""
    from simulation.calibration import calibrated  # noqa: PLC0415 - numba takes a while, most need none

    return calibrated(columns, outlines, catalogue)


def _foresee(
    columns: Columns, outlines: Outlines, catalogue: Catalogue, learned: Calibration | None
) -> tuple[Expected, ...]:
    """Have the simulation forecast the running projects."""
    from simulation.forecast import forecasts  # noqa: PLC0415 - as above

    return forecasts(columns, outlines, catalogue, learned)


def _arrivals(
    new_uow: Callable[[], UnitOfWork], known: InForce, since: datetime, until: datetime
) -> Iterator[Order]:
    """Yield the filings that come to the part of the demonstration district that is there."""
    from simulation.arrivals import coming, filing_of  # noqa: PLC0415 - as above

    with new_uow() as uow:
        townships = queries.townships(uow.connection)
        people = queries.people(uow.connection)
    library = known.current()
    organisations = {each.organisation for each in people if each.organisation is not None}
    for case in coming(since, until, townships, organisations, library.calendar):
        yield filing_of(case, library.catalogue)


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


def _daily(
    settings: Settings, new_uow: Callable[[], UnitOfWork], time: Clock, machine: Clock
) -> dict[str, Kind]:
    """Return the kinds of jobs that the worker queues by itself, once a day."""
    kept = shelves(time, machine, keys_days=settings.keys_days, sent_days=settings.sent_days)
    found: dict[str, Kind] = {PRUNE: Prune(new_uow=new_uow, shelves=kept)}
    if settings.heads_folder:
        found[HEADS] = ExportHeads(
            new_uow=new_uow,
            time=machine,
            folder=Path(settings.heads_folder),
            key=settings.heads_key,
        )
    return found


def _courier(settings: Settings) -> Courier:
    """Return who carries webhooks, and where to: nowhere unless origins are listed."""
    networks = tuple(map(ip_network, settings.webhook_networks))
    return Courier(Gate(settings.webhook_origins, partial(reachable, networks=networks)))


def _senders(
    settings: Settings, new_uow: Callable[[], UnitOfWork], time: Clock
) -> tuple[Sender, ...]:
    """Return the ways out that the settings name; the inbox is always one."""
    found: list[Sender] = [InboxSender(new_uow=new_uow, time=time)]
    if settings.outbox == "log":
        found.append(LogSender())
    if settings.smtp:
        found.append(
            MailSender(
                new_uow=new_uow, time=time, mailer=_mailer(settings), address=settings.address
            )
        )
    return tuple(found)


def _mailer(settings: Settings) -> SmtpMailer:
    return SmtpMailer(settings.smtp, settings.smtp_password, settings.mail_from)


def _ask(jobs: Jobs, connection: Connection, identity: str, parameters: Mapping[str, Any]) -> bool:
    """Have a letter ask for an address, once."""
    return jobs.put_once(connection, identity, ASK_ADDRESS, parameters)


def web(parts: Parts) -> Application:
    """Return the web application on top of *parts*."""
    from api import create_app  # noqa: PLC0415 - Flask takes a while, most commands need none

    return create_app(parts)


def end_streams(application: Application) -> None:
    """Have the live pages of an application end: its process is about to."""
    from api.live import doors  # noqa: PLC0415 - as above

    doors(application).closing.set()
