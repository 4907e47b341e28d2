"""Where people get mail: nothing goes to an address before whoever reads it has agreed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from engine.account_errors import TooManyTriesError
from engine.errors import BadLinkError
from engine.links import TOKEN_BYTES, digest
from engine.receipts import once
from engine.store import tidings as store
from engine.store.jobs import Line, known
from engine.tidings import Mail
from workflows.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.store.tidings import Contact
    from engine.tidings import Mailer
    from engine.unit_of_work import UnitOfWork

ASK_ADDRESS = "ask_address"
TERM = timedelta(days=3)  # for saying yes
MOST = 5  # letters that one person can have sent on one day, to whatever addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAddress:
    """A job of one letter: it asks whoever reads an address whether they want mail there.

    Parameters: {"person": ID, "next": ID OF THE LETTER THAT REPLACES IT}, and no address: a job is
    kept when a person is erased. The letter holds the only copy of the token.
    """

    new_uow: Callable[[], UnitOfWork]
    time: Clock
    mailer: Mailer
    address: str

    def lines(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the person."""
        return (parameters["person"],)

    def do(self, parameters: Mapping[str, Any], line: str, key: str) -> Line:
        """Send the letter, unless a later one was ordered since; a second one replaces it.

        Raises:
            NotDeliveredError: If the letter did not get out; the job tries again.
        """
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.time.now()
        with self.new_uow() as uow:
            uow.begin()
            to = store.contact(uow.connection, line)
            later = known(uow.connection, [parameters["next"]])
            if to is None or to.confirmed_at is not None or later:
                return Line(line=line, ok=True, detail={"sent": False})
            store.ask(uow.connection, line, digest(token), now + TERM)
            uow.commit()
        self.mailer.send(
            Mail(
                id=key,
                to=to.mail,
                subject=text("address.mail.subject", to.locale),
                body=text(
                    "address.mail.body",
                    to.locale,
                    link=f"{self.address}/mail?t={token}",
                    days=TERM.days,
                ),
                sent_at=now,
            )
        )
        return Line(line=line, ok=True, detail={"sent": True})


class Addresses:
    """The register of mail addresses."""

    def __init__(
        self,
        new_uow: Callable[[], UnitOfWork],
        clock: Clock,
        ask: Callable[[Connection, str, Mapping[str, Any]], object] | None,
    ) -> None:
        """Keep where they are stored, what time it is, and how a letter is ordered.

        Args:
            ask: Puts a job of kind ASK_ADDRESS, by its id, with its parameters, into the queue
                once; None = no mail leaves this house.
        """
        self._new_uow = new_uow
        self._clock = clock
        self._ask = ask

    def get(self, person: str) -> Contact | None:
        """Return where a person gets mail, or None."""
        with self._new_uow() as uow:
            return store.contact(uow.connection, person)

    def put(self, person: str, to: Contact | None, order: Order | None = None) -> Contact | None:
        """Set where a person gets mail (None = they get none), and return it as it stands.

        Mail goes there once its reader has agreed; an address that was agreed to stays so. One
        letter asks for it, however often the same address is given in a row on one day. An order
        that comes again is answered as it was the first time.

        Raises:
            KeyReusedError: If the key came with another request.
            TooManyTriesError: If the person had MOST letters sent on this day.
        """
        now = self._clock.now()

        def put(connection: Connection) -> str:
            before = store.contact(connection, person)
            kept = before is not None and to is not None and before.mail == to.mail
            store.put_contact(connection, person, to, keep=kept)
            agreed = kept and before is not None and before.confirmed_at is not None
            if to is not None and not agreed:
                self._order(connection, person, now, kept=kept)
            return str(before.confirmed_at) if before is not None and agreed else ""

        told = once(self._new_uow, order, now, put)  # the address itself is not kept with the key
        since = datetime.fromisoformat(told) if told else None
        return None if to is None else replace(to, confirmed_at=since)

    def _order(self, connection: Connection, person: str, now: datetime, *, kept: bool) -> None:
        """Order a letter; where the address is *kept*, that of this day is enough."""
        if self._ask is None:
            return
        letters = [f"{ASK_ADDRESS}-{now:%Y%m%d}-{person}-{number}" for number in range(MOST + 1)]
        sent = known(connection, letters)
        if kept and sent:
            return
        if sent == MOST:
            tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
            raise TooManyTriesError(seconds=ceil((tomorrow - now).total_seconds()))
        self._ask(connection, letters[sent], {"person": person, "next": letters[sent + 1]})

    def asked(self, token: str) -> Contact:
        """Return the address that a token of a letter asks about.

        Raises:
            BadLinkError: If it is nobody's, or its time is over.
        """
        with self._new_uow() as uow:
            return self._asked(uow.connection, token)

    def agree(self, token: str) -> Contact:
        """Take the reader's yes, and return the address; the second time it changes nothing.

        Raises:
            BadLinkError: If the token is nobody's, or its time is over.
        """
        with self._new_uow() as uow:
            uow.begin()
            found = self._asked(uow.connection, token)
            store.agree(uow.connection, found.person, self._clock.now())
            uow.commit()
        return found

    def _asked(self, connection: Connection, token: str) -> Contact:
        found = store.asked(connection, digest(token), self._clock.now())
        if found is None:
            raise BadLinkError
        return found
