"""Lays a scenario out as the words of `simulation.tables`."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from analysis.worktime import DAY
from simulation._tables import MOST_POOL, Shapes, pool_of
from simulation.draws import threshold_of
from simulation.scenario import Mode, Policy
from simulation.tables import (
    BITS,
    BITS_AT,
    FOREVER,
    ITEM_BIT,
    KIND_WORDS,
    LEVELS,
    LINE,
    NONE,
    RING,
    RUNS,
    SLOTS,
    STAGE_BIT,
    STAGES,
    Department,
    Head,
    Log,
    Office,
    Part,
    Queue,
    Slot,
    StageRun,
)
from simulation.tables import Row as RowWord
from workflows.catalogue.values import Join

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from simulation._rows import Row
    from simulation._tables import Lines
    from simulation.scenario import Scenario
    from workflows.catalogue.values import Catalogue

_POLICIES = tuple(Policy)


class Layout:
    """The tables of one scenario, written from front to back.

    Attributes:
        words: Written so far.   shapes: Tables of quantiles.
        sole: Documents that one row only makes, of the kind that is being written.
    """

    def __init__(
        self,
        scenario: Scenario,
        catalogue: Catalogue,
        kinds: tuple[tuple[Row, ...], ...],
        numbers: Mapping[str, int],
        departments: Sequence[str],
    ) -> None:
        """Keep what is laid out; *numbers* and *departments* give places to codes."""
        self.scenario = scenario
        self.catalogue = catalogue
        self.kinds = kinds
        self.numbers = numbers
        self.departments = {code: place for place, code in enumerate(departments)}
        self.shapes = Shapes()
        self.words: list[int] = [0] * Head.WORDS
        self.sole: set[str] = set()

    def tables(self, lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the tables: int64, and the quantiles that each run takes along: int32."""
        self._settings()
        self._offices(lines)
        at = self.words[Head.KIND_AT] = self._put([0] * (KIND_WORDS * len(self.kinds)))
        weights = until([kind.weight for kind in self.scenario.arrivals.kinds])
        for number, rows in enumerate(self.kinds):
            record = self._kind(rows, int(weights[number]))
            begin = at + number * KIND_WORDS
            self.words[begin : begin + KIND_WORDS] = record
        quantiles = self.shapes.all().ravel()
        put_state(self.words, len(self.departments), len(quantiles))
        return np.array(self.words, dtype=np.int64), quantiles

    def _put(self, words: Iterable[int]) -> int:
        """Write words and return where they begin."""
        at = len(self.words)
        self.words += map(int, words)
        return at

    def _settings(self) -> None:
        scenario, chances, agents = self.scenario, self.scenario.chances, self.scenario.agents
        plain = {
            Head.CASES: scenario.arrivals.projects,
            Head.WIDTH: max(map(len, self.kinds)),
            Head.DOCUMENTS: max(len(_waits(rows)) for rows in self.kinds),
            Head.TRIES: 1 + (chances.patience if chances.refused else 0),
            Head.POLICY: _POLICIES.index(scenario.pairing.policy),
            Head.ROLLING: int(scenario.pairing.mode is Mode.ROLLING),
            Head.SLOTS: scenario.pairing.slots or MOST_POOL,
            Head.PARK_AFTER: scenario.park_after,
            Head.PRECHECK: threshold_of(agents.precheck),
            Head.REFUSED: threshold_of(chances.refused),
            Head.KINDS: len(self.kinds),
            Head.DEPARTMENTS: len(self.departments),
        }
        times = {
            Head.BETWEEN: scenario.arrivals.between,
            Head.ANSWER: chances.answer,
            Head.AGAIN: chances.again,
            Head.ON_COMMITMENT: chances.on_commitment,
            Head.PROCEDURE: chances.procedure_time,
            Head.PREPARATION: agents.preparation,
            Head.FREE: agents.free,
        }
        rows = [row for kind in self.kinds for row in kind]
        chosen = {
            Head.SUPPLEMENTS: [row.supplement for row in rows],
            Head.PROCEDURES: [chances.procedure * bool(row.procedure) for row in rows],
            Head.COMMITMENTS: [chances.committed * row.committable for row in rows],
        }
        plain |= {place: int(any(each)) for place, each in chosen.items()}
        for place, value in plain.items():
            self.words[place] = value
        for place, duration in times.items():
            self.words[place : place + 2] = self.shapes.place(duration)

    def _offices(self, lines: Lines) -> None:
        self.words[Head.HORIZON] = lines.days * DAY
        starts = [
            (self._put(before), self._put(day))
            for before, day in zip(lines.before, lines.day, strict=True)
        ]
        records: list[int] = []
        for code, place in self.departments.items():
            known = self.scenario.departments.get(code)
            reviewers = None if known is None else known.reviewers
            line = int(lines.of[place])
            own = (NONE, NONE) if line == NONE else starts[line]
            records += (FOREVER if reviewers is None else reviewers, *own)
        assert len(records) == Department.WORDS * len(self.departments)  # noqa: S101 - as the loops read it
        self.words[Head.DEPARTMENT_AT] = self._put(records)

    def _kind(self, rows: Sequence[Row], weight: int) -> list[int]:
        waits = _waits(rows)
        flat = self._put(at for each in waits.values() for at in each)
        borders = self._put(flat + each for each in (0, *accumulate(map(len, waits.values()))))
        makers = Counter(name for row in rows for name in row.makes)
        self.sole = {name for name in waits if makers[name] == 1}
        stages = by_stage(rows)
        pools = [pool_of(part, self.scenario.pairing.policy) for part in stages]
        bits = {code: bit for pool in pools for bit, code in enumerate(pool.codes)}
        records: list[int] = []
        for number, row in enumerate(rows):
            records += self._row(row, waits, bits, number)
        record = [weight, self._put(records), len(rows), borders]
        first = 0
        for number, part in enumerate(stages, start=1):
            record += self._part(number, part, first)
            first += len(part)
        return record

    def _row(
        self, row: Row, waits: Mapping[str, list[int]], bits: Mapping[str, int], number: int
    ) -> list[int]:
        chances = self.scenario.chances
        numbers = {name: at for at, name in enumerate(waits)}
        made = [numbers[name] for name in row.makes if name in waits and name not in self.sole]
        freed = sorted(at for name in row.makes if name in self.sole for at in waits[name])
        at, frees = self._put(made), self._put(freed)
        words = {
            RowWord.ITEM: self.numbers[row.code],
            RowWord.RUN: RUNS + (row.stage - 1) * StageRun.WORDS,
            RowWord.DEPARTMENT: self.departments[row.department],
            RowWord.HOW: row.how,
            RowWord.PRIORITY: row.priority,
            RowWord.NEEDS: len(row.waits),
            RowWord.BIT: bits.get(row.code, NONE),
            RowWord.BESIDE: sum(1 << bits[code] for code in row.related),
            RowWord.MILESTONE: int(row.milestone),
            RowWord.FREES_AT: frees,
            RowWord.FREES_END: frees + len(freed),
            RowWord.MADE_AT: at,
            RowWord.MADE_END: at + len(made),
            RowWord.SUPPLEMENT: threshold_of(row.supplement),
            RowWord.CHECKED: threshold_of(row.checked),
            RowWord.PROCEDURE: threshold_of(chances.procedure * bool(row.procedure)),
            RowWord.COMMITMENT: threshold_of(chances.committed * row.committable),
            RowWord.ORDER: row.stage - 1 << STAGE_BIT | self.numbers[row.code] << ITEM_BIT | number,
            RowWord.NUMBER: number,
        }
        words[RowWord.SHAPE], words[RowWord.MEAN] = self.shapes.place(row.service)
        return [words[RowWord(place)] for place in range(RowWord.WORDS)]

    def _part(self, number: int, part: Sequence[Row], first: int) -> list[int]:
        pool = pool_of(part, self.scenario.pairing.policy)
        at = {row.code: place for place, row in enumerate(part, start=first)}
        pairs = self._put(bit for pair in pool.pairs for bit in pair)
        words = {
            Part.FIRST: first,
            Part.END: first + len(part),
            Part.MILESTONES: self._milestones(number, part),
            Part.POOL_AT: self._put(at[code] for code in pool.codes),
            Part.POOL: len(pool.codes),
            Part.SINGLE_AT: self._put(pool.single),
            Part.PAIRS_AT: pairs,
            Part.PAIRS_END: pairs + 2 * len(pool.pairs),
            Part.PLAN_AT: NONE if pool.plan is None else self._put(pool.plan.tolist()),
        }
        return [words[Part(place)] for place in range(Part.WORDS)]

    def _milestones(self, number: int, part: Sequence[Row]) -> int:
        items = sum(row.milestone for row in part)
        join = self.catalogue.stages[number].join
        if join is None:
            return NONE
        return items if join is Join.ALL else min(items, 1)


