"""Reads event logs that are tables (CSV), some thousand lines at a time, as columns."""

from __future__ import annotations

import csv
from dataclasses import asdict
from io import TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING

from exchange.columns import Batch
from exchange.errors import BadTableError, MissingColumnError, NotTextError
from exchange.mapping import TableColumns, TableForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

A_BATCH = 2_000  # lines handed on at a time: rows that die young cost the collector least
_USUAL = {  # taken where a table without a mapping has them
    "start": "start_timestamp",
    "phase": "lifecycle:transition",
    "resource": "org:resource",
    "group": "org:group",
    "instance": "concept:instance",
}
_AT = {"time": "at"}
_SHOWN = 40


def batches(file: BinaryIO, columns: TableColumns | None, form: TableForm) -> Iterator[Batch]:
    """Yield the events of a table, in the order of the file; its first line names the columns.

    Args:
        columns: None = those that process mining tools write.

    Raises:
        MissingColumnError: If a column is not there, or there twice.
        NotTextError: If the file is not in the encoding.
        BadTableError: If a line is wider or narrower than the first, or holds a wild quote.
    """
    text = TextIOWrapper(file, encoding=form.encoding, newline="")
    reader = csv.reader(text, delimiter=form.delimiter, strict=True)
    try:
        heading = next(reader, [])
        places = _places(heading, columns)
        first = 1
        while rows := list(islice(reader, A_BATCH)):
            yield _batch(rows, places, len(heading), first, reader.line_num)
            first += len(rows)
    except UnicodeDecodeError as error:
        raise NotTextError(encoding=form.encoding) from error
    except csv.Error as error:
        raise BadTableError(line=reader.line_num, why=str(error)) from error
    finally:
        text.detach()  # the file belongs to the caller


def _places(heading: Sequence[str], columns: TableColumns | None) -> Mapping[str, int]:
    """Return where each column stands."""
    wanted = asdict(columns or TableColumns())
    if columns is None:
        wanted |= {ours: theirs for ours, theirs in _USUAL.items() if theirs in heading}
    places = {}
    for ours, theirs in wanted.items():
        if theirs is None:
            continue
        if heading.count(theirs) != 1:
            known = [name[:_SHOWN] for name in heading[:_SHOWN]]
            raise MissingColumnError(column=theirs, known=known)
        places[_AT.get(ours, ours)] = heading.index(theirs)
    return places


def _batch(
    rows: Sequence[Sequence[str]], places: Mapping[str, int], width: int, first: int, line: int
) -> Batch:
    """Return some lines as events; *line* is the number of the last one."""
    if set(map(len, rows)) != {width}:
        number, found = next((at, len(row)) for at, row in enumerate(rows) if len(row) != width)
        raise BadTableError(line=line - len(rows) + number + 1, why=f"{found} / {width}")
    cells = list(zip(*rows, strict=True))
    return Batch(first=first, **{name: cells[place] for name, place in places.items()})
