"""Object-centric event logs (OCEL 2.0) as a SQLite file, out and in without loss."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.errors import BadObjectsError
from exchange.ocel import (
    FROM_THE_START,
    Changed,
    Event,
    Kind,
    ObjectLog,
    Relation,
    Thing,
    Type,
    check,
    moment,
    said,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from exchange.ocel import Value

OCEL_SQLITE = "application/vnd.sqlite3"
_TABLES = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type);
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type);
CREATE TABLE event_object (
    ocel_event_id TEXT REFERENCES event, ocel_object_id TEXT REFERENCES object, ocel_qualifier TEXT
);
CREATE TABLE object_object (
    ocel_source_id TEXT REFERENCES object,
    ocel_target_id TEXT REFERENCES object,
    ocel_qualifier TEXT
);
"""
_SQL = {
    Kind.STRING: "TEXT",
    Kind.TIME: "TIMESTAMP",
    Kind.INTEGER: "INTEGER",
    Kind.FLOAT: "REAL",
    Kind.BOOLEAN: "BOOLEAN",
}
_KINDS = {sql: kind for kind, sql in _SQL.items()}
_EVENT_COLUMNS = ("ocel_id", "ocel_time")
_OBJECT_COLUMNS = ("ocel_id", "ocel_time", "ocel_changed_field")


def write(log: ObjectLog, file: Path) -> None:
    """Write *log* into a file that is not there yet.

    Raises:
        BadObjectsError: If two attributes of a type have names that SQLite cannot tell apart.
        sqlite3.Error: If the file cannot be written.
    """
    check(log)
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(_TABLES)
        for number, each in enumerate(log.object_types):
            _create(database, "object", each, number, _OBJECT_COLUMNS)
        for number, each in enumerate(log.event_types):
            _create(database, "event", each, number, _EVENT_COLUMNS)
        _write_objects(database, log)
        _write_events(database, log)


def read(file: Path) -> ObjectLog:
    """Return the log that a file holds.

    Raises:
        BadObjectsError: If it holds none.
    """
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            log = _read(database)
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise BadObjectsError(why=f"{type(error).__name__}: {error}"[:100]) from error
    check(log)
    return log


def _map(name: str, number: int) -> str:
    """Return how the table of a type is called."""
    plain = "".join(each if each.isascii() and each.isalnum() else "_" for each in name)
    return f"{plain}_{number}" if plain != name else name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _create(
    database: sqlite3.Connection, side: str, each: Type, number: int, own: Sequence[str]
) -> None:
    names = [name.lower() for name in (*own, *(name for name, _ in each.attributes))]
    if len(set(names)) != len(names):
        raise BadObjectsError(why=each.name)
    mapped = _map(each.name, number)
    database.execute(f"INSERT INTO {side}_map_type VALUES (?, ?)", (each.name, mapped))  # noqa: S608 - two words of ours
    columns = [f"{name} TEXT" for name in own]
    columns += [f"{_quoted(name)} {_SQL[kind]}" for name, kind in each.attributes]
    database.execute(f"CREATE TABLE {_quoted(f'{side}_{mapped}')} ({', '.join(columns)})")


def _write_objects(database: sqlite3.Connection, log: ObjectLog) -> None:
    types = {each.name: (each, _map(each.name, at)) for at, each in enumerate(log.object_types)}
    for thing in log.objects:
        database.execute("INSERT INTO object VALUES (?, ?)", (thing.id, thing.type))
        kind, mapped = types[thing.type]
        for row in _object_rows(thing, kind):
            _insert(database, f"object_{mapped}", row)
    database.executemany(
        "INSERT INTO object_object VALUES (?, ?, ?)",
        ((thing.id, r.object, r.qualifier) for thing in log.objects for r in thing.relations),
    )


def _object_rows(thing: Thing, kind: Type) -> Iterator[tuple[object, ...]]:
    """Yield what was true from the start as one row, and a row for each change."""
    first = {one.name: one.value for one in thing.attributes if one.at == FROM_THE_START}
    names = [name for name, _ in kind.attributes]
    yield thing.id, said(FROM_THE_START), None, *(_plain(first.get(name)) for name in names)
    for one in thing.attributes:
        if one.at != FROM_THE_START:
            cells = (_plain(one.value) if name == one.name else None for name in names)
            yield thing.id, said(one.at), one.name, *cells


