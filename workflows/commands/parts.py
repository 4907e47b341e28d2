"""What commands are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Free text by reference: the words lie in an erasable table, the log keeps a salted digest."""

    ref: str
    digest: str
