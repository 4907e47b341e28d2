"""Reads event logs that are tables (CSV), some thousand lines at a time, as columns."""

from __future__ import annotations

import csv
from dataclasses import asdict
from io import StringIO, TextIOWrapper
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

from exchange.columns import Batch
from exchange.errors import BadTableError, MissingColumnError, NotTextError
from exchange.mapping import TableColumns, TableForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

PIECE = 1 << 20  # characters read at a time, and those of the longest line
A_BATCH = 2_000  # lines read one by one and handed on together: rows that die young cost least
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
        BadTableError: If a line is wider or narrower than the first, longer than PIECE, or holds a
            wild quote.
    """
    text = TextIOWrapper(file, encoding=form.encoding, newline="")
    table = _Table(text, form.delimiter)
    try:
        yield from table.batches(columns)
    except UnicodeDecodeError as error:
        raise NotTextError(encoding=form.encoding) from error
    except csv.Error as error:
        raise BadTableError(line=table.line, why=str(error)) from error
    finally:
        text.detach()  # the file belongs to the caller


class _Table:
    """A table on its way: lines without a quote are split all at once, others read by `csv`.

    Attributes:
        line: Lines that were read.
    """

    def __init__(self, text: TextIOWrapper, delimiter: str) -> None:
        self.line = 0
        self._text, self._delimiter = text, delimiter
        self._first = 1  # number of the next event

    def batches(self, columns: TableColumns | None) -> Iterator[Batch]:
        """Yield the events; once there was a quote, all that follow are read by `csv`."""
        pieces = self._pieces()
        beginning = StringIO(next(pieces, ""), newline="")
        heading = next(self._rows(beginning), [])
        places, width = _places(heading, columns), len(heading)
        rest = chain((beginning.read(),), pieces)
        for piece in rest:
            cells = self._plain(piece, width)
            if cells is None:
                yield from self._quoted(chain((piece,), rest), places, width)
            elif cells:
                batch = self._batch([cells[at::width] for at in range(width)], places)
                self.line += len(batch)
                yield batch

    def _pieces(self) -> Iterator[str]:
        """Yield the text, cut between lines."""
        rest = ""
        while read := self._text.read(PIECE):
            rest += read
            cut = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1
            if not cut and len(rest) > PIECE:
                raise BadTableError(line=self.line + 1, why=f"> {PIECE}")
            if cut:
                yield rest[:cut]
            rest = rest[cut:]
        if rest:
            yield rest

    def _plain(self, piece: str, width: int) -> list[str] | None:
        """Return the cells of lines, one after the other; None where it takes more to read them."""
        even = piece.replace("\r\n", "\n").removesuffix("\n")
        if not even:
            return None if piece else []
        if '"' in even or "\r" in even:
            return None
        lines = even.split("\n")
        if "" in lines or set(map(str.count, lines, repeat(self._delimiter))) != {width - 1}:
            return None
        return even.replace("\n", self._delimiter).split(self._delimiter)

    def _quoted(
        self, pieces: Iterable[str], places: Mapping[str, int], width: int
    ) -> Iterator[Batch]:
        reader = self._rows(line for piece in pieces for line in StringIO(piece, newline=""))
        while rows := list(islice(reader, A_BATCH)):
            if set(map(len, rows)) != {width}:
                number, found = next(
                    (at, len(row)) for at, row in enumerate(rows) if len(row) != width
                )
                raise BadTableError(
                    line=self.line - len(rows) + number + 1, why=f"{found} / {width}"
                )
            yield self._batch(list(zip(*rows, strict=True)), places)

    def _rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(self._counted(lines), delimiter=self._delimiter, strict=True)

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.line += 1
            yield line

    def _batch(self, columns: Sequence[Sequence[str]], places: Mapping[str, int]) -> Batch:
        """Return some lines as events."""
        batch = Batch(first=self._first, **{name: columns[at] for name, at in places.items()})
        self._first += len(batch)
        return batch


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
