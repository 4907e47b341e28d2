"""Rows of the command path as prepared statements of PostgreSQL with their cells."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from engine.envelope import Envelope
from engine.notes import Text
from engine.store._wire import Cell, Numbered, cells, numbered
from engine.store.hot import sql
from engine.store.port import Recorded
from workflows.rows import COLUMNS, KEYS, STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.store.port import Head
    from workflows.rows import Row

_KINDS: Mapping[str, type[Any]] = {
    **{row.table: row for row in STORED},
    "event": Envelope,
    "command": Recorded,
    "note": Text,
}
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    "event": tuple(field.name for field in fields(Envelope)),
    "command": tuple(field.name for field in fields(Recorded)),
    "note": ("stream", *(field.name for field in fields(Text))),
}
_Sent = tuple[Numbered, list[Cell]]


def inserted(table: str, row: object) -> _Sent:
    """Return what puts *row* into *table*."""
    return numbered(insertion(table)), cells(_all_of(_COLUMNS[table])(row))


def updated(row: Row) -> _Sent:
    """Return what makes the row of the same key into *row*."""
    return numbered(_update(row.table)), cells(_updated(row.table)(row))


def deleted(row: Row) -> _Sent:
    """Return what removes *row*."""
    return numbered(_delete(row.table)), cells(_keys(row.table)(row))


def settled(last: Envelope, answer: Recorded, head: Head, changed: str) -> _Sent:
    """Return what ends a command: its last event, its answer and its head, in one statement.

    Args:
        changed: Name of the statement of the head.
    """
    statement = _settling(changed)
    own = statement.names[len(_COLUMNS["event"]) + len(_COLUMNS["command"]) :]
    values = (
        *_all_of(_COLUMNS["event"])(last),
        *_all_of(_COLUMNS["command"])(answer),
        *(getattr(head, name) for name in own),
    )
    return statement, cells(values)


@cache
def _settling(changed: str) -> Numbered:
    """Return the statement; what head and event have in common goes out once."""
    whole = sql("postgres", "settle").format(
        event=insertion("event"),
        command=insertion("command", "answer_"),
        head=sql("postgres", changed),
    )
    return numbered(whole)


@cache
def insertion(table: str, prefix: str = "") -> str:
    """Return the statement that puts a row into *table*, its parameters by name.

    Args:
        prefix: Of the parameters' names.
    """
    names = _COLUMNS[table]
    values = ", ".join(_place(table, name, prefix) for name in names)
    return sql("postgres", "insert").format(table=table, columns=", ".join(names), values=values)


@cache
def _update(table: str) -> str:
    others = [name for name in COLUMNS[table] if name not in KEYS[table]]
    return sql("postgres", "update").format(
        table=table, assignments=_pairs(table, others, ", "), key=_key(table)
    )


@cache
def _delete(table: str) -> str:
    return sql("postgres", "delete").format(table=table, key=_key(table))


@cache
def _updated(table: str) -> Callable[[object], tuple[object, ...]]:
    return _all_of(numbered(_update(table)).names)


@cache
def _keys(table: str) -> Callable[[object], tuple[object, ...]]:
    return _all_of(numbered(_delete(table)).names)


@cache
def _all_of(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """Return a function that gives the attributes *names* of a row."""
    if len(names) > 1:
        return attrgetter(*names)
    (name,) = names
    return lambda row: (getattr(row, name),)


def _key(table: str) -> str:
    return _pairs(table, KEYS[table], " AND ")


def _pairs(table: str, names: Iterable[str], between: str) -> str:
    return between.join(f"{name} = {_place(table, name)}" for name in names)


def _place(table: str, name: str, prefix: str = "") -> str:
    """Return the placeholder of a column: an instant goes out as the server keeps it."""
    return f"%({prefix}{name}){'b' if name in _instants(table) else 's'}"


@cache
def _instants(table: str) -> frozenset[str]:
    kinds = {field.name: str(field.type) for field in fields(_KINDS[table])}
    return frozenset(name for name, kind in kinds.items() if kind.startswith("datetime"))
