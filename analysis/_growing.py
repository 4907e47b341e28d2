"""Tables and lists of words that grow: what a ledger is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_FIRST_ROOM = 1024


class Table:
    """Rows of int32 cells that grow; a column is one stretch of memory."""

    def __init__(self, columns: Sequence[str]) -> None:
        """Begin without rows."""
        self._cells = np.full((len(columns), _FIRST_ROOM), NONE, dtype=np.int32)
        self.names = tuple(columns)
        self.at = {name: place for place, name in enumerate(columns)}
        self.count = 0

    def add(self) -> int:
        """Return the number of a new row."""
        if self.count == self._cells.shape[1]:
            more = np.full((len(self.names), max(self.count, _FIRST_ROOM)), NONE, dtype=np.int32)
            self._cells = np.concatenate((self._cells, more), axis=1)
        self.count += 1
        return self.count - 1

    def fill(self, cells: NDArray[np.int32]) -> None:
        """Take over whole columns in place of all rows."""
        self._cells, self.count = cells, cells.shape[1]

    def cells(self, column: str) -> list[int]:
        """Return the cells of a column."""
        found: list[int] = self._cells[self.at[column], : self.count].tolist()
        return found

    def put(self, row: int, values: Sequence[int]) -> None:
        """Write the cells of a row, in the order of the columns."""
        self._cells[:, row] = values

    def set(self, row: int, column: str, value: int) -> None:
        """Write one cell."""
        self._cells[self.at[column], row] = value

    def columns(self, *, copied: bool) -> dict[str, NDArray[np.int32]]:
        """Return the columns as they stand, not to be written to."""
        cells = self._cells[:, : self.count]
        cells = cells.copy() if copied else cells
        views = {name: cells[place] for name, place in self.at.items()}
        for view in views.values():
            view.flags.writeable = False
        return views


class Words:
    """Words by the order in which they came."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Begin with *words*, each of which comes once."""
        self._codes = {word: code for code, word in enumerate(words)}

    def code(self, word: str | None) -> int:
        """Return the code of a word, a new one if it was never seen; NONE for None."""
        return NONE if word is None else self._codes.setdefault(word, len(self._codes))

    def all(self) -> tuple[str, ...]:
        """Return the words by code."""
        return tuple(self._codes)
