"""The ways out of an office that its settings name: letters, webhooks, the log."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING

from engine.outbox import LogSender
from engine.outward import Courier, Gate, reachable
from engine.tidings import InboxSender, MailSender, SmtpMailer

if TYPE_CHECKING:
    from engine.outbox import Sender
    from engine.settings import Settings
    from wire.core import Core


def courier(settings: Settings) -> Courier:
    """Return who carries webhooks, and where to: nowhere unless origins are listed."""
    networks = tuple(map(ip_network, settings.webhook_networks))
    return Courier(Gate(settings.webhook_origins, partial(reachable, networks=networks)))


def senders(core: Core) -> tuple[Sender, ...]:
    """Return the ways out that the settings name; the inbox is always one."""
    settings, new_uow, time = core.settings, core.new_uow, core.time
    found: list[Sender] = [InboxSender(new_uow=new_uow, time=time)]
    if settings.outbox == "log":
        found.append(LogSender())
    if settings.smtp:
        post = mailer(settings)
        found.append(MailSender(new_uow=new_uow, time=time, mailer=post, address=settings.address))
    return tuple(found)


def mailer(settings: Settings) -> SmtpMailer:
    """Return who hands letters to the mail server of the settings."""
    return SmtpMailer(settings.smtp, settings.smtp_password, settings.mail_from)
