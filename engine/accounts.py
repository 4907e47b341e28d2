"""Signing in: tries are counted before a password is hashed, and nothing tells who exists."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pyotp
from msgspec.json import decode, encode

from engine import passwords
from engine.account_errors import (
    SubjectTakenError,
    TooManyTriesError,
    VoucherError,
    WrongSignInError,
)
from engine.links import Purpose
from engine.people import digest
from engine.receipts import once
from engine.store import accounts, links, people, queries
from engine.store.accounts import Account, Voucher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.clock import Clock
    from engine.passwords import Hasher
    from engine.receipts import Order
    from engine.store.port import Connection
    from engine.store.queries import Person
    from engine.unit_of_work import UnitOfWork

WINDOW = timedelta(minutes=15)
TRIES = 10  # of one account within the window
TRIES_OF_AN_ADDRESS = 100  # within the window; a whole office may share one address
LINK_LIFETIME = timedelta(hours=24)
_STEP = 30  # seconds that a one-time code lasts
_DRIFT = 1  # steps by which a telephone's clock may be off
_SECRET_BYTES = 32
_PASSWORD_LINK = "password"  # noqa: S105 - a kind of voucher


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link by which a person sets a password; *secret* is None on a repetition."""

    secret: str | None
    expires_at: datetime


class Accounts:
    """How people prove who they are. Each method is a transaction of its own."""

    def __init__(self, new_uow: Callable[[], UnitOfWork], clock: Clock, hasher: Hasher) -> None:
        """Keep where accounts are stored, what time it is and who hashes."""
        self._new_uow = new_uow
        self._clock = clock
        self._hasher = hasher

    def sign_in(self, identity: str, password: str, code: str, address: str) -> Person:
        """Return the person who proved to be *identity*.

        Args:
            code: One-time code; asked for only where the account has them.
            address: Where the request came from.

        Raises:
            TooManyTriesError: If the account or the address tried too often.
            WrongSignInError: If anything is wrong; it does not say what.
            HashingBusyError: If no core came free.
        """
        self._count_tries(identity, address)
        person, account = self._found(identity)
        if not self._hasher.matches(account.password, password):
            raise WrongSignInError
        if person is None or not person.active:
            raise WrongSignInError
        if account.totp is not None:
            self._use_code(account, code)
        self._forget(identity, account.password, password, address)
        return person

    def person_of(self, subject: str) -> Person | None:
        """Return the active person who has this name at the provider, or None."""
        with self._new_uow() as uow:
            identity = accounts.person_of_subject(uow.connection, subject)
            person = None if identity is None else queries.person(uow.connection, identity)
        return person if person is not None and person.active else None

    def account(self, identity: str) -> Account:
        """Return how a person signs in; an empty account for who has none."""
        return self._found(identity)[1]

    def anyone(self) -> bool:
        """Tell whether anybody can sign in by password."""
        with self._new_uow() as uow:
            return accounts.has_password(uow.connection)

    def set_password(self, person: Person, password: str) -> None:
        """Give a person a password, end every session and forget earlier tries.

        Raises:
            Refusal: If it is too short, too long or common.
        """
        passwords.check(password, _words(person))
        hashed = self._hasher.hash(password)
        with self._new_uow() as uow:
            uow.begin()
            self._put_password(uow, person.id, hashed)
            uow.commit()

    def change_password(self, identity: str, old: str, new: str, address: str) -> None:
        """Change one's own password: the old one proves that it is not somebody at the desk.

        Raises:
            TooManyTriesError, WrongSignInError: As for `sign_in`.
            Refusal: If the new one may not be taken.
        """
        self._count_tries(identity, address)
        person, account = self._found(identity)
        if person is None or not self._hasher.matches(account.password, old):
            raise WrongSignInError
        self.set_password(person, new)

    def link(self, identity: str) -> str:
        """Return the secret of a new link by which a person sets a password, once.

        Earlier links of the person end.
        """
        return self.voucher(_PASSWORD_LINK, LINK_LIFETIME, identity)

    def redeem(self, secret: str, password: str, address: str) -> Person:
        """Set the password of whom the link was made for, and use the link up.

        Their tokens end: who needs a link may have lost more than a password.

        Raises:
            TooManyTriesError: If the address tried too often.
            VoucherError: If the link is of no use any more.
            Refusal: If the password may not be taken; the link can be used again.
        """
        self._count(f"address:{address}", TRIES_OF_AN_ADDRESS)
        hash_, now = digest(secret), self._clock.now()
        with self._new_uow() as uow:
            found = accounts.voucher(uow.connection, hash_, _PASSWORD_LINK, now)
            identity = None if found is None else found.person
            person = None if identity is None else queries.person(uow.connection, identity)
        if person is None or not person.active:
            raise VoucherError
        passwords.check(password, _words(person))
        hashed = self._hasher.hash(password)
        with self._new_uow() as uow:
            uow.begin()
            if not accounts.use_voucher(uow.connection, hash_):
                raise VoucherError
            self._put_password(uow, person.id, hashed)
            people.drop_tokens_of(uow.connection, person.id)
            uow.commit()
        return person

    def invite(self, order: Order, identity: str) -> Invitation:
        """Make a link as `link` does, once for each key; how it reads is said this once.

        Raises:
            KeyReusedError: If the key came with another request.
        """
        now, secret = self._clock.now(), secrets.token_urlsafe(_SECRET_BYTES)
        made = Voucher(kind=_PASSWORD_LINK, person=identity, data="{}")
        new = Invitation(secret=digest(secret), expires_at=now + LINK_LIFETIME)

        def put(connection: Connection) -> str:
            accounts.put_voucher(connection, digest(secret), made, new.expires_at)
            return encode(new).decode()

        first = decode(once(self._new_uow, order, now, put), type=Invitation)
        return replace(first, secret=secret if first == new else None)

    def voucher(
        self,
        kind: str,
        lifetime: timedelta,
        person: str | None = None,
        data: Mapping[str, str] | None = None,
    ) -> str:
        """Return the secret of a new voucher."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        made = Voucher(kind=kind, person=person, data=json.dumps(data or {}))
        with self._new_uow() as uow:
            uow.begin()
            expires_at = self._clock.now() + lifetime
            accounts.put_voucher(uow.connection, digest(secret), made, expires_at)
            uow.commit()
        return secret

    def use(self, secret: str, kind: str) -> dict[str, str]:
        """Use a voucher up and return what was kept with it.

        Raises:
            VoucherError: If there is no such voucher, or it has ended.
        """
        hash_ = digest(secret)
        with self._new_uow() as uow:
            uow.begin()
            found = accounts.voucher(uow.connection, hash_, kind, self._clock.now())
            if found is None or not accounts.use_voucher(uow.connection, hash_):
                raise VoucherError
            uow.commit()
        data: dict[str, str] = json.loads(found.data)
        return data

    def start_codes(self, identity: str) -> str:
        """Give a person a new seed of one-time codes and return it as an otpauth:// address."""
        seed = pyotp.random_base32()
        self._put(identity, totp=seed, totp_step=0)
        return pyotp.TOTP(seed, interval=_STEP).provisioning_uri(name=identity, issuer_name="并批")

    def stop_codes(self, identity: str) -> None:
        """Let a person sign in without one-time codes again."""
        self._put(identity, totp=None, totp_step=0)

    def name_at_provider(self, identity: str, subject: str | None) -> None:
        """Say by which name of the provider a person signs in; None = by none.

        Raises:
            SubjectTakenError: If it is another person's.
        """
        with self._new_uow() as uow:
            uow.begin()
            taken = None if subject is None else accounts.person_of_subject(uow.connection, subject)
            if taken not in (None, identity):
                raise SubjectTakenError(subject=subject)
            accounts.put_account(uow.connection, identity, subject=subject)
            uow.commit()

    def unlock(self, identity: str, order: Order | None = None) -> None:
        """Forget a person's tries, once for each key.

        Raises:
            KeyReusedError: If the key came with another request.
        """

        def forget(connection: Connection) -> str:
            accounts.forget_tries(connection, _bucket(f"account:{identity}"))
            return ""

        once(self._new_uow, order, self._clock.now(), forget)

    def sweep(self, idle: timedelta) -> int:
        """Drop sessions, vouchers, counts and tokens that have ended; return how many."""
        now = self._clock.now()
        with self._new_uow() as uow:
            uow.begin()
            number = accounts.sweep(uow.connection, now, now - idle, now - WINDOW)
            number += people.drop_ended_tokens(uow.connection, now)
            uow.commit()
        return number

    def _found(self, identity: str) -> tuple[Person | None, Account]:
        with self._new_uow() as uow:
            person = queries.person(uow.connection, identity)
            account = accounts.account(uow.connection, identity)
        return person, account or Account(person=identity)

    def _count_tries(self, identity: str, address: str) -> None:
        self._count(f"address:{address}", TRIES_OF_AN_ADDRESS)
        self._count(f"account:{identity}", TRIES)

    def _count(self, what: str, most: int) -> None:
        """Count a try, in every process's sight.

        Raises:
            TooManyTriesError: If there were more than *most* within the window.
        """
        now = self._clock.now()
        with self._new_uow() as uow:
            uow.begin()
            tries, began_at = accounts.count_try(uow.connection, _bucket(what), now, now - WINDOW)
            uow.commit()
        if tries > most:
            raise TooManyTriesError(seconds=_seconds_left(began_at, now))

    def _use_code(self, account: Account, code: str) -> None:
        """Check a one-time code, which counts once.

        Raises:
            WrongSignInError: If it is wrong or was used.
        """
        codes = pyotp.TOTP(account.totp or "", interval=_STEP)
        now = int(self._clock.now().timestamp()) // _STEP
        for step in range(now - _DRIFT, now + _DRIFT + 1):
            if secrets.compare_digest(codes.generate_otp(step).encode(), code.strip().encode()):
                self._use_step(account.person, step)
                return
        raise WrongSignInError

    def _use_step(self, identity: str, step: int) -> None:
        with self._new_uow() as uow:
            uow.begin()
            if not accounts.use_step(uow.connection, identity, step):
                raise WrongSignInError
            uow.commit()

    def _forget(self, identity: str, stored: str | None, password: str, address: str) -> None:
        """Begin to count the account's tries anew, and renew a hash of older figures.

        The address gets its try back: a whole office signs in at nine.
        """
        outdated = stored is not None and self._hasher.is_outdated(stored)
        renewed = self._hasher.hash(password) if outdated else None
        with self._new_uow() as uow:
            uow.begin()
            accounts.forget_tries(uow.connection, _bucket(f"account:{identity}"))
            accounts.take_back_try(uow.connection, _bucket(f"address:{address}"))
            if renewed is not None:
                accounts.put_account(uow.connection, identity, password=renewed)
            uow.commit()

    def _put(self, identity: str, **cells: object) -> None:
        with self._new_uow() as uow:
            uow.begin()
            accounts.put_account(uow.connection, identity, **cells)
            uow.commit()

    def _put_password(self, uow: UnitOfWork, identity: str, hashed: str) -> None:
        now = self._clock.now()
        accounts.put_account(uow.connection, identity, password=hashed, changed_at=now)
        accounts.end_sessions(uow.connection, identity)
        links.drop_of_person(uow.connection, identity, Purpose.CALENDAR)
        accounts.forget_tries(uow.connection, _bucket(f"account:{identity}"))


def _words(person: Person) -> tuple[str, ...]:
    """Return what says something of a person, and is no password for that."""
    return (person.id, person.name, person.organisation or "", person.phone or "")


def _bucket(what: str) -> str:
    """Return the name under which tries are counted: addresses are kept by a hash only."""
    return sha256(what.encode()).hexdigest()


def _seconds_left(began_at: datetime, now: datetime) -> int:
    return max(1, round((began_at + WINDOW - now).total_seconds()))
