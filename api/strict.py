"""JSON without its traps: one reading of every body, bounded before it is built."""

from __future__ import annotations

import json
import re
from typing import NoReturn

LONGEST_BODY = 1024 * 1024
DEEPEST = 32
MOST_VALUES = 10_000  # members and elements of a body in all: no order needs a tenth of it
LONGEST_NUMBER = 19  # digits: what a 64-bit whole number holds
# A string to its end, or to the end of the text: so nothing is ever scanned twice.
_STRING_OR_MARK = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
# NUL and other controls but tab and line ends; halves of a surrogate pair; marks that turn the
# direction of writing, with which one text is made to look like another.
_BAD_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


class BadJsonError(ValueError):
    """A body that has no single plain reading.

    Attributes:
        code: Key of the text, e.g. "api.json.duplicate_key".
    """

    def __init__(self, code: str, **params: object) -> None:
        """Keep the key of the text and its parameters."""
        super().__init__(code)
        self.code = code
        self.params = params


def loads(body: bytes) -> object:
    """Read one JSON document.

    >>> loads(b'{"a": [1, true, "b"]}')
    {'a': [1, True, 'b']}

    Raises:
        BadJsonError: For malformed, deep, crowded, doubled, over-long or unprintable content.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJsonError("api.json.not_utf8") from error
    _check_size(text)
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise BadJsonError("api.json.malformed", line=error.lineno, column=error.colno) from error
    _check_texts(tree)
    return tree


def is_clean(text: str) -> bool:
    r"""Tell whether a text can be stored and shown as it is.

    >>> is_clean("并批\n"), is_clean("a\x00"), is_clean("\u202eabc")
    (True, False, False)
    """
    return _BAD_TEXT.search(text) is None


def _check_size(text: str) -> None:
    """Refuse deep nesting by its brackets and crowds by their commas, before anything is built."""
    depth, values = 0, 1
    for found in _STRING_OR_MARK.finditer(text):
        depth += _DEEPER.get(found.group(), 0)
        if depth > DEEPEST:
            raise BadJsonError("api.json.too_deep", limit=DEEPEST)
        values += found.group() == ","
        if values > MOST_VALUES:
            raise BadJsonError("api.json.too_many", limit=MOST_VALUES)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            shown = key[:80] if is_clean(key) else "?"
            raise BadJsonError("api.json.duplicate_key", key=shown)
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_NUMBER:
        raise BadJsonError("api.json.number_too_long", limit=LONGEST_NUMBER)
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if number - number != 0:  # an infinity: 1e999
        raise BadJsonError("api.json.number_too_long", limit=LONGEST_NUMBER)
    return number


def _constant(name: str) -> NoReturn:
    raise BadJsonError("api.json.not_a_number", name=name)


def _check_texts(tree: object) -> None:
    ahead = [tree]
    while ahead:
        match ahead.pop():
            case str(text) if not is_clean(text):
                raise BadJsonError("api.json.bad_text")
            case list(values):
                ahead += values
            case dict(members):
                ahead += members.keys()
                ahead += members.values()
            case _:
                pass
