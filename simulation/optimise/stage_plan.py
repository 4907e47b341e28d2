"""The shortest a stage can take, with the classes it has, or with moves that are still to choose.

All items start as soon as what they wait for has ended, those with a slot in rounds of two or two
at a time. A move is a boolean of the model: it takes items off the slots, or an order away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from simulation.optimise.bounds import EFFORT, Bounded
from simulation.optimise.solver import solver_of
from simulation.scenario import TWO, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from simulation.optimise.stage_work import Need, StageWork
    from workflows.graph import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan(Bounded):
    """A plan for a stage.

    Attributes:
        starts: Working day on which each item starts, from 0.
        pairs: Items that share a round, in the order of their start; none when rolling.
    """

    starts: Mapping[str, int]
    pairs: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Moves that a search may make, by name.

    Attributes:
        clears: Items that each move takes off the slots.
        softens: The need that each move makes soft.
    """

    clears: Mapping[str, frozenset[str]] = field(default_factory=dict)
    softens: Mapping[str, Need] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Moves that a search made.

    Attributes:
        least: Of what was to be made small (moves, or days), no plan needs less.
    """

    moves: frozenset[str]
    days: int
    least: int


def stage_plan(work: StageWork, mode: Mode = Mode.ROUNDS, effort: float = EFFORT) -> StagePlan:
    """Return when each item starts so that the stage is over first.

    Args:
        effort: Deterministic seconds of search, after which the best so far comes with its bound.

    Raises:
        graphlib.CycleError: If items wait for one another in a circle.
    """
    model = _Model(work, mode, Choices())
    model.minimise_days()
    starts, total = model.one_by_one(), sum(work.days.values())
    pairs: tuple[Edge, ...] = ()
    bound = work.chain()
    if model.solved(effort):
        starts = {code: model.value(start) for code, start in model.starts.items()}
        total = max((starts[code] + work.days[code] for code in starts), default=0)
        pairs = tuple(
            sorted(
                (pair for pair, made in model.paired.items() if model.value(made)),
                key=lambda pair: (starts[pair[0]], pair),
            )
        )
        bound = max(bound, model.bound())
    return StagePlan(starts=starts, pairs=pairs, total=total, bound=bound)


def fewest_moves(  # noqa: PLR0913 - one keyword a part of the question
    work: StageWork,
    choices: Choices,
    limit: int,
    *,
    mode: Mode = Mode.ROUNDS,
    banned: Collection[frozenset[str]] = (),
    effort: float = EFFORT,
) -> Chosen | None:
    """Return the fewest moves with which the stage is over in *limit* days; None if none do.

    Of sets as small the one that takes fewest days; *least* counts moves.

    Args:
        banned: Sets of moves that will not do.
    """
    model = _Model(work, mode, choices, banned)
    model.end_by(limit)
    model.minimise_moves()
    if not model.solved(effort):
        return None
    least = model.bound()
    few = len(model.moves())
    again = _Model(work, mode, choices, banned)
    again.end_by(limit)
    again.move_at_most(few)
    again.minimise_days()
    best = again if again.solved(effort) else model
    return Chosen(moves=best.moves(), days=best.value(best.end), least=least)


def fewest_days(
    work: StageWork, choices: Choices, *, mode: Mode = Mode.ROUNDS, effort: float = EFFORT
) -> Chosen | None:
    """Return the moves that make a stage shortest, few of them; *least* counts days.

    None if the effort does not suffice for any plan.
    """
    model = _Model(work, mode, choices)
    model.minimise_days()
    if not model.solved(effort):
        return None
    least, days = model.bound(), model.value(model.end)
    few = fewest_moves(work, choices, days, mode=mode, effort=effort)
    moves = model.moves() if few is None else few.moves
    return Chosen(moves=moves, days=days, least=least)


class _Model:
    """A stage as the solver sees it.

    `starts` and `end` are days; `paired` says which two share a round; `made` which moves are.
    """

    def __init__(
        self,
        work: StageWork,
        mode: Mode,
        choices: Choices,
        banned: Collection[frozenset[str]] = (),
    ) -> None:
        self.model = cp_model.CpModel()
        self._work = work
        self._choices = choices
        whole = sum(work.days.values())
        self.starts = {
            code: self.model.new_int_var(0, whole - work.days[code], code)
            for code in sorted(work.days)
        }
        self.end = self.model.new_int_var(0, whole, "end")
        names = sorted({*choices.clears, *choices.softens})
        self.made = {name: self.model.new_bool_var(name) for name in names}
        self.paired: dict[Edge, cp_model.IntVar] = {}
        for code, start in self.starts.items():
            self.model.add(start + work.days[code] <= self.end)
        self._keep_order()
        match mode:
            case Mode.ROUNDS:
                self._in_rounds()
            case Mode.ROLLING:
                self._rolling()
        for moves in banned:
            others = [made for name, made in self.made.items() if name not in moves]
            self.model.add_bool_or([*others, *(self.made[name].negated() for name in moves)])
        for code, day in self.one_by_one().items():
            self.model.add_hint(self.starts[code], day)

    def one_by_one(self) -> dict[str, int]:
        """Return the starts of a plan that always is one."""
        starts: dict[str, int] = {}
        day = 0
        for code in self._work.order():
            starts[code] = day
            day += self._work.days[code]
        return starts

    def _keep_order(self) -> None:
        soft = {need: self.made[name] for name, need in self._choices.softens.items()}
        for (earlier, later), documents in self._work.before.items():
            after = self.model.add(
                self.starts[earlier] + self._work.days[earlier] <= self.starts[later]
            )
            ways = [soft[later, each] for each in sorted(documents) if (later, each) in soft]
            if len(ways) == len(documents):  # it falls when every one of them is soft
                holds = self.model.new_bool_var(f"{earlier}-{later}")
                for way in ways:
                    self.model.add_bool_or([holds, way])
                after.only_enforce_if(holds)

    def _off(self, code: str) -> list[cp_model.IntVar]:
        """Return the moves that take an item off the slots, at least one of which is made."""
        takers = [
            self.made[name] for name, cleared in self._choices.clears.items() if code in cleared
        ]
        if not takers:
            return []
        off = self.model.new_bool_var(f"{code}-off")
        self.model.add_bool_or(takers).only_enforce_if(off)
        return [off]

    def _in_rounds(self) -> None:
        days, codes = self._work.days, sorted(self._work.slotted)
        # Two that take a day each cannot start together while one waits for the other.
        for pair in combinations([code for code in codes if days[code]], 2):
            if frozenset(pair) not in self._work.barred:
                self.paired[pair] = self.model.new_bool_var("|".join(pair))
        rounds, spent = [], []
        for code in codes:
            single = self.model.new_bool_var(f"{code}-single")
            together = [made for pair, made in self.paired.items() if code in pair]
            self.model.add_exactly_one([single, *together, *self._off(code)])
            rounds.append(self._span(code, days[code], single))
            spent.append(days[code] * single)
        for (first, second), made in self.paired.items():
            self.model.add(self.starts[first] == self.starts[second]).only_enforce_if(made)
            longer = max(days[first], days[second])
            rounds.append(self._span(first, longer, made))
            spent.append(longer * made)
        self.model.add_no_overlap(rounds)
        self.model.add(sum(spent) <= self.end)  # follows, and proves most of it

    def _rolling(self) -> None:
        days, codes = self._work.days, sorted(self._work.slotted)
        spans, spent = {}, []
        for code in codes:
            on = self.model.new_bool_var(f"{code}-on")
            self.model.add_exactly_one([on, *self._off(code)])
            spans[code] = self._span(code, days[code], on)
            spent.append(days[code] * on)
        self.model.add_cumulative(list(spans.values()), [1] * len(spans), TWO)
        self.model.add(sum(spent) <= TWO * self.end)
        for pair in sorted(sorted(each) for each in self._work.barred):
            self.model.add_no_overlap([spans[code] for code in pair])

    def _span(self, code: str, days: int, there: cp_model.IntVar) -> cp_model.IntervalVar:
        return self.model.new_optional_fixed_size_interval_var(
            self.starts[code], days, there, f"{code}-{there.name}"
        )

    def end_by(self, limit: int) -> None:
        """Ask that the stage is over in so many days."""
        self.model.add(self.end <= limit)

    def move_at_most(self, most: int) -> None:
        """Ask for no more moves than that."""
        self.model.add(sum(self.made.values()) <= most)

    def minimise_days(self) -> None:
        """Look for the shortest plan."""
        self.model.minimize(self.end)

    def minimise_moves(self) -> None:
        """Look for the fewest moves."""
        self.model.minimize(sum(self.made.values()))

    def solved(self, effort: float) -> bool:
        """Search, and tell whether there is a plan to read."""
        self._solver = solver_of(effort)
        status = self._solver.solve(self.model)
        return status in {cp_model.OPTIMAL, cp_model.FEASIBLE}

    def bound(self) -> int:
        """Return what the search proved that no plan goes below."""
        return round(self._solver.best_objective_bound)

    def value(self, variable: cp_model.IntVar) -> int:
        """Return what was found for a variable."""
        return self._solver.value(variable)

    def moves(self) -> frozenset[str]:
        """Return the moves that were made."""
        return frozenset(name for name, made in self.made.items() if self.value(made))