def _write_events(database: sqlite3.Connection, log: ObjectLog) -> None:
    types = {each.name: (each, _map(each.name, at)) for at, each in enumerate(log.event_types)}
    for event in log.events:
        database.execute("INSERT INTO event VALUES (?, ?)", (event.id, event.type))
        kind, mapped = types[event.type]
        told = dict(event.attributes)
        cells = (_plain(told.get(name)) for name, _ in kind.attributes)
        _insert(database, f"event_{mapped}", (event.id, said(event.at), *cells))
    database.executemany(
        "INSERT INTO event_object VALUES (?, ?, ?)",
        ((event.id, r.object, r.qualifier) for event in log.events for r in event.relations),
    )


def _insert(database: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    places = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {_quoted(table)} VALUES ({places})", row)  # noqa: S608 - quoted


def _plain(value: Value | None) -> object:
    return said(value) if isinstance(value, datetime) else value


def _read(database: sqlite3.Connection) -> ObjectLog:
    object_types = _types(database, "object", _OBJECT_COLUMNS)
    event_types = _types(database, "event", _EVENT_COLUMNS)
    values: dict[str, list[Changed]] = {}
    for kind, mapped in object_types:
        for row in _rows(database, f"object_{mapped}"):
            values.setdefault(row[0], []).extend(_changes(kind, row))
    times: dict[str, tuple[datetime, tuple[tuple[str, Value], ...]]] = {}
    for kind, mapped in event_types:
        for row in _rows(database, f"event_{mapped}"):
            times[row[0]] = moment(row[1]), tuple(_told(kind, row[len(_EVENT_COLUMNS) :]))
    to_objects = _relations(database, "object_object")
    to_events = _relations(database, "event_object")
    return ObjectLog(
        object_types=tuple(kind for kind, _ in object_types),
        event_types=tuple(kind for kind, _ in event_types),
        objects=tuple(
            Thing(
                id=id_,
                type=kind,
                attributes=tuple(values.get(id_, ())),
                relations=tuple(to_objects.get(id_, ())),
            )
            for id_, kind in _rows(database, "object")
        ),
        events=tuple(
            Event(
                id=id_,
                type=kind,
                at=times[id_][0],
                attributes=times[id_][1],
                relations=tuple(to_events.get(id_, ())),
            )
            for id_, kind in _rows(database, "event")
        ),
    )


def _types(database: sqlite3.Connection, side: str, own: Sequence[str]) -> list[tuple[Type, str]]:
    found = []
    for name, mapped in _rows(database, f"{side}_map_type"):
        columns = database.execute(f"PRAGMA table_info({_quoted(f'{side}_{mapped}')})").fetchall()
        attributes = tuple(
            (column, _KINDS.get(sql.upper(), Kind.STRING))
            for _, column, sql, *_ in columns
            if column not in own
        )
        found.append((Type(name=name, attributes=attributes), mapped))
    return found


def _rows(database: sqlite3.Connection, table: str) -> list[tuple[str, ...]]:
    return database.execute(f"SELECT * FROM {_quoted(table)} ORDER BY rowid").fetchall()  # noqa: S608 - quoted


def _changes(kind: Type, row: Sequence[str]) -> Iterator[Changed]:
    at, changed = moment(row[1]), row[2]
    for name, value in _told(kind, row[len(_OBJECT_COLUMNS) :]):
        if changed in {None, name}:
            yield Changed(name=name, at=at, value=value)


def _told(kind: Type, cells: Sequence[object]) -> Iterator[tuple[str, Value]]:
    for (name, attribute), cell in zip(kind.attributes, cells, strict=True):
        if cell is not None:
            yield name, value_of(attribute, cell)


def _relations(database: sqlite3.Connection, table: str) -> dict[str, list[Relation]]:
    found: dict[str, list[Relation]] = {}
    for source, target, qualifier in _rows(database, table):
        found.setdefault(source, []).append(Relation(object=target, qualifier=qualifier))
    return found
