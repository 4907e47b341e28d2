"""Where a page ended, as one opaque signed word that the client hands back.

A cursor is good for the list and the filters that it came from, and for no others.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from flask import request
from itsdangerous import BadData, URLSafeSerializer

from api.parts import parts
from api.problems import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Place = tuple[datetime | str | int, ...]
Line = TypeVar("Line")
_SALT = "abreast.cursor"
_LARGEST = 2**31
# What a place in a list is made of; see the orders of engine/store/queries.py.
KINDS: Mapping[str, type] = {
    "created_at": datetime,
    "filed_at": datetime,
    "opened_at": datetime,
    "project": str,
    "unit": int,
    "path": str,
    "item": str,
    "attempt": int,
    "kind": str,
    "due": str,  # an ISO date, or nothing
    "id": str,
    "code": str,
    "place": int,  # in a list that is laid out anew for each page
}
_OF_THE_PAGE = frozenset({"cursor", "limit", "fields"})  # what may differ from page to page


def write_cursor(place: Place) -> str:
    """Return the cursor of a place in the list that this request asks for."""
    return sealed(parts().settings.secret, _list(), place)


def place_of(line: object, names: Sequence[str]) -> Place:
    """Return where a line stands in a list that is sorted by the columns *names*."""
    return tuple(getattr(line, name) for name in names)


def read_cursor(cursor: str | None, names: Sequence[str]) -> Place | None:
    """Return the place that *cursor* stands for; None for the first page.

    Args:
        names: Columns that the list is sorted by.

    Raises:
        InvalidError: If it is none of ours, or of another list.
    """
    if cursor is None:
        return None
    try:
        return unsealed(parts().settings.secret, _list(), cursor, [KINDS[name] for name in names])
    except ValueError as error:
        raise InvalidError.at("/cursor", "api.cursor.bad") from error


def sealed(secret: str, asked: str, place: Place) -> str:
    """Return *place* signed, together with what was *asked* for.

    >>> unsealed("key", "tasks", sealed("key", "tasks", ("a", 7)), (str, int))
    ('a', 7)
    """
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in place]
    return _serializer(secret).dumps([asked, *plain])


def unsealed(secret: str, asked: str, cursor: str, kinds: Sequence[type]) -> Place:
    """Return the place in *cursor*.

    Raises:
        ValueError: If we did not sign it, or for another list.
    """
    try:
        plain = _serializer(secret).loads(cursor)
    except BadData as error:
        raise ValueError(cursor) from error
    if not isinstance(plain, list) or plain[:1] != [asked]:
        raise ValueError(cursor)
    return _typed(plain[1:], kinds)


def page_of(lines: Sequence[Line], limit: int) -> tuple[Sequence[Line], Line | None]:
    """Return the page out of *limit* + 1 lines, and its last line if there are more."""
    page = lines[:limit]
    return page, page[-1] if len(lines) > limit else None


def _list() -> str:
    """Return which list with which filters and order this request asks for, in few characters."""
    told = sorted((name, value) for name, value in request.args.items() if name not in _OF_THE_PAGE)
    whole = repr((request.path, told)).encode()
    return hashlib.sha256(whole).hexdigest()[:16]


def _serializer(secret: str) -> URLSafeSerializer:
    keyed = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=_SALT, signer_kwargs=keyed)


def _typed(plain: Sequence[object], kinds: Sequence[type]) -> Place:
    if len(plain) != len(kinds):
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
