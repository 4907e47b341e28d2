"""Passwords: which are taken, and how they are kept. Argon2id, never more hashes than cores.

Rules after NIST SP 800-63B and OWASP ASVS 5.0, 6.2: length and a list of common ones, nothing
about composition, no periodic change.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.account_errors import (
    CommonPasswordError,
    HashingBusyError,
    LongPasswordError,
    ShortPasswordError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST, LONGEST = 12, 128  # characters, after normalisation
EASY = 1e8  # guesses: what one machine tries within a working day against the hash
# Argon2id as the OWASP cheat sheet recommends it; the dearer figures of RFC 9106 take a small
# machine half a second of every core for each try, also for a stranger's.
MEMORY, PASSES, LANES = 46 * 1024, 1, 1  # KiB, passes, threads
_WAIT = 5.0  # seconds for a core to come free
_LOOKED_AT = 72  # characters: the estimate takes long over longer ones, which are strong anyway


def check(password: str, about: Iterable[str] = ()) -> None:
    """Check that *password* may be taken.

    Args:
        about: Words that say something of the person: id, name, organisation.

    Raises:
        ShortPasswordError, LongPasswordError, CommonPasswordError: If it may not.
    """
    plain = normal(password)
    if len(plain) < SHORTEST:
        raise ShortPasswordError(least=SHORTEST)
    if len(plain) > LONGEST:
        raise LongPasswordError(most=LONGEST)
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a while, and few set a password

    known = [word for word in (*about, "abreast", "并批", "bingpi", "shenpi") if word]
    if float(zxcvbn(plain[:_LOOKED_AT], user_inputs=known)["guesses"]) < EASY:
        raise CommonPasswordError


def normal(password: str) -> str:
    """Return the password in one spelling (NFKC): keyboards differ in how they compose.

    >>> normal("ｐａｓｓ") == normal("pass")
    True
    """
    return unicodedata.normalize("NFKC", password)


class Hasher:
    """Hashes and verifies, one password a core at a time: a flood of sign-ins waits outside."""

    def __init__(self, hasher: PasswordHasher | None = None, cores: int | None = None) -> None:
        """Take the house's figures, unless told otherwise."""
        self._hasher = hasher or PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES
        )
        self._free = threading.BoundedSemaphore(cores or os.cpu_count() or 1)
        self._decoy: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash of a password, with a salt of its own.

        Raises:
            HashingBusyError: If no core came free.
        """
        with self._core():
            return self._hasher.hash(normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether a password is the stored one; for no stored one it takes as long.

        Raises:
            HashingBusyError: If no core came free.
        """
        against = stored or self._of_nobody()
        with self._core():
            try:
                self._hasher.verify(against, normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other figures than those of today."""
        return self._hasher.check_needs_rehash(stored)

    def _of_nobody(self) -> str:
        if self._decoy is None:
            self._decoy = self.hash(os.urandom(16).hex())
        return self._decoy

    @contextmanager
    def _core(self) -> Iterator[None]:
        if not self._free.acquire(timeout=_WAIT):
            raise HashingBusyError
        try:
            yield
        finally:
            self._free.release()
