"""Our extension elements (`abreast:*`) as values; each attribute is checked here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpmn.conditions import Condition, ConditionError, parse
from bpmn.diagram import ItemMark, Pairing, Performer, Result, Step, Timer
from bpmn.errors import (
    BadConditionError,
    ItemIdError,
    MarkMissingError,
    MarkTwiceError,
    MarkValueError,
    TimerError,
)
from bpmn.reader_words import ABREAST, full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

MOST_OUTCOMES = 8
MOST_NEEDS = 64

_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}(-[A-Z0-9]{1,8}){0,2}")
_DOCUMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_DURATION = re.compile(r"P([1-9][0-9]{0,2})D")


def extensions(element: etree._Element) -> tuple[etree._Element, ...]:
    """Return the children of *element*'s extensionElements."""
    return tuple(child for holder in element.findall(full("extensionElements")) for child in holder)


def mark(element: etree._Element, name: str) -> etree._Element | None:
    """Return the one `abreast:name` of *element*, or None.

    Raises:
        MarkTwiceError: If there are several.
    """
    found = [child for child in extensions(element) if child.tag == f"{{{ABREAST}}}{name}"]
    if len(found) > 1:
        raise MarkTwiceError(node=element.get("id", ""), mark=name)
    return found[0] if found else None


def item_mark(element: etree._Element) -> ItemMark | None:
    """Return the `abreast:item` of a call activity, or None."""
    found = mark(element, "item")
    if found is None:
        return None
    node = element.get("id", "")
    code = _matching(found, node, "code", _CODE)
    if code.replace("-", "_") != node:
        raise ItemIdError(node=node, code=code)
    return ItemMark(
        code=code,
        department=_matching(found, node, "department", _WORD),
        applies=_applies(found, node),
        needs=_needs(found, node),
        milestone=_flag(found, node, "milestone"),
        inspection=_flag(found, node, "inspection"),
    )


def pairing(element: etree._Element) -> Pairing:
    """Return the `abreast:pairing` of an ad-hoc block."""
    found = _needed(element, "pairing")
    node = element.get("id", "")
    return Pairing(
        slots=int(_matching(found, node, "slots", re.compile(r"[0-9]"))),
        mode=_matching(found, node, "mode", re.compile(r"rounds|rolling"), "rounds"),
    )


def step(element: etree._Element) -> Step:
    """Return the `abreast:step` of a user task."""
    found = _needed(element, "step")
    node = element.get("id", "")
    outcomes = tuple(found.get("outcomes", "").split())
    well_formed = all(_WORD.fullmatch(outcome) for outcome in outcomes)
    if not well_formed or not 1 <= len(set(outcomes)) == len(outcomes) <= MOST_OUTCOMES:
        raise _senseless(found, node, "outcomes")
    return Step(
        status=int(_matching(found, node, "status", re.compile(r"1?[0-9]"))),
        performer=Performer(_matching(found, node, "performer", _one_of(list(Performer)))),
        outcomes=outcomes,
    )


def result(element: etree._Element) -> Result | None:
    """Return the `abreast:result` of an end event, or None."""
    found = mark(element, "result")
    if found is None:
        return None
    return Result(_matching(found, element.get("id", ""), "value", _one_of(list(Result))))


def join(process: etree._Element) -> str | None:
    """Return how a stage's milestone items close it, or None."""
    found = mark(process, "stage")
    if found is None:
        return None
    name = process.get("id", "")
    _matching(found, name, "number", re.compile(r"[1-9]"))
    return None if "join" not in found.attrib else _matching(found, name, "join", _one_of(_JOINS))


def timer(element: etree._Element, duration: str) -> Timer:
    """Return the timer of a boundary event: *duration* like P5D, in days of `abreast:timer unit`.

    Raises:
        TimerError: If it is no whole number of days, or `abreast:timer` tells another number.
    """
    node = element.get("id", "")
    days = _DURATION.fullmatch(duration)
    if days is None:
        raise TimerError(boundary=node, value=duration[:80])
    found = mark(element, "timer")
    if found is None:  # working days are what the regulations mean by "days" of a step
        return Timer(days=int(days[1]), unit="working_day")
    if found.get("days", days[1]) != days[1]:
        raise TimerError(boundary=node, value=found.get("days", "")[:80])
    unit = _matching(found, node, "unit", _one_of(_UNITS), _UNITS[0])
    return Timer(days=int(days[1]), unit=unit)


def condition(text: str, owner: str, names: frozenset[str] | None) -> Condition:
    """Parse a condition that may use *names* (None = any).

    Raises:
        BadConditionError: Naming *owner* and the bad part.
    """
    try:
        return parse(text, names)
    except ConditionError as error:
        raise bad_condition(error, owner) from error


def bad_condition(error: ConditionError, owner: str) -> BadConditionError:
    """Name the *owner* of a bad condition."""
    return BadConditionError(owner=owner, text=error.text, part=error.part, reason=error.reason)


_JOINS = ("all", "any")
_UNITS = ("working_day", "calendar_day")


def _applies(found: etree._Element, node: str) -> Condition | None:
    text = found.get("applies")
    return None if text is None else condition(text, node, None)


def _needs(found: etree._Element, node: str) -> tuple[str, ...]:
    documents = []
    for need in found:
        _matching(need, node, "kind", re.compile("hard"), "hard")
        documents.append(_matching(need, node, "document", _DOCUMENT))
    if len(set(documents)) != len(documents) or len(documents) > MOST_NEEDS:
        raise MarkTwiceError(node=node, mark="needs")
    return tuple(sorted(documents))


def _needed(element: etree._Element, name: str) -> etree._Element:
    found = mark(element, name)
    if found is None:
        raise MarkMissingError(node=element.get("id", ""), mark=name)
    return found


def _flag(found: etree._Element, node: str, attribute: str) -> bool:
    return _matching(found, node, attribute, re.compile("true|false"), "false") == "true"


def _one_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(words))


def _matching(
    found: etree._Element,
    node: str,
    attribute: str,
    pattern: re.Pattern[str],
    default: str | None = None,
) -> str:
    value = found.get(attribute, default)
    if value is None or not pattern.fullmatch(value):
        raise _senseless(found, node, attribute)
    return value


def _senseless(found: etree._Element, node: str, attribute: str) -> MarkValueError:
    return MarkValueError(
        node=node,
        mark=found.tag.partition("}")[2],
        attribute=attribute,
        value=found.get(attribute, "")[:80],
    )
