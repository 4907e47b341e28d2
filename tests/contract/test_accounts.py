from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from engine.account_errors import (
    CommonPasswordError,
    SubjectTakenError,
    TooManyTriesError,
    VoucherError,
    WrongSignInError,
)
from engine.accounts import LINK_LIFETIME, TRIES, TRIES_OF_AN_ADDRESS, WINDOW, Accounts
from engine.passwords import Hasher
from engine.people import People
from engine.sessions import Sessions
from engine.store.queries import Person
from workflows.facts import Role

if TYPE_CHECKING:
    from tests.support.office import Office

CLERK = Person(id="p1", name="窗口甲", roles=frozenset({Role.WINDOW}), township="township-1")
OTHER = Person(id="p2", name="窗口乙", roles=frozenset({Role.WINDOW}), township="township-1")
GOOD, NEW = "correct horse battery staple", "another phrase, also long"
HERE, THERE = "192.0.2.1", "192.0.2.2"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
IDLE = timedelta(minutes=30)


@pytest.fixture
def people(office: Office) -> People:
    made = People(office.new_uow, office.clock)
    made.put(CLERK, OTHER)
    return made


@pytest.fixture
def accounts(office: Office, people: People) -> Accounts:
    assert people.get("p1") == CLERK
    made = Accounts(office.new_uow, office.clock, Hasher(CHEAP))
    made.set_password(CLERK, GOOD)
    return made


@pytest.fixture
def sessions(office: Office) -> Sessions:
    return Sessions(office.new_uow, office.clock, lifetime=timedelta(hours=12), idle=IDLE)


def tries(accounts: Accounts, number: int, person: str = "p1", address: str = HERE) -> None:
    for _ in range(number):
        with pytest.raises(WrongSignInError):
            accounts.sign_in(person, "wrong", "", address)


class TestSignIn:
    def test_takes_the_password(self, accounts: Accounts) -> None:
        assert accounts.sign_in("p1", GOOD, "", HERE) == CLERK

    @pytest.mark.parametrize(
        ("person", "password"), [("p1", "wrong"), ("p1", ""), ("p2", GOOD), ("nobody", GOOD)]
    )
    def test_says_the_same_whatever_is_wrong(
        self, accounts: Accounts, person: str, password: str
    ) -> None:
        with pytest.raises(WrongSignInError) as refused:
            accounts.sign_in(person, password, "", HERE)

        assert refused.value.params == {}

    def test_refuses_who_may_not_act_any_more(self, accounts: Accounts, people: People) -> None:
        people.put(Person(id="p1", name="", roles=frozenset({Role.WINDOW}), active=False))

        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", GOOD, "", HERE)

    def test_stores_no_password(self, accounts: Accounts, office: Office) -> None:
        assert accounts.anyone()
        with office.new_uow() as uow:
            stored = uow.connection.execute(text("SELECT password FROM account")).scalar_one()

        assert GOOD not in stored

    def test_renews_a_hash_of_older_figures(self, accounts: Accounts, office: Office) -> None:
        dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
        later = Accounts(office.new_uow, office.clock, Hasher(dearer))

        later.sign_in("p1", GOOD, "", HERE)

        assert "t=2" in str(accounts.account("p1").password)
        assert later.sign_in("p1", GOOD, "", HERE) == CLERK


