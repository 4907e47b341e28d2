"""Builds the running office from its settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from engine.accounts import Accounts
from engine.addresses import ASK_ADDRESS, Addresses
from engine.adjustments import Adjustments
from engine.audit import Audit
from engine.bulk import Bulk
from engine.correspondence import Correspondence
from engine.credits import Credits
from engine.external import ExternalTasks
from engine.forecasts import Forecasts
from engine.housekeeping import Schedule
from engine.jobs import Jobs
from engine.links import Links
from engine.naming import Naming
from engine.outbox import Outbox
from engine.passwords import Hasher
from engine.personal import Personal
from engine.rosters import Rosters
from engine.sessions import Sessions
from engine.tidings import Inboxes
from engine.timers import Timers
from engine.webhooks import Webhooks
from wire import outward
from wire.core import core
from wire.kinds import EVERY_DAY, kinds
from wire.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.clock import Clock
    from engine.settings import Settings
    from engine.store.port import Connection
    from wire.core import Core


def assemble(settings: Settings, clock: Clock | None = None) -> Parts:
    """Return the office that *settings* describe, on a database that is ready for it.

    Raises:
        EngineError: If the database cannot be used: unreachable, unsafe, of another version.
        CatalogueError, BpmnError: If what is shipped is broken.
    """
    base = core(settings, clock)
    known_kinds = kinds(base)
    jobs = Jobs(base.new_uow, base.machine, known_kinds)
    audit = Audit(base.new_uow, base.time, settings.audit_days)
    webhooks = Webhooks(base.new_uow, base.machine, outward.courier(settings))
    ask = partial(_ask, jobs) if ASK_ADDRESS in known_kinds else None
    schedule = [kind for kind in EVERY_DAY if kind in known_kinds]
    return Parts(
        settings=settings if settings.secret else replace(settings, secret=token_urlsafe()),
        clock=base.time,
        in_force=base.known,
        store=base.store,
        new_uow=base.new_uow,
        handle=base.handle,
        files=base.files,
        logs=base.logs,
        imports=base.imports,
        people=base.people,
        following=base.following,
        leases=base.leases,
        facts=base.book,
        forecasting=base.forecasting,
        aside=base.aside,
        audit=audit,
        webhooks=webhooks,
        jobs=jobs,
        schedule=Schedule(jobs, base.machine, schedule),
        bulk=Bulk(base.new_uow, base.machine, jobs),
        outbox=Outbox(
            base.new_uow, base.machine, base.leases, outward.senders(base), webhooks.senders
        ),
        external=ExternalTasks(base.new_uow, base.machine),
        accounts=Accounts(base.new_uow, base.time, Hasher()),
        sessions=_sessions(settings, base),
        personal=Personal(base.new_uow, base.time, audit),
        adjustments=Adjustments(base.new_uow, base.time, base.known, jobs),
        naming=Naming(base.new_uow, base.time),
        rosters=Rosters(base.new_uow, base.time, base.known),
        credits=Credits(base.new_uow, base.time, base.known),
        timers=Timers(base.new_uow, base.time, base.handle),
        links=Links(base.new_uow, base.time),
        inboxes=Inboxes(base.new_uow, base.time),
        addresses=Addresses(base.new_uow, base.time, ask),
        correspondence=Correspondence(base.new_uow, base.time),
        forecasts=Forecasts(base.new_uow, base.book),
    )


def _sessions(settings: Settings, base: Core) -> Sessions:
    return Sessions(
        base.new_uow,
        base.time,
        lifetime=timedelta(hours=settings.session_hours),
        idle=timedelta(minutes=settings.idle_minutes),
    )


def _ask(jobs: Jobs, connection: Connection, identity: str, parameters: Mapping[str, Any]) -> bool:
    """Have a letter ask for an address, once."""
    return jobs.put_once(connection, identity, ASK_ADDRESS, parameters)
