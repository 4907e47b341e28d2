"""A scenario out of the facts: what comes, how long everything takes, who works when.

Times are the quantiles of what was seen, unfinished ones among them (simulation.survival); what the
facts cannot tell (commitments, agents' looks) stays in the times that they can.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.columns import HOWS, NONE, PAUSES, POLICIES, Result
from analysis.worktime import DAY, NEVER
from simulation._fit_offices import closed_days, departments, own_minutes
from simulation.check import checked
from simulation.errors import NothingToFitError
from simulation.family import district, work_of
from simulation.files import scenario_of
from simulation.history import steps_of
from simulation.scenario import VERSION
from simulation.survival import quantiles
from workflows.events import How, PauseKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.columns import Columns, Truths
    from simulation.scenario import Kind, Scenario
    from workflows.catalogue.values import Catalogue

    Floats = NDArray[np.float64]
    Tree = dict[str, Any]

VALUES = 40  # of an empirical time
MOST_KINDS = 50
FEWEST = 8  # ends of an item below which it has the times of all, by its limit
MOST = 2000  # projects of a run
_PRIOR = 20.0  # attempts that the common rate of supplements counts for
_SHORTEST = 1 / DAY
_MORE = 1.25  # times the work that there was: less may be chance
_ENDS = (Result.GRANTED, Result.REFUSED, Result.LAPSED, Result.REVOKED)
_LOST = (Result.REFUSED, Result.LAPSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A scenario as a tree of plain values (what a file says), and as its value."""

    tree: Tree
    scenario: Scenario


def fitted(
    columns: Columns, catalogue: Catalogue, kinds: Sequence[Kind] = (), *, most: int = MOST
) -> Fitted:
    """Return the scenario that the facts speak for.

    Args:
        kinds: What the projects were like, by number; none where the facts do not say what was
            answered: then flow types have the answers of the built-in district.
        most: Projects of a run, where there were more.

    Raises:
        NothingToFitError: If no item of the catalogue was ever granted.
        ScenarioError: If the facts contradict themselves.
    """
    fitter = _Fitter(columns, catalogue, most)
    tree = fitter.tree(kinds)
    scenario = fitter.staffed(tree, scenario_of(tree, catalogue))
    return Fitted(tree=tree, scenario=checked(scenario, catalogue))


