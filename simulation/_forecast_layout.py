"""What is to be had of a project, laid out for the compiled loops of the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation._forecast_words import NONE, How, Stage, Word
from simulation._rows import How as Filed
from simulation._rows import rows_for
from simulation.edits import nets_of
from simulation.scenario import Pairing, Scenario
from workflows.catalogue.values import Join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from bpmn.net import Net
    from simulation._rows import Row
    from simulation.history import Past
    from workflows.catalogue.values import Catalogue

    Ints = NDArray[np.int64]

LAST, ALONGSIDE = 4, 5  # stages: the last in line, and the one that runs beside them
_HOWS = {Filed.LISTED: How.LISTED, Filed.PAIRABLE: How.PAIRABLE, Filed.FREE: How.FREE}
_NOTHING = Scenario(name="forecast")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """One outline, laid out; nobody writes to it.

    Attributes:
        places: Row by (unit, item).   runs_at: Run by (stage, unit).
        rows, runs: As in `_forecast_words`, as if nothing had come yet.
        codes: Item of each row.
        waits_at, waiting, made: See `_forecast_words.Present`.
        documents: How many there are.
    """

    places: Mapping[tuple[int, str], int]
    runs_at: Mapping[tuple[int, int], int]
    rows: Ints
    runs: Ints
    codes: tuple[str, ...]
    waits_at: Ints
    waiting: Ints
    made: Ints
    documents: int


class Layouts:
    """The layouts of one catalogue and past, each made once."""

    def __init__(self, catalogue: Catalogue, past: Past) -> None:
        """Begin with none."""
        self._catalogue, self._past = catalogue, past
        self._nets: Mapping[str, Net] = nets_of(catalogue, Pairing())
        self._known: dict[frozenset[tuple[int, str]], Layout] = {}

    def of(self, outline: frozenset[tuple[int, str]]) -> Layout:
        """Return the layout of what is to be had; items that the catalogue lacks are left out."""
        found = self._known.get(outline)
        if found is None:
            found = self._known[outline] = self._laid_out(outline)
        return found

    def _laid_out(self, outline: frozenset[tuple[int, str]]) -> Layout:
        units: dict[int, set[str]] = {}
        for unit, code in outline:
            if code in self._catalogue.items:
                units.setdefault(unit, set()).add(code)
        codes = frozenset().union(*units.values())
        rows = rows_for(codes, self._catalogue, self._nets, _NOTHING)
        own = [(unit, row) for unit in sorted(units) for row in rows if row.code in units[unit]]
        first = {unit: self._first(units[unit]) if unit else 1 for unit in units}
        runs = sorted({(row.stage, unit) for unit, row in own} | set(_lines(first)))
        runs_at = {key: at for at, key in enumerate(runs)}
        names: dict[tuple[int, str], int] = {}
        makers = self._makers(rows)
        waits = [
            [_home(first, unit, makers.get(name, ()), name) for name in row.waits]
            for unit, row in own
        ]
        for each in (key for keys in waits for key in keys):
            names.setdefault(each, len(names))
        made = [
            [names[unit, name] for name in row.makes if (unit, name) in names] for unit, row in own
        ]
        places = {(unit, row.code): at for at, (unit, row) in enumerate(own)}
        waiting = [[at for at, keys in enumerate(waits) if key in keys] for key in names]
        return Layout(
            places=places,
            runs_at=runs_at,
            rows=self._rows(own, runs_at, [len(set(keys)) for keys in waits], made),
            runs=self._runs(own, runs, runs_at),
            codes=tuple(row.code for _, row in own),
            waits_at=_borders(waiting),
            waiting=_flat(waiting),
            made=_flat(made),
            documents=len(names),
        )

    def _first(self, codes: Iterable[str]) -> int:
        return min(self._catalogue.items[code].stage for code in codes)

    def _makers(self, rows: Iterable[Row]) -> dict[str, list[int]]:
        """Return the stages in which each document is made."""
        found: dict[str, list[int]] = {}
        for row in rows:
            for name in row.makes:
                found.setdefault(name, []).append(row.stage)
        return found

    def _rows(
        self,
        own: list[tuple[int, Row]],
        runs_at: Mapping[tuple[int, int], int],
        needs: list[int],
        made: list[list[int]],
    ) -> Ints:
        words = np.zeros((len(own), Word.WORDS), dtype=np.int64)
        pools: dict[int, dict[str, int]] = {}
        for unit, row in own:
            if row.how is Filed.PAIRABLE:
                pool = pools.setdefault(runs_at[row.stage, unit], {})
                pool[row.code] = len(pool)
        borders = _borders(made)
        for at, (unit, row) in enumerate(own):
            run = runs_at[row.stage, unit]
            pool = pools.get(run, {})
            words[at, Word.ITEM] = self._past.items[row.code]
            words[at, Word.RUN] = run
            words[at, Word.DEPARTMENT] = self._past.departments.get(row.department, NONE)
            words[at, Word.HOW] = _HOWS[row.how]
            words[at, Word.MILESTONE] = row.milestone
            words[at, Word.MADE_AT], words[at, Word.MADE_END] = borders[at], borders[at + 1]
            words[at, Word.BIT] = pool.get(row.code, 0)
            words[at, Word.BESIDE] = sum(1 << pool[c] for c in row.related if c in pool)
            words[at, Word.PENDING] = needs[at]
        return words

    def _runs(
        self,
        own: list[tuple[int, Row]],
        runs: list[tuple[int, int]],
        runs_at: Mapping[tuple[int, int], int],
    ) -> Ints:
        words = np.zeros((len(runs), Stage.WORDS), dtype=np.int64)
        for at, (stage, unit) in enumerate(runs):
            mine = [row for other, row in own if (row.stage, other) == (stage, unit)]
            goals = sum(row.milestone for row in mine)
            join = self._catalogue.stages[stage].join
            words[at, Stage.NUMBER] = stage
            words[at, Stage.OPEN] = len(mine)
            words[at, Stage.NEXT] = runs_at.get((stage + 1, unit), NONE) if stage < LAST else NONE
            words[at, Stage.TO_REACH] = (
                NONE if join is None else goals if join is Join.ALL else min(goals, 1)
            )
        return words


def _lines(first: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the stages that each unit goes through one after the other, as (stage, unit)."""
    for unit, start in first.items():
        yield from ((stage, unit) for stage in range(start, LAST + 1))


def _home(first: Mapping[int, int], unit: int, stages: Iterable[int], name: str) -> tuple[int, str]:
    """Return a document by the unit that makes it for *unit*: itself from its first stage on."""
    own = any(first[unit] <= stage <= LAST for stage in stages)
    return (unit if own or not unit else 0), name


def _borders(lists: list[list[int]]) -> Ints:
    return np.concatenate(([0], np.cumsum([len(each) for each in lists], dtype=np.int64)))


def _flat(lists: list[list[int]]) -> Ints:
    return np.array([each for some in lists for each in some], dtype=np.int64)
