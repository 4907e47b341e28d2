"""Free text, kept where it can be erased: the log holds a reference and a salted digest only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from workflows.commands import Note

SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words behind one note; erasing them leaves the log's chain whole.

    Attributes:
        salt: Hex; without it the digest cannot be tried against guesses.
    """

    ref: str
    salt: str
    text: str

    @property
    def note(self) -> Note:
        """Return what a command and the log may hold of it."""
        return Note(ref=self.ref, digest=digest(self.salt, self.text))


def write(text: str) -> Text:
    """Give *text* a new reference and a new salt."""
    return Text(ref=secrets.token_hex(8), salt=secrets.token_hex(SALT_BYTES), text=text)


def digest(salt: str, text: str) -> str:
    """Return SHA-256(salt + text), in hex.

    >>> digest("00", "理由")[:8]
    'e1e109ad'
    """
    return hashlib.sha256((salt + text).encode()).hexdigest()
