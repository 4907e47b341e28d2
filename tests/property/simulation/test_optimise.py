"""The optimiser beside trying everything, on small random stages."""

from __future__ import annotations

from itertools import combinations, count
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.optimise.beside import side_by_side
from simulation.optimise.pairs import best_pairs
from simulation.optimise.problem import Problem
from simulation.optimise.rolling import best_rolling

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES = "abcdef"


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    codes = CODES[: draw(st.integers(1, len(CODES)))]
    pairs = list(combinations(codes, 2))
    rules = draw(st.lists(st.sampled_from("-- <|"), min_size=len(pairs), max_size=len(pairs)))
    ruled = list(zip(pairs, rules, strict=True))
    return Problem(
        days={code: draw(st.integers(0, 6)) for code in codes},
        before=frozenset(pair for pair, rule in ruled if rule == "<"),
        barred=frozenset(frozenset(pair) for pair, rule in ruled if rule == "|"),
    )


def fewest_in_rounds(problem: Problem, done: frozenset[str] = frozenset()) -> int:
    """Try every pair and every single that could come next."""
    waits, apart = problem.waits(), problem.apart()
    ready = [code for code in problem.days if code not in done and waits[code] <= done]
    ways = [(code,) for code in ready] + [
        pair for pair in combinations(ready, 2) if frozenset(pair) not in apart
    ]
    return min(
        (
            max(problem.days[code] for code in way) + fewest_in_rounds(problem, done | set(way))
            for way in ways
        ),
        default=0,
    )


def breaks(problem: Problem, starts: Mapping[str, int]) -> list[str]:
    """Return what is wrong with a rolling plan, day by day."""
    days = problem.days
    wrong = [f"{a} before {b}" for a, b in problem.before if starts[a] + days[a] > starts[b]]
    for day in range(sum(days.values())):
        run = [code for code in days if starts[code] <= day < starts[code] + days[code]]
        wrong += [f"{run} on day {day}"] * (len(run) > 2)
        wrong += [f"{run} barred" for two in combinations(run, 2) if {*two} in problem.barred]
    return wrong


def can_end(problem: Problem, last: int) -> bool:
    """Try every start of every item."""
    order = list(problem.waits())

    def tried(starts: dict[str, int]) -> bool:
        if len(starts) == len(order):
            return True
        code = order[len(starts)]
        part = {each: problem.days[each] for each in [*starts, code]}
        known = Problem(
            days=part,
            before=frozenset(edge for edge in problem.before if {*edge} <= part.keys()),
            barred=problem.barred,
        )
        return any(
            not breaks(known, {**starts, code: start}) and tried({**starts, code: start})
            for start in range(last - problem.days[code] + 1)
        )

    return tried({})


class TestBestPairs:
    @settings(max_examples=60, deadline=None)
    @given(problems())
    def test_are_as_good_as_trying_everything(self, problem: Problem) -> None:
        plan = best_pairs(problem)

        place = dict(zip((c for each in plan.rounds for c in each), count(), strict=False))
        assert plan.proved
        assert plan.total == fewest_in_rounds(problem)
        assert place.keys() == problem.days.keys()
        assert all(place[a] < place[b] for a, b in problem.before)
        assert plan.total == sum(max(problem.days[c] for c in each) for each in plan.rounds)


class TestBestRolling:
    @settings(max_examples=40, deadline=None)
    @given(problems())
    def test_keeps_every_rule_and_no_plan_ends_earlier(self, problem: Problem) -> None:
        plan = best_rolling(problem)

        assert breaks(problem, plan.starts) == []
        assert plan.proved
        if len(problem.days) <= 4:
            assert not can_end(problem, plan.total - 1)


class TestSideBySide:
    @settings(max_examples=40, deadline=None)
    @given(problems())
    def test_orders_the_ways(self, problem: Problem) -> None:
        found = side_by_side(problem)

        assert found.free <= found.rolling.total <= found.best.total <= found.greedy.total
        assert found.greedy.total <= found.one_by_one
        assert found.best.total - 1e-9 <= found.by_lot <= found.one_by_one + 1e-9
