"""Tells people what concerns them: in their inbox, and by mail where they asked for it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from engine.outbox import NotDeliveredError
from engine.receipts import once
from engine.store import tidings as store
from engine.store.tidings import Contact, Notice
from workflows.texts import text
from workflows.tidings import KINDS, Audience, tidings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from engine.clock import Clock
    from engine.envelope import Envelope
    from engine.outbox import Message
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.store.tidings import Parties
    from engine.unit_of_work import UnitOfWork
    from workflows.tidings import Tiding

_PROJECT = "project:"
_TIMEOUT = 10.0  # seconds for each wait on the mail server
# What is older when it is read is no news: an imported history, or a worker that was away for long.
FRESH = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One letter to one person."""

    id: str
    to: str
    subject: str
    body: str
    sent_at: datetime


class Mailer(Protocol):
    """A way for mail to leave the house."""

    def send(self, mail: Mail) -> None:
        """Send a letter; when it returns, the next server has it.

        Raises:
            NotDeliveredError: If it has not.
        """


class Inboxes:
    """What people are told, and what they have read."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock) -> None:
        """Keep where notices are stored and what time it is."""
        self._new_uow = new_uow
        self._clock = clock

    def page(
        self, person: str, *, unread: bool, after: store.NoticeCursor | None, limit: int
    ) -> tuple[tuple[Notice, ...], int]:
        """Return a page of a person's notices, the newest first, and how many are unread."""
        with self._new_uow() as uow:
            lines = store.listed(uow.connection, person, unread=unread, after=after, limit=limit)
            return lines, store.unread(uow.connection, person)

    def read(self, order: Order, ids: Sequence[str] | None) -> int:
        """Mark the sender's notices as read (None = all); return how many are still unread.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        now = self._clock.now()

        def read(connection: Connection) -> str:
            store.mark_read(connection, order.actor, now, ids)
            return str(store.unread(connection, order.actor))

        return int(once(self._new_uow, order, now, read))


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSender:
    """Writes what is news into the inboxes; a receiver of the outbox like any other."""

    new_uow: Callable[[], UnitOfWork]
    time: Clock
    name: str = "inbox"

    def wants(self, envelope: Envelope) -> bool:
        """Want what may be news to somebody."""
        return _is_news(envelope, self.time.now())

    def send(self, message: Message) -> None:
        """Write a notice for each person whom it concerns; the second time there is none left."""
        with self.new_uow() as uow:
            uow.begin()
            for each in notices(uow.connection, message.envelope):
                store.put(uow.connection, each)
            uow.commit()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSender:
    """Mails what is news to those who gave an address; each letter is marked when it is out."""

    new_uow: Callable[[], UnitOfWork]
    time: Clock
    mailer: Mailer
    address: str
    name: str = "mail"

    def wants(self, envelope: Envelope) -> bool:
        """Want what may be news to somebody."""
        return _is_news(envelope, self.time.now())

    def send(self, message: Message) -> None:
        """Mail every notice of the event that has not been mailed.

        Raises:
            NotDeliveredError: If a letter did not get out; those before it are not sent again.
        """
        for notice, contact in self._unsent(message.envelope):
            self.mailer.send(self._letter(notice, contact))
            with self.new_uow() as uow:
                uow.begin()
                store.mark_mailed(uow.connection, notice, self.time.now())
                uow.commit()

    def _unsent(self, envelope: Envelope) -> list[tuple[Notice, Contact]]:
        found: list[tuple[Notice, Contact]] = []
        with self.new_uow() as uow:
            uow.begin()
            for each in notices(uow.connection, envelope):
                contact = store.contact(uow.connection, each.person)
                if contact is None or contact.confirmed_at is None:
                    continue
                store.put(uow.connection, each)  # it may come before the inbox has it
                kept = store.get(uow.connection, each.person, each.id)
                if kept is not None and kept.mailed_at is None:
                    found.append((kept, contact))
            uow.commit()
        return found

    def _letter(self, notice: Notice, contact: Contact) -> Mail:
        said = text(notice.code, contact.locale, **notice.params)
        link = f"{self.address}/projects/{notice.project}"
        return Mail(
            id=notice.id,
            to=contact.mail,
            subject=text("tiding.mail.subject", contact.locale, project=notice.project),
            body=text("tiding.mail.body", contact.locale, said=said, link=link),
            sent_at=self.time.now(),
        )


class SmtpMailer:
    """Mail by SMTP, encrypted unless the relay stands on this machine."""

    def __init__(
        self, url: str, password: str, sender: str, tls: ssl.SSLContext | None = None
    ) -> None:
        """Keep the server's address, `smtp://USER@HOST:PORT` and its like, and who we are."""
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or "localhost"
        self._port = parts.port or {"smtps": 465, "smtp": 587}.get(parts.scheme, 25)
        self._user = parts.username
        self._password = password
        self._sender = sender
        self._tls = tls or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """Hand a letter to the server.

        Raises:
            NotDeliveredError: If the server did not take it, or it cannot be written.
        """
        try:
            letter = self._written(mail)
        except ValueError as error:  # a line break in a header, or half a character
            raise NotDeliveredError(type(error).__name__) from error
        try:
            with self._server() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise NotDeliveredError(type(error).__name__) from error

    def _server(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=self._tls)
        server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        if self._scheme == "smtp":
            try:
                server.starttls(context=self._tls)
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
        return server

    def _written(self, mail: Mail) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = mail.to
        letter["Subject"] = mail.subject
        letter["Date"] = format_datetime(mail.sent_at)
        letter["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2] or "localhost")
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(mail.body)
        return letter


def notices(connection: Connection, envelope: Envelope) -> Iterator[Notice]:
    """Yield what an event tells whom, by who stands behind the project now."""
    code = envelope.stream.removeprefix(_PROJECT)
    behind = store.parties(connection, code)
    if behind is None:
        return
    for place, tiding in enumerate(tidings(envelope.content)):
        author = set() if tiding.to_author else {envelope.actor}
        leads = () if tiding.department is None else store.leads(connection, tiding.department)
        for person in sorted(_people(tiding, behind, leads) - author):
            yield Notice(
                person=person,
                id=f"{code}-{envelope.number}-{place}",
                code=tiding.code,
                params={"project": code, **tiding.params},
                project=code,
                created_at=envelope.recorded_at,
            )


def _is_news(envelope: Envelope, now: datetime) -> bool:
    fresh = now - envelope.recorded_at <= FRESH
    return fresh and envelope.kind in KINDS and envelope.stream.startswith(_PROJECT)


def _people(tiding: Tiding, behind: Parties, leads: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for audience in tiding.audiences:
        match audience:
            case Audience.OWNER:
                found |= set(behind.owners)
            case Audience.AGENT:
                found |= {behind.agent} if behind.agent else set()
            case Audience.PERSON:
                found |= {tiding.person} if tiding.person else set()
            case Audience.LEADS:
                found |= set(leads)
    return found
