"""Object-centric event logs (OCEL 2.0): the model, and its JSON form out and in without loss.

Source: the OCEL 2.0 specification, ocel-standard.org.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from exchange.errors import BadObjectsError

if TYPE_CHECKING:
    from collections.abc import Iterable

OCEL_JSON = "application/json"
FROM_THE_START = datetime(1970, 1, 1, tzinfo=UTC)  # the time of values that never were others
Value: TypeAlias = "str | bool | int | float | datetime"
_SHOWN = 100


class Kind(StrEnum):
    """Types of attributes."""

    STRING = "string"
    TIME = "time"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type of objects or events; *attributes* by name, in order."""

    name: str
    attributes: tuple[tuple[str, Kind], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """To which object, and as what."""

    object: str
    qualifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A value that an attribute of an object took at a time."""

    name: str
    at: datetime
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object; *attributes* by time, then in the order of its type."""

    id: str
    type: str
    attributes: tuple[Changed, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event; *attributes* in the order of its type."""

    id: str
    type: str
    at: datetime
    attributes: tuple[tuple[str, Value], ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLog:
    """A whole log; ids of objects, and of events, are unique."""

    object_types: tuple[Type, ...]
    event_types: tuple[Type, ...]
    objects: tuple[Thing, ...]
    events: tuple[Event, ...]


def as_json(log: ObjectLog) -> bytes:
    """Return the log in OCEL 2.0 JSON."""
    told = {
        "objectTypes": [_type(each) for each in log.object_types],
        "eventTypes": [_type(each) for each in log.event_types],
        "objects": [
            {
                "id": thing.id,
                "type": thing.type,
                "attributes": [
                    {"name": each.name, "time": said(each.at), "value": _plain(each.value)}
                    for each in thing.attributes
                ],
                "relationships": _relations(thing.relations),
            }
            for thing in log.objects
        ],
        "events": [
            {
                "id": event.id,
                "type": event.type,
                "time": said(event.at),
                "attributes": [
                    {"name": name, "value": _plain(value)} for name, value in event.attributes
                ],
                "relationships": _relations(event.relations),
            }
            for event in log.events
        ],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1).encode()


def from_json(text: bytes) -> ObjectLog:
    """Return the log of a file in OCEL 2.0 JSON.

    Raises:
        BadObjectsError: If it is none, or an id is there twice, or a type or object is not there.
    """
    try:
        told = json.loads(text)
        log = _log(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadObjectsError(why=f"{type(error).__name__}: {error}"[:_SHOWN]) from error
    check(log)
    return log


def check(log: ObjectLog) -> None:
    """Check that ids are unique, and that everything named is there.

    Raises:
        BadObjectsError: For the first that is not.
    """
    objects = _unique("object", (each.id for each in log.objects))
    _unique("event", (each.id for each in log.events))
    types = {"object": _unique("object type", (each.name for each in log.object_types))}
    types["event"] = _unique("event type", (each.name for each in log.event_types))
    named: list[tuple[str, Thing | Event]] = [("object", thing) for thing in log.objects]
    named += [("event", event) for event in log.events]
    for kind, each in named:
        if each.type not in types[kind]:
            raise BadObjectsError(why=f"{kind} type {each.type}"[:_SHOWN])
        for relation in each.relations:
            if relation.object not in objects:
                raise BadObjectsError(why=f"object {relation.object}"[:_SHOWN])


def said(at: datetime) -> str:
    """Return an instant as OCEL writes it.

    >>> said(FROM_THE_START)
    '1970-01-01T00:00:00Z'
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Return the instant that *text* says; one without a zone is in UTC, as the standard has it.

    Raises:
        ValueError: If it says none.
    """
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def value_of(kind: Kind, value: Any) -> Value:  # noqa: ANN401 - what a file says
    """Return a value as its kind has it; JSON and SQLite know fewer kinds, some tools only texts.

    >>> value_of(Kind.BOOLEAN, 1), value_of(Kind.FLOAT, 1), value_of(Kind.INTEGER, "7")
    (True, 1.0, 7)

    Raises:
        ValueError: If it cannot be.
    """
    match kind:
        case Kind.STRING:
            return str(value)
        case Kind.TIME:
            return moment(str(value))
        case Kind.INTEGER:
            return int(value)
        case Kind.FLOAT:
            return float(value)
        case Kind.BOOLEAN:
            return value.lower() in {"true", "1"} if isinstance(value, str) else bool(value)


def _unique(what: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadObjectsError(why=f"{what} {name}"[:_SHOWN])
        seen.add(name)
    return seen


def _type(each: Type) -> dict[str, object]:
    attributes = [{"name": name, "type": kind.value} for name, kind in each.attributes]
    return {"name": each.name, "attributes": attributes}


def _relations(relations: tuple[Relation, ...]) -> list[dict[str, str]]:
    return [{"objectId": each.object, "qualifier": each.qualifier} for each in relations]


def _plain(value: Value) -> object:
    return said(value) if isinstance(value, datetime) else value


def _log(told: Any) -> ObjectLog:  # noqa: ANN401 - what a file says
    object_types = tuple(_told_type(each) for each in told["objectTypes"])
    event_types = tuple(_told_type(each) for each in told["eventTypes"])
    of_objects = {each.name: dict(each.attributes) for each in object_types}
    of_events = {each.name: dict(each.attributes) for each in event_types}
    return ObjectLog(
        object_types=object_types,
        event_types=event_types,
        objects=tuple(
            Thing(
                id=each["id"],
                type=each["type"],
                attributes=tuple(
                    Changed(
                        name=one["name"],
                        at=moment(one["time"]),
                        value=value_of(of_objects[each["type"]][one["name"]], one["value"]),
                    )
                    for one in each.get("attributes", ())
                ),
                relations=_told_relations(each),
            )
            for each in told["objects"]
        ),
        events=tuple(
            Event(
                id=each["id"],
                type=each["type"],
                at=moment(each["time"]),
                attributes=tuple(
                    (one["name"], value_of(of_events[each["type"]][one["name"]], one["value"]))
                    for one in each.get("attributes", ())
                ),
                relations=_told_relations(each),
            )
            for each in told["events"]
        ),
    )


def _told_type(told: Any) -> Type:  # noqa: ANN401 - what a file says
    attributes = tuple((each["name"], Kind(each["type"])) for each in told.get("attributes", ()))
    return Type(name=told["name"], attributes=attributes)


def _told_relations(told: Any) -> tuple[Relation, ...]:  # noqa: ANN401 - what a file says
    return tuple(
        Relation(object=each["objectId"], qualifier=each["qualifier"])
        for each in told.get("relationships") or ()
    )
