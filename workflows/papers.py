"""Result documents as data: a number to quote them by, content that anyone can hash again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

_canonical = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What an electronic result document says; no person stands in it.

    Attributes:
        number: What it is quoted by (文号).
        owner: Organisation that builds.
        catalogue: Hash of the catalogue that the project was filed under.
        status: National status of the grant: 11, or 12 when materials were tolerated.
        issued_on, valid_until: ISO dates, Asia/Shanghai; None = without end.
    """

    number: str
    document: str
    project: str
    owner: str
    unit: int
    item: str
    attempt: int
    status: int
    issued_on: str
    valid_until: str | None
    catalogue: str

    @property
    def content(self) -> bytes:
        """Return the canonical content: JSON, sorted keys, UTF-8, no blanks."""
        return _canonical.encode(self)

    @property
    def sha256(self) -> str:
        """Return the digest of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def number(project: str, document: str, unit: int, item: str, attempt: int) -> str:
    """Return the number of a document: unlike any other's, and always the same.

    >>> number("2026-120118-47-03-000001", "D21", 0, "S2-08", 1)
    '2026-120118-47-03-000001-D21-S2-08-0-1'
    """
    return f"{project}-{document}-{item}-{unit}-{attempt}"
