"""From the text of a file, TOML or JSON, to a tree of plain values, and what is misshapen in it."""

from __future__ import annotations

import json
import re
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
# What marshmallow says in English alone, and the text that says it in the reader's language.
_REASONS = {
    "between": re.compile(
        r"Must be greater than or equal to (?P<least>\S+) "
        r"and less than or equal to (?P<most>\S+)\."
    ),
    "equal": re.compile(r"Must be equal to (?P<value>.+)\."),
    "choice": re.compile(r"Must be one of: (?P<choices>.+)\."),
    "slots": re.compile(r"Must be 1 to (?P<most>\d+), or unlimited\."),
    "ordered": re.compile(r"Must be two values in order\."),
    "positive": re.compile(r"Must be more than nothing\."),
    "longest": re.compile(r"Longer than maximum length (?P<most>\d+)\."),
    "shortest": re.compile(r"Shorter than minimum length (?P<least>\d+)\."),
    "length": re.compile(r"Length must be between (?P<least>\d+) and (?P<most>\d+)\."),
    "whole": re.compile(r"Not a valid integer\."),
    "number": re.compile(r"Not a valid number\."),
    "text": re.compile(r"Not a valid string\."),
    "truth": re.compile(r"Not a valid boolean\."),
    "table": re.compile(r"(?:Not a valid mapping type|Invalid input type)\."),
    "list": re.compile(r"Not a valid list\."),
    "answer": re.compile(r"Not a valid answer\."),
    "nothing": re.compile(r"Field may not be null\."),
    "special": re.compile(r"Special numeric values .+"),
}
_TOML_PLACE = re.compile(r"\(at line (?P<line>\d+)(?:, column (?P<column>\d+))?\)$")


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
        params = {"problem": _problem(error, text)}
        raise wrong([Finding(code=f"{wrong.noun}.unreadable", params=params)]) from error


def _problem(error: Exception, text: str) -> object:
    """Return where a file cannot be read; what the libraries say of it they say in English."""
    problem = str(error)
    place = _TOML_PLACE.search(problem)
    if isinstance(error, json.JSONDecodeError):
        line, column = error.lineno, error.colno
    elif place:
        line, column = int(place["line"]), int(place["column"] or 1)
    elif problem.endswith("(at end of document)"):
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    else:
        return {"code": "scenario.reason.monstrous"}  # no parser says where
    return {"code": "scenario.reason.place", "line": line, "column": column}


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
        yield Finding(code=code, field=".".join(path), params={"reason": _reason(str(message))})


def _reason(message: str) -> object:
    """Return a message of marshmallow's as a text in both languages; one unknown as it is."""
    for code, said in _REASONS.items():
        if found := said.fullmatch(message):
            return {"code": f"scenario.reason.{code}", **found.groupdict()}
    return message
