"""From the text of a file, TOML or JSON, to a tree of plain values, and what is misshapen in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workflows import toml
from workflows.catalogue.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.errors import FaultyFileError

LONGEST = 1024 * 1024
_CODES = {
    "Unknown field": "scenario.field.unknown",
    "Missing data": "scenario.field.missing",
    "Must be": "scenario.field.out_of_range",
    "Longer": "scenario.field.out_of_range",
    "Shorter": "scenario.field.out_of_range",
}
_WRONG = "scenario.field.wrong_type"


def tree_of(text: str, wrong: type[FaultyFileError]) -> object:
    """Return what a file says: JSON when it begins with a brace, else TOML.

    Raises:
        FaultyFileError: Of the kind *wrong*, if it is too long or cannot be read.
    """
    if len(text) > LONGEST:
        raise wrong([Finding(code=f"{wrong.noun}.too_long", params={"limit": LONGEST})])
    try:
        return json.loads(text) if text.lstrip().startswith("{") else toml.tree(text)
    except (ValueError, RecursionError) as error:
        params = {"problem": str(error) or type(error).__name__}
        raise wrong([Finding(code=f"{wrong.noun}.unreadable", params=params)]) from error


def misshapen(messages: object, path: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield a finding for each message of marshmallow's, nested by field."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            # "key" and "value" say which side of a mapping is wrong; _schema the whole.
            here = path if key in {"_schema", "value", "key"} else (*path, str(key))
            yield from misshapen(below, here)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        code = next((c for start, c in _CODES.items() if str(message).startswith(start)), _WRONG)
        yield Finding(code=code, field=".".join(path), params={"reason": str(message)})
