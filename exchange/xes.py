"""Event logs in XES (IEEE 1849-2023), out and in again without loss.

A log is cases (traces) of events, both lists of typed attributes in order. Attributes of
attributes and lists are not written; where a foreign log has them they are counted as nested.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID
from xml.sax.saxutils import quoteattr

from exchange.errors import NotXmlError, UnwritableError
from exchange.xes_in import elements, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from exchange.xes_in import Element

Value: TypeAlias = "str | bool | int | float | datetime | UUID"
Attributes: TypeAlias = tuple[tuple[str, Value], ...]
XES = "application/xml"
NAMESPACE = "http://www.xes-standard.org/"
_KINDS = ("string", "date", "int", "float", "boolean", "id")
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
# What XML 1.0 cannot express, not even escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event; keys occur once."""

    attributes: Attributes

    def get(self, key: str) -> Value | None:
        """Return the value of an attribute; None without it."""
        return dict(self.attributes).get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One case."""

    attributes: Attributes
    events: tuple[Event, ...]

    def get(self, key: str) -> Value | None:
        """Return the value of an attribute; None without it."""
        return dict(self.attributes).get(key)


def written(traces: Iterable[Trace]) -> Iterator[bytes]:
    """Yield a log piece by piece, one for each case.

    Raises:
        UnwritableError: If a text holds a character that XML cannot express.
    """
    yield _HEAD.encode()
    for trace in traces:
        lines = ["  <trace>\n"]
        lines += [_attribute(key, value, 4) for key, value in trace.attributes]
        for event in trace.events:
            lines.append("    <event>\n")
            lines += [_attribute(key, value, 6) for key, value in event.attributes]
            lines.append("    </event>\n")
        lines.append("  </trace>\n")
        yield "".join(lines).encode()
    yield b"</log>\n"


def read(file: BinaryIO) -> Iterator[Trace]:
    """Yield the cases of a log.

    Raises:
        NotXmlError: If the file is no well-formed XML, or a value is not of its type.
        DoctypeError, NotXesError, LongCaseError: As exchange.xes_in.batches.
    """
    for element in elements(file):
        events = [child for child in element if named(child)[1] == "event"]
        yield Trace(
            attributes=_attributes(element),
            events=tuple(Event(attributes=_attributes(event)) for event in events),
        )


def _head() -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<log xes.version="1849-2023" xes.features="" xmlns="{NAMESPACE}">\n',
    ]
    lines += [
        f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
        for name, prefix, uri in _EXTENSIONS
    ]
    lines += [
        '  <global scope="trace">\n    <string key="concept:name" value="-"/>\n  </global>\n',
        '  <global scope="event">\n',
        '    <string key="concept:name" value="-"/>\n',
        '    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\n',
        '    <string key="lifecycle:transition" value="complete"/>\n  </global>\n',
        '  <classifier name="Activity" keys="concept:name"/>\n',
        '  <classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>\n',
        '  <string key="lifecycle:model" value="standard"/>\n',
    ]
    return "".join(lines)


_HEAD = _head()


def _attribute(key: str, value: Value, indent: int) -> str:
    kind, text = _said(value)
    return f"{' ' * indent}<{kind} key={_quoted(key)} value={_quoted(text)}/>\n"


def _said(value: Value) -> tuple[str, str]:
    """Return the type and the text of a value.

    >>> _said(True), _said(3), _said(float("inf"))
    (('boolean', 'true'), ('int', '3'), ('float', 'INF'))
    """
    match value:
        case bool():
            return "boolean", "true" if value else "false"
        case int():
            return "int", str(value)
        case float():
            return "float", repr(value) if math.isfinite(value) else _unbounded(value)
        case datetime():
            precise = "microseconds" if value.microsecond % 1000 else "milliseconds"
            return "date", value.astimezone(UTC).isoformat(timespec=precise)
        case UUID():
            return "id", str(value)
        case str():
            return "string", value


def _unbounded(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "INF" if value > 0 else "-INF"


def _quoted(text: str) -> str:
    if _IMPOSSIBLE.search(text):
        raise UnwritableError(text=repr(text)[:_SHOWN])
    return quoteattr(text)


def _attributes(element: Element) -> Attributes:
    found: dict[str, Value] = {}
    for child in element:
        kind, key = named(child)[1], child.get("key")
        if kind in _KINDS and key is not None and key not in found:
            found[key] = _value(kind, child)
    return tuple(found.items())


def _value(kind: str, element: Element) -> Value:
    text = element.get("value", "")
    try:
        match kind:
            case "boolean":
                return {"true": True, "1": True, "false": False, "0": False}[text]
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "date":
                return _moment(text)
            case "id":
                return UUID(text)
            case _:
                return text
    except (KeyError, ValueError) as error:
        message = f"{kind} {text[:_SHOWN]!r}"
        raise NotXmlError(line=element.sourceline or 0, message=message) from error


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)
