from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.leases import Leases
from engine.outbox import Message, NotDeliveredError, Outbox
from engine.people import People
from engine.store import tidings as store
from engine.store.queries import Person
from engine.store.tidings import Contact
from engine.tidings import FRESH, Inboxes, InboxSender, Mail, MailSender, SmtpMailer
from tests.support.mail_server import mail_server
from tests.support.office import START
from workflows.facts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.mail_server import Box
    from tests.support.office import Office


@pytest.fixture
def box() -> Iterator[Box]:
    with mail_server() as opened:
        yield opened


def mailer(box: Box) -> SmtpMailer:
    return SmtpMailer(f"smtp+plain://127.0.0.1:{box.port}", "", "office@abreast.example")


def outbox(office: Office, *senders: InboxSender | MailSender) -> Outbox:
    return Outbox(office.new_uow, office.clock, Leases(office.new_uow, office.clock), senders)


def mail(office: Office, box: Box) -> MailSender:
    return MailSender(
        new_uow=office.new_uow,
        time=office.clock,
        mailer=mailer(box),
        address="https://abreast.example",
    )


@pytest.fixture
def inboxes(office: Office) -> Inboxes:
    people = People(office.new_uow, office.clock)
    people.put(
        Person(id="owner-o1", name="甲", roles=frozenset({Role.OWNER}), organisation="o1"),
        Person(id="second-o1", name="乙", roles=frozenset({Role.OWNER}), organisation="o1"),
        Person(id="agent-1", name="丙", roles=frozenset({Role.AGENT}), township="township-1"),
        Person(id="owner-o2", name="丁", roles=frozenset({Role.OWNER}), organisation="o2"),
    )
    return Inboxes(office.new_uow, office.clock)


def reads_mail(office: Office, person: str, mail: str, locale: str = "zh-CN") -> None:
    """Have a person get mail at an address that they agreed to."""
    to = Contact(person=person, mail=mail, locale=locale, confirmed_at=office.clock.now())
    with office.new_uow() as uow:
        uow.begin()
        store.put_contact(uow.connection, person, to)
        uow.commit()


def codes(inboxes: Inboxes, person: str) -> list[str]:
    found, _ = inboxes.page(person, unread=False, after=None, limit=50)
    return [each.code for each in found]


class TestAnInbox:
    def test_has_each_notice_once_however_often_it_is_sent(
        self, office: Office, inboxes: Inboxes
    ) -> None:
        sender = InboxSender(new_uow=office.new_uow, time=office.clock)
        office.filed()
        box = outbox(office, sender)
        while box.work("w"):
            pass
        for each in office.handle.history(office.filed().code):
            if sender.wants(each):
                for _ in range(2):
                    sender.send(Message(id="x", envelope=each))
        while box.work("w"):
            pass

        assert codes(inboxes, "agent-1") == ["tiding.yours"] * 2
        assert codes(inboxes, "owner-o1") == codes(inboxes, "second-o1") == ["tiding.agent"] * 2
        assert codes(inboxes, "owner-o2") == []

    def test_has_no_old_news(self, office: Office, inboxes: Inboxes) -> None:
        office.filed()
        office.clock.push(FRESH + timedelta(days=1))
        posted = outbox(office, InboxSender(new_uow=office.new_uow, time=office.clock))

        while posted.work("w"):
            pass

        assert codes(inboxes, "agent-1") == []


class TestMail:
    @pytest.mark.usefixtures("inboxes")
    def test_goes_to_whom_asked_for_it_in_their_language(self, office: Office, box: Box) -> None:
        reads_mail(office, "agent-1", "c@x.example", "en")
        project = office.filed()
        posted = outbox(office, mail(office, box))

        while posted.work("w"):
            pass

        (letter,) = box.letters
        body = letter.get_content()
        assert letter["to"] == "c@x.example"
        assert letter["subject"] == f"Abreast: news of project {project.code}"
        assert "you are this project's agent" in body
        assert f"https://abreast.example/projects/{project.code}" in body

    @pytest.mark.usefixtures("inboxes")
    def test_that_was_not_taken_is_sent_again_and_the_others_are_not(
        self, office: Office, box: Box
    ) -> None:
        for person, address in (("owner-o1", "a@x.example"), ("second-o1", "b@x.example")):
            reads_mail(office, person, address)
        office.filed()
        posted = outbox(office, mail(office, box))
        box.refuse = "b@x.example"
        while posted.work("w"):
            pass
        at_first = len(box.letters)
        box.refuse = ""
        office.clock.push(timedelta(days=1))

        while posted.work("w"):
            pass

        tos = [each["to"] for each in box.letters]
        assert at_first == 1
        assert tos == ["a@x.example", "b@x.example"]

    def test_takes_no_header_from_a_text(self, box: Box) -> None:
        letter = Mail(id="1", to="a@x.example", subject="一\r\nBcc: evil@x.example", body="x",
                      sent_at=START)  # fmt: skip

        with pytest.raises(NotDeliveredError):
            mailer(box).send(letter)

        assert box.letters == []

    def test_is_not_sent_in_the_clear_unless_that_was_said(self, box: Box) -> None:
        strict = SmtpMailer(f"smtp://127.0.0.1:{box.port}", "", "office@abreast.example",
                            ssl.create_default_context())  # fmt: skip
        letter = Mail(id="1", to="a@x.example", subject="s", body="x", sent_at=START)

        with pytest.raises(NotDeliveredError):
            strict.send(letter)

        assert box.letters == []