class TestTooManyTries:
    def test_lock_the_account_for_the_right_password_too(self, accounts: Accounts) -> None:
        tries(accounts, TRIES)

        with pytest.raises(TooManyTriesError) as refused:
            accounts.sign_in("p1", GOOD, "", THERE)

        assert 0 < refused.value.seconds <= WINDOW.total_seconds()

    def test_are_forgotten_after_the_window(self, accounts: Accounts, office: Office) -> None:
        tries(accounts, TRIES)
        office.clock.push(WINDOW)

        assert accounts.sign_in("p1", GOOD, "", HERE) == CLERK

    def test_begin_anew_after_the_right_password(self, accounts: Accounts) -> None:
        tries(accounts, TRIES - 1)
        accounts.sign_in("p1", GOOD, "", HERE)

        tries(accounts, TRIES - 1)

    def test_are_forgotten_by_an_administrator(self, accounts: Accounts) -> None:
        tries(accounts, TRIES)

        accounts.unlock("p1")

        assert accounts.sign_in("p1", GOOD, "", HERE) == CLERK

    def test_lock_an_account_that_does_not_exist_alike(self, accounts: Accounts) -> None:
        tries(accounts, TRIES, "nobody")

        with pytest.raises(TooManyTriesError):
            accounts.sign_in("nobody", GOOD, "", HERE)

    def test_are_counted_by_address_over_all_accounts(self, accounts: Accounts) -> None:
        for number in range(TRIES_OF_AN_ADDRESS):
            tries(accounts, 1, f"guess-{number}")

        with pytest.raises(TooManyTriesError):
            accounts.sign_in("p1", GOOD, "", HERE)
        assert accounts.sign_in("p1", GOOD, "", THERE) == CLERK

    def test_of_an_address_are_given_back_by_a_right_password(self, accounts: Accounts) -> None:
        for number in range(TRIES_OF_AN_ADDRESS - 1):
            tries(accounts, 1, f"guess-{number}")

        came = [accounts.sign_in("p1", GOOD, "", HERE) for _ in range(3)]

        assert came == [CLERK] * 3

    def test_are_counted_before_anything_is_hashed(
        self, accounts: Accounts, office: Office
    ) -> None:
        tries(accounts, TRIES)
        without = Accounts(office.new_uow, office.clock, NoHasher())

        with pytest.raises(TooManyTriesError):
            without.sign_in("p1", GOOD, "", HERE)

    def test_are_counted_by_every_process(self, accounts: Accounts, office: Office) -> None:
        second = Accounts(office.new_uow, office.clock, Hasher(CHEAP))
        tries(accounts, TRIES // 2)
        tries(second, TRIES // 2)

        with pytest.raises(TooManyTriesError):
            accounts.sign_in("p1", GOOD, "", HERE)

    def test_name_nobody_in_the_database(self, accounts: Accounts, office: Office) -> None:
        tries(accounts, 1)

        with office.new_uow() as uow:
            buckets = uow.connection.execute(text("SELECT bucket FROM throttle")).scalars().all()
        assert len(buckets) == 2
        assert not [each for each in buckets if "p1" in each or HERE in each]


class NoHasher(Hasher):
    """A hasher that must not be reached."""

    def matches(self, stored: str | None, password: str) -> bool:
        raise AssertionError(stored, password)


class TestPasswords:
    def test_are_changed_by_who_knows_the_old_one(self, accounts: Accounts) -> None:
        accounts.change_password("p1", GOOD, NEW, HERE)

        assert accounts.sign_in("p1", NEW, "", HERE) == CLERK
        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", GOOD, "", HERE)

    def test_stay_when_the_old_one_is_wrong(self, accounts: Accounts) -> None:
        with pytest.raises(WrongSignInError):
            accounts.change_password("p1", "wrong", NEW, HERE)

        assert accounts.sign_in("p1", GOOD, "", HERE) == CLERK

    def test_end_every_session_when_they_change(
        self, accounts: Accounts, sessions: Sessions
    ) -> None:
        secret = sessions.begin("p1", "password")

        accounts.change_password("p1", GOOD, NEW, HERE)

        assert sessions.of(secret) is None


class TestALink:
    def test_sets_a_password_once(self, accounts: Accounts) -> None:
        secret = accounts.link("p2")

        assert accounts.redeem(secret, NEW, HERE) == OTHER

        assert accounts.sign_in("p2", NEW, "", HERE) == OTHER
        with pytest.raises(VoucherError):
            accounts.redeem(secret, GOOD, HERE)

    def test_ends(self, accounts: Accounts, office: Office) -> None:
        secret = accounts.link("p2")
        office.clock.push(LINK_LIFETIME)

        with pytest.raises(VoucherError):
            accounts.redeem(secret, NEW, HERE)

    def test_ends_when_another_is_made(self, accounts: Accounts) -> None:
        first, second = accounts.link("p2"), accounts.link("p2")

        with pytest.raises(VoucherError):
            accounts.redeem(first, NEW, HERE)
        assert accounts.redeem(second, NEW, HERE) == OTHER

    def test_can_be_used_again_after_a_password_that_may_not_be_taken(
        self, accounts: Accounts
    ) -> None:
        secret = accounts.link("p2")

        with pytest.raises(CommonPasswordError):
            accounts.redeem(secret, "password1234", HERE)

        assert accounts.redeem(secret, NEW, HERE) == OTHER

    def test_of_another_kind_sets_none(self, accounts: Accounts) -> None:
        secret = accounts.voucher("oidc", timedelta(minutes=1), data={"a": "b"})

        with pytest.raises(VoucherError):
            accounts.redeem(secret, NEW, HERE)
        assert accounts.use(secret, "oidc") == {"a": "b"}

    def test_is_not_stored_itself(self, accounts: Accounts, office: Office) -> None:
        secret = accounts.link("p2")

        with office.new_uow() as uow:
            stored = uow.connection.execute(text("SELECT hash FROM voucher")).scalar_one()
        assert secret not in stored


class TestOneTimeCodes:
    @pytest.fixture
    def codes(self, accounts: Accounts) -> pyotp.TOTP:
        found = pyotp.parse_uri(accounts.start_codes("p1"))
        assert isinstance(found, pyotp.TOTP)
        return found

    def test_are_asked_for(self, accounts: Accounts, codes: pyotp.TOTP, office: Office) -> None:
        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", GOOD, "", HERE)

        assert accounts.sign_in("p1", GOOD, codes.at(office.clock.now()), HERE) == CLERK

    def test_count_once(self, accounts: Accounts, codes: pyotp.TOTP, office: Office) -> None:
        code = codes.at(office.clock.now())
        accounts.sign_in("p1", GOOD, code, HERE)

        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", GOOD, code, HERE)

    def test_may_be_a_step_off_and_no_more(
        self, accounts: Accounts, codes: pyotp.TOTP, office: Office
    ) -> None:
        now = office.clock.now()

        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", GOOD, codes.at(now - timedelta(seconds=90)), HERE)
        assert accounts.sign_in("p1", GOOD, codes.at(now - timedelta(seconds=30)), HERE) == CLERK

    def test_prove_nothing_without_the_password(
        self, accounts: Accounts, codes: pyotp.TOTP, office: Office
    ) -> None:
        with pytest.raises(WrongSignInError):
            accounts.sign_in("p1", "wrong", codes.at(office.clock.now()), HERE)

    def test_can_be_given_up(self, accounts: Accounts, codes: pyotp.TOTP) -> None:
        assert codes.secret
        accounts.stop_codes("p1")

        assert accounts.sign_in("p1", GOOD, "", HERE) == CLERK


class TestANameAtTheProvider:
    def test_leads_to_its_person(self, accounts: Accounts) -> None:
        accounts.name_at_provider("p1", "sub-1")

        assert accounts.person_of("sub-1") == CLERK
        assert accounts.person_of("sub-2") is None

    def test_is_one_persons(self, accounts: Accounts) -> None:
        accounts.name_at_provider("p1", "sub-1")

        with pytest.raises(SubjectTakenError):
            accounts.name_at_provider("p2", "sub-1")

    def test_can_be_taken_away(self, accounts: Accounts) -> None:
        accounts.name_at_provider("p1", "sub-1")
        accounts.name_at_provider("p1", None)

        assert accounts.person_of("sub-1") is None


class TestSweeping:
    def test_drops_what_has_ended_and_nothing_else(
        self, accounts: Accounts, people: People, sessions: Sessions, office: Office
    ) -> None:
        sessions.begin("p1", "password")
        accounts.link("p2")
        people.issue_token("p1", timedelta(minutes=1))
        tries(accounts, 1)
        assert accounts.sweep(IDLE) == 0
        office.clock.push(LINK_LIFETIME)
        living = sessions.begin("p1", "password")

        assert accounts.sweep(IDLE) == 5  # a session, a link, a token, two counts

        assert sessions.of(living) is not None