class _Fitter:
    """Reads one part of the scenario after the other out of the facts."""

    def __init__(self, columns: Columns, catalogue: Catalogue, most: int) -> None:
        self.columns, self.catalogue, self.most = columns, catalogue, most
        self.steps = steps_of(columns)
        codes = columns.names.items
        known = np.array([*(code in catalogue.items for code in codes), False])
        self.known: Truths = known[columns.item]
        self.ended = columns.over & np.isin(columns.result, _ENDS)
        if not (self.known & self.ended).any():
            raise NothingToFitError(attempts=len(columns))

    def tree(self, kinds: Sequence[Kind]) -> Tree:
        """Return all of it."""
        closed = closed_days(self.columns, self.steps)
        offices = departments(self.columns, self.steps, closed)
        return {
            "version": VERSION,
            "name": "fitted",
            "arrivals": self._arrivals(kinds),
            "pairing": self._pairing(),
            "departments": {
                code: {"closed": list(each.closed)}
                | ({} if each.reviewers is None else {"reviewers": each.reviewers})
                for code, each in offices.items()
                if code in self.catalogue.departments
            },
            "service": {"items": self._service(closed)},
            "chances": self._chances(),
            "agents": self._agents(),
        }

    def staffed(self, tree: Tree, scenario: Scenario) -> Scenario:
        """Put more people where the scenario has more work than there was, and return it so.

        Owners may decline what is not mandated, which no scenario knows: whoever reviewed it would
        have a queue in the scenario that nobody ever stood in.
        """
        work, seen = work_of(scenario, self.catalogue), self._work()
        for code, known in scenario.departments.items():
            part = work.get(code, 0.0) / seen[code] if seen.get(code) else 0.0
            if known.reviewers is not None and part > _MORE:
                tree["departments"][code]["reviewers"] = ceil(known.reviewers * part)
        return scenario_of(tree, self.catalogue)

    def _work(self) -> dict[str, float]:
        """Return the days of review that a completed project brought, by department."""
        columns, steps = self.columns, self.steps
        done = columns.cases.ended != NEVER
        own = steps.taken & columns.over & done[columns.project]
        minutes = np.bincount(
            columns.department[own],
            (steps.until - steps.begun)[own],
            len(columns.names.departments),
        )
        whole = max(int(done.sum()), 1) * DAY
        return dict(zip(columns.names.departments, (minutes / whole).tolist(), strict=True))

    def _arrivals(self, kinds: Sequence[Kind]) -> Tree:
        cases = self.columns.cases
        filed = np.sort(cases.filed[cases.filed != NEVER])
        gaps = np.diff(filed).astype(np.float64)
        count = min(max(len(filed), 10), self.most)
        names = self.columns.names.townships
        towns = np.bincount(cases.township[cases.township != NONE], minlength=len(names))
        found: Tree = {
            "projects": count,
            "warm_up": count // 5,
            "kinds": self._kinds(kinds),
            "townships": {
                code: float(number) for code, number in zip(names, towns, strict=True) if number
            },
        }
        if gaps.any():
            found["between"] = _empirical(gaps, np.ones(len(gaps), dtype=np.bool_))
        return found

    def _kinds(self, kinds: Sequence[Kind]) -> list[Tree]:
        if kinds:
            return [
                {"flow": kind.flow, "facts": dict(kind.facts), "weight": weight}
                for kind, weight in _spread(kinds)
            ]
        flows = Counter(self.columns.cases.flow.tolist())
        built_in = district(self.catalogue).arrivals.kinds
        told = [kind for kind in built_in if kind.flow in flows] or built_in
        same = Counter(kind.flow for kind in told)
        return [
            {
                "flow": kind.flow,
                "facts": dict(kind.facts),
                "weight": max(flows[kind.flow], 1) / same[kind.flow],
            }
            for kind in told
        ]

    def _pairing(self) -> Tree:
        found = self.columns.policy[self.columns.policy != NONE]
        if not len(found):
            return {"policy": "single", "slots": 1}
        return {"policy": POLICIES[int(np.bincount(found).argmax())].value}

    def _service(self, closed: Mapping[str, tuple[int, ...]]) -> Tree:
        """Return the times of work of the items, on the days of their departments."""
        columns, steps = self.columns, self.steps
        found: Tree = {}
        for at, code in enumerate(columns.names.items):
            own = np.flatnonzero(steps.taken & (columns.item == at))
            if code not in self.catalogue.items or self.ended[own].sum() < FEWEST:
                continue
            days = closed[columns.names.departments[int(columns.department[own[0]])]]
            begun = own_minutes(columns.worktime, days, steps.begun[own])
            until = own_minutes(columns.worktime, days, steps.until[own])
            found[code] = _empirical((until - begun).astype(np.float64), self.ended[own])
        return found

    def _chances(self) -> Tree:
        asked = self._paused(PauseKind.SUPPLEMENT)
        some = self.known & (self.columns.accepted != NEVER)
        lost = self.ended & np.isin(self.columns.result, _LOST)
        tries = self.columns.attempt[self.known]
        common = float(asked[some].mean()) if some.any() else 0.0
        found: Tree = {
            "supplement": common,
            "supplements": self._supplements(asked, some, common),
            "refused": float(lost.sum() / max(int(self.ended.sum()), 1)),
            "patience": int(np.clip(tries.max() - 1, 1, 20)),
            "committed": 0.0,
        }
        self._put(found, "answer", *self._pauses(PauseKind.SUPPLEMENT))
        self._put(found, "procedure_time", *self._pauses(PauseKind.PROCEDURE))
        self._put(found, "again", *self._again())
        able = self.known & np.isin(self.columns.item, self._procedural())
        if able.any():
            found["procedure"] = float(self._paused(PauseKind.PROCEDURE)[able].mean())
        return found

    def _supplements(self, asked: Truths, some: Truths, common: float) -> Tree:
        item = self.columns.item
        return {
            code: float((asked[own].sum() + _PRIOR * common) / (own.sum() + _PRIOR))
            for at, code in enumerate(self.columns.names.items)
            if code in self.catalogue.items and (own := some & (item == at)).any()
        }

    def _procedural(self) -> list[int]:
        """Return the items that may have a special procedure which stops the clock."""
        return [
            at
            for at, code in enumerate(self.columns.names.items)
            if code in self.catalogue.items
            and any(
                not self.catalogue.procedures[use.procedure].counted
                for use in self.catalogue.items[code].procedures
            )
        ]

    def _paused(self, kind: PauseKind) -> Truths:
        """Tell which attempts ever stood still so."""
        found = np.zeros(len(self.columns), dtype=np.bool_)
        found[self.columns.pause_of[self._which(kind)]] = True
        return found

    def _which(self, kind: PauseKind) -> Truths:
        of, kinds = self.columns.pause_of, self.columns.pause_kind
        return np.asarray((of != NONE) & (kinds == PAUSES.index(kind)))

    def _pauses(self, kind: PauseKind) -> tuple[Floats, Truths]:
        columns, which = self.columns, self._which(kind)
        over = columns.pause_until[which] != NEVER
        until = np.where(over, columns.pause_until[which], columns.now)
        return (until - columns.pause_since[which]).astype(np.float64), over

    def _again(self) -> tuple[Floats, Truths]:
        columns = self.columns
        later = np.flatnonzero(columns.previous != NONE)
        later = later[columns.ended[columns.previous[later]] != NEVER]
        times = (columns.filed[later] - columns.ended[columns.previous[later]]).astype(np.float64)
        return np.maximum(times, 0), np.ones(len(later), dtype=np.bool_)

    def _agents(self) -> Tree:
        columns, runs = self.columns, self.columns.runs
        line = (runs.stage > 0) & (runs.stage < 5) & (runs.opened != NEVER)  # noqa: PLR2004 - the fifth needs no papers
        filed = runs.filed[line] != NEVER
        over = columns.cases.ended[runs.project[line]]
        until = np.where(filed, runs.filed[line], np.where(over == NEVER, columns.now, over))
        found: Tree = {"precheck": 0.0}
        waits = np.maximum(until - runs.opened[line], 0).astype(np.float64)
        self._put(found, "preparation", waits, filed)
        first = (columns.how == HOWS.index(How.FREE)) & (columns.attempt == 1)
        ready = np.maximum(np.maximum(columns.wanted, columns.documents), runs.filed[columns.run])
        left = np.maximum(columns.filed - ready, 0)[first].astype(np.float64)
        self._put(found, "free", left, np.ones(len(left), dtype=np.bool_))
        return found

    @staticmethod
    def _put(found: Tree, name: str, times: Floats, ended: Truths) -> None:
        """Keep a time, unless nothing was seen of it."""
        if len(times) and ended.any():
            found[name] = _empirical(times, ended)


def _spread(kinds: Sequence[Kind]) -> list[tuple[Kind, float]]:
    """Return so many kinds with weights that they speak for all, spread evenly over these.

    The most frequent ones would not do: what is rare of every sort is much together.
    """
    ordered = sorted(kinds, key=lambda kind: (kind.flow, sorted(map(str, kind.facts.items()))))
    if len(ordered) <= MOST_KINDS:
        return [(kind, kind.weight) for kind in ordered]
    until = np.cumsum([kind.weight for kind in ordered])
    places = (np.arange(MOST_KINDS) + 0.5) / MOST_KINDS * until[-1]
    found = Counter(np.searchsorted(until, places).tolist())
    return [(ordered[at], float(times)) for at, times in sorted(found.items())]


def _empirical(times: Floats, ended: Truths) -> Tree:
    """Return a time by its quantiles, in days; one that takes none as such."""
    values = quantiles(times, ended, (np.arange(VALUES) + 0.5) / VALUES) / DAY
    if values.max() < _SHORTEST:
        return {"shape": "fixed", "days": 0.0}
    return {"shape": "empirical", "values": [round(float(each), 4) for each in values]}
