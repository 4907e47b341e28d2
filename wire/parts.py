"""The running office: everything that an edge may call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.companion import Companion
from engine.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.accounts import Accounts
    from engine.addresses import Addresses
    from engine.adjustments import Adjustments
    from engine.aside import Aside
    from engine.audit import Audit
    from engine.bulk import Bulk
    from engine.clock import Clock
    from engine.correspondence import Correspondence
    from engine.credits import Credits
    from engine.external import ExternalTasks
    from engine.facts import FactBook
    from engine.files import Files
    from engine.following import Following
    from engine.forecasts import Forecasting, Forecasts
    from engine.handle import Handle
    from engine.housekeeping import Schedule
    from engine.importing import ImportLog
    from engine.in_force import InForce
    from engine.jobs import Jobs
    from engine.leases import Leases
    from engine.library import Library
    from engine.links import Links
    from engine.naming import Naming
    from engine.outbox import Outbox
    from engine.people import People
    from engine.personal import Personal
    from engine.rosters import Rosters
    from engine.sessions import Sessions
    from engine.settings import Settings
    from engine.store.port import Store
    from engine.tidings import Inboxes
    from engine.timers import Timers
    from engine.unit_of_work import UnitOfWork
    from engine.webhooks import Webhooks


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
