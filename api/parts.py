"""What the interface is given by wire/, and how a view reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.accounts import Accounts
    from engine.addresses import Addresses
    from engine.adjustments import Adjustments
    from engine.audit import Audit
    from engine.bulk import Bulk
    from engine.clock import Clock
    from engine.companion import Companion
    from engine.correspondence import Correspondence
    from engine.credits import Credits
    from engine.external import ExternalTasks
    from engine.facts import FactBook
    from engine.files import Files
    from engine.following import Following
    from engine.forecasts import Forecasts
    from engine.handle import Handle
    from engine.importing import ImportLog
    from engine.in_force import InForce
    from engine.jobs import Jobs
    from engine.library import Library
    from engine.links import Links
    from engine.naming import Naming
    from engine.outbox import Outbox
    from engine.people import People
    from engine.personal import Personal
    from engine.rosters import Rosters
    from engine.sessions import Sessions
    from engine.settings import Settings
    from engine.tidings import Inboxes
    from engine.timers import Timers
    from engine.unit_of_work import UnitOfWork
    from engine.webhooks import Webhooks

_EXTENSION = "abreast"


class Parts(Protocol):
    """The running office, put together by wire/."""

    @property
    def handle(self) -> Handle:
        """Return the one way to change a project."""

    @property
    def new_uow(self) -> Callable[[], UnitOfWork]:
        """Return how to open a unit of work for reading."""

    @property
    def people(self) -> People:
        """Return the register of people and tokens."""

    @property
    def accounts(self) -> Accounts:
        """Return how people prove who they are."""

    @property
    def sessions(self) -> Sessions:
        """Return the browsers that are signed in."""

    @property
    def audit(self) -> Audit:
        """Return the trail of who read and changed what."""

    @property
    def personal(self) -> Personal:
        """Return what collects all that is kept of a person."""

    @property
    def credits(self) -> Credits:
        """Return how organisations stand."""

    @property
    def naming(self) -> Naming:
        """Return what townships and organisations are called."""

    @property
    def rosters(self) -> Rosters:
        """Return who may be given projects, by township."""

    @property
    def library(self) -> Library:
        """Return catalogue, nets and calendar in force."""

    @property
    def in_force(self) -> InForce:
        """Return what is in force at a date, and what a project runs under."""

    @property
    def adjustments(self) -> Adjustments:
        """Return the one way to change catalogue and calendar."""

    @property
    def following(self) -> Following:
        """Return what looks at and moves the running projects after an adjustment."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the process."""

    @property
    def logs(self) -> Files:
        """Return where logs of other systems lie until they are read."""

    @property
    def imports(self) -> ImportLog:
        """Return who reads them."""

    @property
    def files(self) -> Files:
        """Return the store of the files that owners hand in."""

    @property
    def jobs(self) -> Jobs:
        """Return the work in the background."""

    @property
    def bulk(self) -> Bulk:
        """Return the way in for many orders at once."""

    @property
    def timers(self) -> Timers:
        """Return what fires when its time has come."""

    @property
    def outbox(self) -> Outbox:
        """Return what goes out to others."""

    @property
    def webhooks(self) -> Webhooks:
        """Return who outside is told what happens."""

    @property
    def external(self) -> ExternalTasks:
        """Return which external system works on what."""

    @property
    def links(self) -> Links:
        """Return the links that speak for a person."""

    @property
    def addresses(self) -> Addresses:
        """Return where people get mail."""

    @property
    def inboxes(self) -> Inboxes:
        """Return what people are told."""

    @property
    def correspondence(self) -> Correspondence:
        """Return the notes between owners and agents."""

    @property
    def facts(self) -> FactBook:
        """Return the facts that reports read."""

    @property
    def forecasts(self) -> Forecasts:
        """Return what is expected of running projects."""

    @property
    def companion(self) -> Companion:
        """Return what knows of the worker within this process."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the process."""


def parts() -> Parts:
    """Return the parts of the application that serves this request."""
    return cast("Parts", current_app.extensions[_EXTENSION])
