"""What is kept of a person, as the law lets them ask for it (PIPL, article 45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.store import accounts, people, personal, queries
from engine.store.audit import AuditFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.audit import Audit
    from engine.clock import Clock
    from engine.store.accounts import Session
    from engine.store.audit import Seen
    from engine.store.people import Token
    from engine.store.personal import Deed, Letters
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork

_PAGE = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything that is kept of one person; hashes and seeds are left out.

    Attributes:
        password_set_at: None for who has no password.
        subject: Name at the provider of OpenID Connect.
        deeds: Events they brought about, the oldest first.
        trail: What they looked at or tried, the newest first.
        letters: What they were told and wrote, and the links about them.
    """

    person: Person
    password_set_at: datetime | None
    has_codes: bool
    subject: str | None
    tokens: tuple[Token, ...]
    sessions: tuple[Session, ...]
    deeds: tuple[Deed, ...]
    trail: tuple[Seen, ...]
    letters: Letters


class Personal:
    """Collects what is kept of a person."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, audit: Audit) -> None:
        """Keep where it is stored."""
        self._new_uow = new_uow
        self._clock = clock
        self._audit = audit

    def of(self, identity: str) -> Kept | None:
        """Return what is kept of a person; None if there is no such person (any more)."""
        now, trail = self._clock.now(), self._trail(identity)
        with self._new_uow() as uow:
            person = queries.person(uow.connection, identity)
            if person is None:
                return None
            account = accounts.account(uow.connection, identity)
            return Kept(
                person=person,
                password_set_at=None if account is None else account.changed_at,
                has_codes=account is not None and account.totp is not None,
                subject=None if account is None else account.subject,
                tokens=people.tokens(uow.connection, identity),
                sessions=accounts.sessions(uow.connection, identity, now, EPOCH),
                deeds=personal.deeds(uow.connection, identity),
                trail=trail,
                letters=personal.letters(uow.connection, identity),
            )

    def is_spent(self, identity: str) -> bool:
        """Tell whether an erased person had this id: their deeds must not become another's."""
        with self._new_uow() as uow:
            if queries.person(uow.connection, identity) is not None:
                return False
            return personal.left_traces(uow.connection, identity)

    def _trail(self, identity: str) -> tuple[Seen, ...]:
        found: list[Seen] = []
        before: int | None = None
        while True:
            which = AuditFilter(actor=identity)
            page = self._audit.lines(which, before=before, limit=_PAGE)
            found += [line.seen for line in page]
            if len(page) < _PAGE:
                return tuple(found)
            before = page[-1].id
