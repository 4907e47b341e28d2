"""Pairs that were made beside pairs that could have been, in days really saved."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from analysis.columns import HOWS, NONE, POLICIES
from analysis.worktime import DAY
from workflows.events import How, Policy
from workflows.graph import planned_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.columns import Columns

_PAIRED, _SINGLE, _ALONE = (HOWS.index(how) for how in (How.PAIR, How.SINGLE, How.ALONE))
_NAMES = ("runs", "items", "paired", "single", "alone", "possible")
_SCALE = 100  # the best plan is looked for in hundredths of a day


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """The pairable items of one stage, over all its runs. Days are working days of eight hours.

    Attributes:
        runs: Stage runs in which at least one ended.
        items: Attempts that ended; *paired* in a pair, *single* with a slot, *alone* without.
        used: Pairs whose both members ended; *possible*: how many the best plan would have made.
        one_by_one: Days, had each of them followed the other.
        saved: Days less than that, pair by pair: the shorter member of each.
        best: Days that the best plan would have saved, by the same durations.
        policies: Pairs and days saved, by who found them.
    """

    stage: int
    runs: int = 0
    items: int = 0
    paired: int = 0
    single: int = 0
    alone: int = 0
    used: int = 0
    possible: int = 0
    one_by_one: float = 0.0
    saved: float = 0.0
    best: float = 0.0
    policies: Mapping[Policy, tuple[int, float]] = field(default_factory=dict)

    @property
    def reached(self) -> float | None:
        """Return how much of the best plan was reached, 0 to 1; None where it saves nothing."""
        return self.saved / self.best if self.best else None


def pairs_report(
    columns: Columns,
    related: Mapping[str, frozenset[str]],
    told: Callable[[float], None] = lambda _: None,
) -> tuple[PairFigures, ...]:
    """Return the figures of each stage that has pairable items.

    The best plan is a maximum-weight matching of the items that ran, in each stage run, by the
    time that each of them took; whether they would have taken the same side by side nobody knows.

    Args:
        related: Items that a document path joins: they may not be paired.
        told: Called with the part that is done, 0 to 1.
    """
    how = columns.how
    rows = np.flatnonzero(columns.over & ((how == _PAIRED) | (how == _SINGLE) | (how == _ALONE)))
    by_run: dict[int, list[int]] = {}
    for row in map(int, rows):
        by_run.setdefault(int(columns.run[row]), []).append(row)
    stages: dict[int, _Tally] = {}
    for done, (run, members) in enumerate(sorted(by_run.items()), start=1):
        tally = stages.setdefault(int(columns.runs.stage[run]), _Tally())
        tally.add(columns, members, related)
        told(done / len(by_run))
    return tuple(tally.figures(stage) for stage, tally in sorted(stages.items()))


@dataclass(slots=True)
class _Tally:
    """Figures that grow, run by run."""

    counts: Counter[str] = field(default_factory=Counter)
    days: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    pairs: Counter[Policy] = field(default_factory=Counter)
    saved: defaultdict[Policy, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, columns: Columns, rows: list[int], related: Mapping[str, frozenset[str]]) -> None:
        """Take in the attempts of one stage run."""
        took = {row: int(columns.ended[row] - columns.filed[row]) / DAY for row in rows}
        self.counts["runs"] += 1
        self.counts["items"] += len(rows)
        for name, code in (("paired", _PAIRED), ("single", _SINGLE), ("alone", _ALONE)):
            self.counts[name] += sum(int(columns.how[row]) == code for row in rows)
        self.days["one_by_one"] += sum(took.values())
        self._used(columns, took)
        self._best(columns, took, related)

    def _used(self, columns: Columns, took: Mapping[int, float]) -> None:
        members: dict[int, list[int]] = {}
        for row in took:
            if columns.pair[row] != NONE:
                members.setdefault(int(columns.pair[row]), []).append(row)
        for both in members.values():
            if len(both) > 1:
                policy = POLICIES[int(columns.policy[both[0]])]
                self.pairs[policy] += 1
                self.saved[policy] += min(took[row] for row in both)

    def _best(
        self, columns: Columns, took: Mapping[int, float], related: Mapping[str, frozenset[str]]
    ) -> None:
        """Plan the attempts anew; one that was filed again is another piece of work."""
        names = columns.names.items
        code = {f"{names[columns.item[row]]}#{columns.attempt[row]}": row for row in took}
        item = {each: names[columns.item[row]] for each, row in code.items()}
        barred = [
            frozenset(pair)
            for pair in combinations(sorted(code), 2)
            if item[pair[0]] == item[pair[1]]
            or item[pair[1]] in related.get(item[pair[0]], frozenset())
        ]
        days = {each: round(took[row] * _SCALE) for each, row in code.items()}
        plan = planned_pairs(days, barred)
        self.counts["possible"] += len(plan)
        self.days["best"] += sum(min(took[code[one]], took[code[other]]) for one, other in plan)

    def figures(self, stage: int) -> PairFigures:
        """Return them as they stand."""
        return PairFigures(
            stage=stage,
            used=sum(self.pairs.values()),
            one_by_one=float(self.days["one_by_one"]),
            best=float(self.days["best"]),
            saved=float(sum(self.saved.values())),
            policies={
                policy: (self.pairs[policy], float(self.saved[policy]))
                for policy in Policy
                if self.pairs[policy]
            },
            **{name: self.counts[name] for name in _NAMES},
        )
