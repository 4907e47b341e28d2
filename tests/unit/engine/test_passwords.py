from __future__ import annotations

from contextlib import suppress

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from engine import passwords
from engine.account_errors import (
    CommonPasswordError,
    HashingBusyError,
    LongPasswordError,
    ShortPasswordError,
)
from engine.passwords import EASY, LONGEST, SHORTEST, Hasher

GOOD = "correct horse battery staple"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class TestTheRules:
    @pytest.mark.parametrize("password", [GOOD, "我家住在团泊湖边三号楼二单元", "3f9a1c7be2d4"])
    def test_take_what_is_long_and_not_common(self, password: str) -> None:
        passwords.check(password)

    @pytest.mark.parametrize("password", ["", "short", "x" * (SHORTEST - 1)])
    def test_refuse_what_is_short(self, password: str) -> None:
        with pytest.raises(ShortPasswordError):
            passwords.check(password)

    def test_refuse_what_is_longer_than_anybody_types(self) -> None:
        with pytest.raises(LongPasswordError):
            passwords.check("aB3$" * LONGEST)

    @pytest.mark.parametrize(
        "password",
        [
            "password1234",
            "123456789012",
            "qwertyuiop123",
            "letmeinletmein",
            "iloveyou1234",
            "aaaaaaaaaaaaaa",
            "passwordpassword",
            "1q2w3e4r5t6y",
            "abreastabreast",
            "adminadmin12",
        ],
    )
    def test_refuse_what_is_common(self, password: str) -> None:
        with pytest.raises(CommonPasswordError):
            passwords.check(password)

    def test_refuse_what_says_who_it_is(self) -> None:
        with pytest.raises(CommonPasswordError):
            passwords.check("window-township-7", ["window-township-7"])

    @given(st.text(min_size=2, max_size=40))
    def test_ask_for_no_kind_of_character(self, phrase: str) -> None:
        with suppress(ShortPasswordError, LongPasswordError, CommonPasswordError):
            passwords.check(phrase)

    def test_stand_for_a_days_guessing(self) -> None:
        assert EASY >= 1e8


class TestHasher:
    def test_knows_a_password_again(self) -> None:
        hasher = Hasher(CHEAP)

        stored = hasher.hash(GOOD)

        assert GOOD not in stored
        assert stored.startswith("$argon2id$")
        assert hasher.matches(stored, GOOD)
        assert not hasher.matches(stored, GOOD + " ")

    def test_knows_it_in_another_spelling(self) -> None:
        hasher = Hasher(CHEAP)

        assert hasher.matches(hasher.hash("é" * 12), "é" * 12)

    def test_salts_each(self) -> None:
        hasher = Hasher(CHEAP)

        assert hasher.hash(GOOD) != hasher.hash(GOOD)

    @pytest.mark.parametrize("stored", [None, "", "no hash at all"])
    def test_takes_nothing_for_a_hash_that_is_none(self, stored: str | None) -> None:
        assert not Hasher(CHEAP).matches(stored, GOOD)

    def test_says_which_hashes_are_of_older_figures(self) -> None:
        old = Hasher(CHEAP).hash(GOOD)

        assert Hasher().is_outdated(old)
        assert not Hasher(CHEAP).is_outdated(old)

    def test_does_not_hash_more_than_there_are_cores(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hasher = Hasher(CHEAP, cores=1)
        monkeypatch.setattr(passwords, "_WAIT", 0.01)

        with hasher._core(), pytest.raises(HashingBusyError):  # noqa: SLF001 - the core is taken
            hasher.hash(GOOD)