def put_state(words: list[int], departments: int, quantiles: int) -> None:
    """Write into the head *words* where the records of the state begin, by what it says of cases.

    Args:
        quantiles: Words of all tables of them.
    """
    cases, width = words[Head.CASES], words[Head.WIDTH]
    slot = words[Head.SLOT_WORDS] = _lines(Slot.WORDS + words[Head.TRIES] * Log.WORDS)
    pending = words[Head.PENDING] = SLOTS + width * slot
    issued = words[Head.ISSUED] = pending + width
    case = words[Head.CASE_WORDS] = _lines(issued + words[Head.DOCUMENTS])
    sizes = {
        Head.QUEUE_AT: departments * LEVELS * Queue.WORDS,
        Head.OFFICE_AT: departments * Office.WORDS,
        Head.TOUCHED_AT: departments + cases,
        Head.QUANTILES_AT: quantiles,
        Head.CASE_AT: cases * case,
    }
    at = BITS_AT + RING // BITS
    for place, size in sizes.items():
        words[place] = at
        at = _lines(at + size)
    words[Head.STATE_WORDS] = at


def _lines(words: int) -> int:
    """Return so many words rounded up to whole lines of the cache."""
    return -(-words // LINE) * LINE


def by_stage(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of each stage, by stage."""
    parts: list[list[Row]] = [[] for _ in range(STAGES)]
    for row in rows:
        parts[row.stage - 1].append(row)
    return parts


def until(weights: Sequence[float]) -> NDArray[np.int64]:
    """Return the sums of weights as a drawn number is held against them, in 2^53rds."""
    whole = sum(weights)
    return np.array([threshold_of(each / whole) for each in accumulate(weights)], dtype=np.int64)


def _waits(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return which rows of a kind wait for each document that any waits for, by name."""
    names = sorted({name for row in rows for name in row.waits})
    return {name: [at for at, row in enumerate(rows) if name in row.waits] for name in names}
