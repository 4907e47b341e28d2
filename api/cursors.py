"""Where a page ended, as one opaque word that the client hands back."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from api.problems import InvalidError

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = tuple[datetime | str | int, ...]
Line = TypeVar("Line")


def write_cursor(place: Place) -> str:
    """Return the cursor of a place in a sorted list.

    >>> read_cursor(write_cursor(("a", 7)), (str, int))
    ('a', 7)
    """
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in place]
    packed = json.dumps(plain, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> Place | None:
    """Return the place that *cursor* stands for; None for the first page.

    Raises:
        InvalidError: If it is none of ours, or of another list.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        packed = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        plain = json.loads(packed)
        return _typed(plain, kinds)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidError.at("/cursor", "api.cursor.bad") from error


def page_of(lines: Sequence[Line], limit: int) -> tuple[Sequence[Line], Line | None]:
    """Return the page out of *limit* + 1 lines, and its last line if there are more."""
    page = lines[:limit]
    return page, page[-1] if len(lines) > limit else None


def _typed(plain: object, kinds: Sequence[type]) -> Place:
    if not isinstance(plain, list) or len(plain) != len(kinds):
        raise ValueError(plain)
    return tuple(_one(each, kind) for each, kind in zip(plain, kinds, strict=True))


def _one(plain: object, kind: type) -> datetime | str | int:
    if kind is datetime and isinstance(plain, str):
        instant = datetime.fromisoformat(plain)
        if instant.tzinfo is not None:
            return instant
    if kind is str and isinstance(plain, str) and plain.isprintable():
        return plain
    if kind is int and type(plain) is int and abs(plain) < _LARGEST:
        return plain
    raise ValueError(plain)


_LARGEST = 2**31
