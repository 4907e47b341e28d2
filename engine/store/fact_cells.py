"""Reads all facts of all projects, a column at a time.

Instants are asked for as texts or numbers and read by the column: a value of Python for each of
them would take longer than everything else that is done with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import BigInteger, Text, and_, cast, extract, func, select

from analysis.cells import CaseCells, Cells, PauseCells, RunCells, StageCells, UnitCells
from engine.store.fact_tables import ItemPauseRow
from engine.store.tables import ItemRunRow, PairRow, ProjectRow, StageRunRow, UnitRow
from engine.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from engine.store.tables import Base

_ROWS = 1000  # read at once; the fewer there are, the less is looked through for garbage
_LENGTH = 26  # characters of an instant without its zone, which is UTC
_NEVER = "1969-12-31T23:59:59"
_MICROSECONDS = 1_000_000  # of a second


def cells(connection: Connection) -> Cells:
    """Return what is stored of all projects; the transaction decides as of when."""
    return Cells(
        cases=CaseCells(**_read(connection, _columns(ProjectRow, CaseCells))),
        units=UnitCells(**_read(connection, _columns(UnitRow, UnitCells))),
        stages=StageCells(**_read(connection, _columns(StageRunRow, StageCells))),
        runs=RunCells(**_read(connection, _runs())),
        pauses=PauseCells(**_read(connection, _columns(ItemPauseRow, PauseCells))),
    )


def _columns(table: type[Base], kind: type) -> Select[Any]:
    """Return a query for the columns that *kind* has, by key."""
    cells = table.__table__
    wanted = (cells.c[name] for name in kind.__slots__)  # type: ignore[attr-defined]  # as each has
    return select(*wanted).order_by(*cells.primary_key.columns)  # type: ignore[attr-defined]  # a table


def _runs() -> Select[Any]:
    run, pair = ItemRunRow, PairRow
    more = {
        "first": pair.first,
        "second": pair.second,
        "policy": pair.policy,
        "limit": run.committed_days + run.extension,
        "limit_unit": run.committed_unit,
        "late": run.recorded_late,
    }
    wanted = (
        more[name].label(name) if name in more else getattr(run, name)
        for name in RunCells.__slots__
    )
    of_it = and_(pair.project == run.project, pair.pair == run.pair)
    query: Select[Any] = select(*wanted).outerjoin_from(run, pair, of_it)
    return query.order_by(run.project, run.unit, run.item, run.attempt)


def _read(connection: Connection, query: Select[Any]) -> dict[str, Any]:
    """Return the columns of an answer by name, instants as microseconds."""
    asked = query.selected_columns
    instants = {column.name for column in asked if isinstance(column.type, UtcDateTime)}
    plain = query.with_only_columns(
        *(
            _instant(connection, column).label(column.name) if column.name in instants else column
            for column in asked
        )
    )
    found: dict[str, list[Any]] = {column.name: [] for column in asked}
    for rows in connection.execute(plain).partitions(_ROWS):
        for column, values in zip(found.values(), zip(*rows, strict=True), strict=True):
            column.extend(values)
    return {
        name: _microseconds(values) if name in instants else values
        for name, values in found.items()
    }


def _instant(connection: Connection, column: Any) -> Any:  # noqa: ANN401 - expressions of any type
    """Return an instant as text in SQLite, else as microseconds; before 1970 where none came."""
    if connection.dialect.name == "sqlite":
        return func.coalesce(func.substr(column, 1, _LENGTH, type_=Text()), _NEVER, type_=Text())
    whole = cast(extract("epoch", column) * _MICROSECONDS, BigInteger)
    return func.coalesce(whole, -_MICROSECONDS)


def _microseconds(values: Sequence[Any]) -> NDArray[np.int64]:
    if values and isinstance(values[0], str):
        return np.array(values, dtype="datetime64[us]").astype(np.int64)
    return np.array(values, dtype=np.int64)
